"""Find duplicate customers, group them, and merge groups in batches."""

from . import batch_merge
from . import batch_merge_wizard
from . import finder
from . import group
from . import group_builder
from . import partition
from . import search
from . import non_match
from . import jobs
from . import merge_record
