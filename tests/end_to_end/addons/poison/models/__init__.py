from . import adapter
from . import customer
