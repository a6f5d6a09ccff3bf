"""Writing to the org."""

from . import bulk
from . import cases
from . import currency
from . import encode
from . import estimates
from . import households
from . import mirror
from . import order_lines
from . import owners
from . import price_books
from . import prices
from . import products
from . import records
from . import references
from . import schema
