"""Sales made on a platform that become quotations and orders, checked as one tree."""

from . import stream
from . import route
from . import decision
from . import sale_order
from . import entity
from . import message
from . import accept_wizard
