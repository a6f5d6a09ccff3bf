"""Returns: a header over OCA rma, from the announcement to the inspection of the goods."""

from . import return_header
from . import return_line
from . import return_actions
from . import return_inspection
from . import inspection
from . import rma
from . import sale_order
from . import stock_move
from . import account_move
from . import entity_return
from . import jobs
from . import inspect_wizard
