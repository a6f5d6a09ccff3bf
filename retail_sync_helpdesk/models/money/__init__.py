from . import refund
from . import credit_notes
from . import refunds
