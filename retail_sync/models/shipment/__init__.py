"""Shipments on their way to a platform."""

from . import entity
from . import keeper
from . import stock_picking
