"""The adapter, by what it does."""

from . import session
from . import declarations
from . import schema
from . import default_streams
from . import read
from . import write
from . import check
