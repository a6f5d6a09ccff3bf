"""The platform changed: loads, polls, events, refreshes."""

from . import catch_up
from . import dry_run
from . import dry_run_report
from . import event
from . import event_jobs
from . import event_records
from . import event_store
from . import full_load
from . import load_snapshot
from . import poll
from . import poll_pages
from . import poll_queue
from . import refresh
from . import short_pages
from . import connection
from . import intake
from . import jobs
from . import run
from . import stream
