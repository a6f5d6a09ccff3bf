"""Merge customers: preview, merge, undo, and merges from and to platforms."""

from . import entity_customer
from . import from_platform
from . import links
from . import merge_record
from . import merge_wizard
from . import preview
from . import reference_tables
from . import references
from . import restore
from . import session
from . import to_platform
from . import undo
from . import undo_wizard
from . import connection
from . import core_wizard
from . import message
from . import res_partner
from . import jobs
