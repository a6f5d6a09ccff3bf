from . import log_masking
from . import signed_events
