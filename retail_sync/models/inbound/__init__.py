"""The platform changed: loads, polls, events, refreshes."""

from . import dry_run
from . import dry_run_report
from . import event
from . import event_jobs
from . import event_records
from . import event_store
from . import full_load
from . import load_snapshot
from . import poll
from . import refresh
from . import connection
from . import intake
from . import jobs
from . import run
