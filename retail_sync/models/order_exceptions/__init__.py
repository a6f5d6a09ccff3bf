"""Rules about orders, what they expect, and the exceptions that become cases."""

from . import order_rule
from . import expectation
from . import order_exception
from . import sale_order
from . import order_values
from . import keeper
from . import case
from . import ignore_wizard
from . import change_wizard
from . import res_config_settings
from . import jobs
