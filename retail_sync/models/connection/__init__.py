"""Who is on the other side: connections, credentials, webhook secrets, call guard."""

from . import bounded_read
from . import connection
from . import company_reach
from . import call_guard
from . import webhook_endpoint
from . import connection_form
from . import certificates
from . import credentials
from . import credential_audit
from . import sealing
from . import sign_in
from . import original_database
from . import command
from . import command_channel
from . import ir_http
from . import removal
