"""First half of every command: what must be there before the virtual environment's Python can take over.

Started by the small shell files setup/run, setup/test and the like with whatever Python they found.
Standard library only.
"""

import os
import sys

from . import odoo_source, options, paths, python_env
from .console import warn
from .system import SetupError, lock


def main(arguments: list[str]) -> None:
    """Put Python packages and Odoo in place, then hand over to the command named first."""
    command, rest = arguments[0], arguments[1:]
    parsed = options.parse(command, rest)
    with_odoo = options.needs_odoo(command, parsed)
    try:
        with lock("setup"):
            python_env.ensure(with_odoo=with_odoo)
            if with_odoo:
                odoo_source.ensure()
    except SetupError as error:
        warn(f"\n{error}")
        sys.exit(2)
    except KeyboardInterrupt:
        warn("\ninterrupted; what is done already is not done again next time")
        sys.exit(130)
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    python = str(paths.PYTHON)
    os.execve(python, [python, "-m", f"setup.lib.{command}", *rest], environment)


if __name__ == "__main__":
    main(sys.argv[1:])
