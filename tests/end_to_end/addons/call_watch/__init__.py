from . import models
from . import watch
