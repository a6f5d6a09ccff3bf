"""Decide who a record is: index of customers, match decisions, match models."""

from . import activate_wizard
from . import match_decision
from . import dry_run_index
from . import index_schema
from . import learning
from . import non_match
from . import replay
from . import replayed_decision
from . import resolver
from . import match_model
from . import announcements
from . import index
from . import value_counts
from . import match_model_form
from . import jobs
