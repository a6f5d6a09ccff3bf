from . import log_masking
from . import milestones
from . import webhook
