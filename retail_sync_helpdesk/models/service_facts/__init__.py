"""Reads Odoo into the facts of domain/service, with a fixed number of queries for any number of orders."""

from . import account_move
from . import account_partial_reconcile
from . import payment_transaction
from . import sale_order
from . import sale_order_line
