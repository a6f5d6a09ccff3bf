"""People and schedules run it: overview, set-up, retries, sweeper."""

from . import job_failures
from . import consent
from . import jobs
from . import history_job
from . import history_plan
from . import setup_wizard
from . import setup_rules
from . import setup_history
from . import connection_actions
from . import adopt_account
from . import overview
from . import platform_addons
from . import queue_job
from . import res_config_settings
from . import sweeper
from . import counters
from . import record_status
from . import schedules
from . import progress
from . import outlook
from . import retry
from . import shipped_lines
from . import retention
from . import retention_settings
from . import uninstall_dialog
