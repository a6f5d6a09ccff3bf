"""What a job leaves behind: runs, stored pages, job triggers."""

from . import job_trigger
from . import page
from . import refresh_request
from . import run
from . import stream
