"""Odoo reports to the platform: prepare, send, apply the results."""

from . import accepted
from . import acknowledge
from . import bulk
from . import deletions
from . import deliver
from . import entity
from . import outbound
from . import overtaken
from . import overwritten
from . import prepare
from . import prepare_known
from . import prepare_new
from . import publish
from . import references
from . import refusals
from . import results
from . import sending
from . import stored_records
from . import verdicts
from . import create_anyway
from . import overwritten_message
from . import jobs
