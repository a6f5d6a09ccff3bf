from . import account_move_line
from . import billed_again
from . import refund
from . import credit_notes
from . import refunds
