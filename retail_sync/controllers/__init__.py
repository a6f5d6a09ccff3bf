from . import log_masking
from . import webhook
