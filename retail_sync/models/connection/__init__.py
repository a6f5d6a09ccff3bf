"""Who is on the other side: connections, credentials, webhook secrets, call guard."""

from . import bounded_read
from . import call_guard
from . import connection
from . import company_reach
from . import webhook_endpoint
from . import connection_form
from . import credentials
from . import credential_audit
from . import command
from . import command_channel
from . import ir_http
