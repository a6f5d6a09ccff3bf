"""Odoo reports to the platform: prepare, send, apply the results."""

from . import bulk
from . import deliver
from . import prepare
from . import prepare_new
from . import results
from . import create_anyway
from . import jobs
