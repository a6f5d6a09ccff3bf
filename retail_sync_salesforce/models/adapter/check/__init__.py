"""Checks of connection, streams and rights."""

from . import connection
from . import stream
from . import write
