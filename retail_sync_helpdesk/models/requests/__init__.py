"""Submitted actions: previewed, carried out once for a key, audited, and approved where a rule asks for it."""

from . import action
from . import action_texts
from . import idempotency_key
from . import approval
from . import approval_refuse_wizard
from . import approval_decisions
from . import action_screens
