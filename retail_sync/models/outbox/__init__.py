"""Odoo changed: capture, routing, messages that wait to be sent."""

from . import entity
from . import journal
from . import capture
from . import change
from . import causes
from . import sync_mixin
from . import brake
from . import outbox
from . import refused_fields
from . import router
from . import facts
from . import retry_out
from . import write_intent
from . import connection
from . import field_map
from . import send_now
from . import stream
from . import message
from . import jobs
