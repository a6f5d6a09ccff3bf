"""The audit trail: what people did that others must be able to check, in rows that no one can change."""

from . import append_only
from . import audit_text
from . import audit_head
from . import audit
from . import verification_wizard
