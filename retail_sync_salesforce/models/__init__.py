from . import connection
from . import stream
from . import field_map
from . import adapter
