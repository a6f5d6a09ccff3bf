"""Answers of look-ups: customers, orders, money, stock, tickets."""

from . import helpdesk_ticket
from . import res_partner
from . import sale_order
from . import stock_picking
