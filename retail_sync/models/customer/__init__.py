"""The first entity: how a customer lives in Odoo."""

from ...domain.canonical import customer  # registers the entity
from . import connection
from . import lookups
from . import value_map
from . import res_partner
from . import link
from . import message
from . import values
from . import export
from . import erasure
from . import address_parts
from . import hierarchy
from . import field_labels
