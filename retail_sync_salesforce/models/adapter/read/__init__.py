"""Reading from the org."""

from . import bulk
from . import by_id
from . import decode
from . import notifications
from . import poll
from . import trees
