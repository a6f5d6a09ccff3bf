from . import connection
from . import order_target
from . import stream
from . import field_map
from . import adapter
