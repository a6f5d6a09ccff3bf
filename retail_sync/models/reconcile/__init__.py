"""The desk where both sides meet: a page from rows to values."""

from . import apply
from . import forecast
from . import pipeline
from . import remote_deletions
from . import update_known
from . import stale_reads
from . import page_outcomes
from . import taken_back
