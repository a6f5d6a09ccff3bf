from . import setup
from . import setup_steps
from . import reveal_mixin
from . import reveal
from . import comparison
from . import resolve
from . import assign
from . import ignore
