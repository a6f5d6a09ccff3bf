"""Which record is which: links between Odoo records and external ids."""

from . import deferred_parents
from . import reasons
from . import link
from . import link_store
from . import record_access
from . import sync_mixin
from . import field_map
from . import platform_name
