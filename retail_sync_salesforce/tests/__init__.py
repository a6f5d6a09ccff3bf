from . import test_check
from . import test_decode
from . import test_fault_rules
from . import test_poll
from . import test_poll_cursor
from . import test_read
from . import test_schema
from . import test_session
