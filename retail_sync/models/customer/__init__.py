"""The first entity: how a customer lives in Odoo."""

from . import lookups
from . import res_partner
from . import values
from . import export
from . import hierarchy
