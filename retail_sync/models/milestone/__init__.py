"""What happened to an order, from its documents, in a journal that no user can change."""

from . import milestone
from . import milestone_look
from . import keeper
from . import sale_order
from . import res_partner
from . import res_config_settings
from . import api_key
from . import export_rate
