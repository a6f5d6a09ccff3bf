from . import binding
