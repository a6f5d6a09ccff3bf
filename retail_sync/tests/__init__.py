from . import test_security
from . import test_views
from . import test_setup_wizard
from . import test_resolve
from . import test_tour
from . import test_inbound
from . import test_customers
from . import test_addresses
