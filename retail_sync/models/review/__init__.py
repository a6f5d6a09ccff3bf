"""Let people decide who a record is: reviews, bulk answers, comparisons."""

from . import ask_colleague
from . import bulk_answer
from . import bulk_answer_wizard
from . import comparison
from . import decide_wizard
from . import link_explanation
from . import manual_decision
from . import match_review
from . import value_conflict
from . import message_decisions
from . import undo
from . import undo_decision
from . import jobs
