"""The rooms, in the order of the floors: a room uses those above it in this list."""

from . import audit
from . import connection
from . import mapping
from . import runs
from . import exceptions
from . import links
from . import outbox
from . import customer
from . import credit
from . import identity
from . import review
from . import merge
from . import duplicates
from . import reconcile
from . import inbound
from . import comparison
from . import delivery
from . import erasure
from . import operations
