"""Compute credit states, keep account blocks, and stop orders of blocked customers."""

from . import block_override
from . import block_wizard
from . import credit_status
from . import override_wizard
from . import account_block
from . import account_move_line
from . import capture_sources
from . import rollup_sources
from . import core_merge_wizard
from . import payment_transaction
from . import res_company
from . import res_config_settings
from . import res_partner
from . import sale_order
from . import customer_values
