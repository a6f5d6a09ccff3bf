from . import mapping
from . import models
from . import controllers
