"""Policies, reasons and approval rules as records with versions."""

from . import action_kind
from . import reason
from . import approval_rule
from . import policy
from . import policy_lines
from . import policy_version
from . import trial
