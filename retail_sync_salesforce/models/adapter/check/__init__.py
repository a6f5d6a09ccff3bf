"""Checks of connection, streams and rights."""

from . import account
from . import connection
from . import package
from . import stream
from . import write
