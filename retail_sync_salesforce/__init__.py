from . import mapping
from . import models
