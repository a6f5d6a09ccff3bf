"""Writing to the org."""

from . import bulk
from . import encode
from . import households
from . import owners
from . import records
from . import schema
