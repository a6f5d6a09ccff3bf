"""Invoices, credit notes and payments on their way to a platform."""

from . import account_move
from . import entity
from . import payment_entity
