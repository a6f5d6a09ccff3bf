"""Which record is which: links between Odoo records and external ids."""

from . import deferred_reference
from . import deferred_references
from . import dry_run_record
from . import entity
from . import erased_record
from . import key_identity
from . import link
from . import link_journal
from . import link_store
from . import lookups
from . import reasons
from . import record_access
from . import export_audit
from . import record_name
from . import link_warning
from . import sync_mixin
from . import field_map
from . import mapping_effect
from . import locked_fields
