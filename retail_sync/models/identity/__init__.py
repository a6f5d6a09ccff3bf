"""Who a record is: index, decision, match models."""

from . import activate_wizard
from . import decision
from . import dry_run_claim
from . import index_schema
from . import learning
from . import non_match
from . import replay
from . import replayed_decision
from . import resolver
from . import weights
from . import announcements
from . import index
from . import value_counts
from . import weights_form
from . import jobs
