"""Odoo changed: capture, routing, messages that wait to be sent."""

from . import entity
from . import capture
from . import change
from . import sync_mixin
from . import outbox
from . import router
from . import facts
from . import write_intent
from . import connection
from . import field_map
from . import stream
from . import message
from . import jobs
