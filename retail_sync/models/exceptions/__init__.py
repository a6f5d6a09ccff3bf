"""What needs attention: messages, fault rules, triage."""

from . import exception_queue
from . import fault_rule
from . import connection_checks
from . import message
from . import reveal_wizard
from . import triage_wizards
from . import message_actions
from . import stopped_stream
from . import job_faults
from . import audit_alarm
