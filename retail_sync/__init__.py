from .adapter import contract
from . import models
from . import controllers
from .hooks import uninstall_hook
