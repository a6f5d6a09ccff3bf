"""Who calls: keys of the agent API with their scopes and limits, and users in their place."""

from . import api_scope
from . import api_key
from . import api_key_cap
from . import api_key_use
from . import api_key_journal
from . import key_secrets
from . import key_expiry
from . import key_audit
from . import res_users
from . import res_config_settings
