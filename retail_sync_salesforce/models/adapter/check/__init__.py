"""Checks of connection, streams and rights."""

from . import account
from . import connection
from . import mirror
from . import package
from . import publication
from . import stream
from . import write
