"""Products, their published prices and their stock levels."""

from ...domain.canonical import product  # registers the entities
from . import source_models
from . import product_product
from . import product_template
from . import product_values
from . import stale
from . import stock_level
from . import stock_values
from . import price
from . import price_rules
from . import price_values
from . import stream
from . import catalogue_schedule
from . import jobs
