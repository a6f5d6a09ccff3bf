"""Writing to the org."""

from . import bulk
from . import encode
from . import records
from . import schema
