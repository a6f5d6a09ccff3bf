"""The database that the tests of single files are run on a copy of: kept, and updated only when it has to be."""

import shutil
from collections.abc import Sequence

from . import odoo_config, odoo_modules, paths, stored_state, template
from .console import step
from .database import Databases
from .odoo_source import OdooSource
from .system import SetupError, is_stamped, lock, stamp


def ensure(databases: Databases, source: OdooSource, update: bool = False) -> str:
    """Name of a database that holds what the addons of this checkout store. Raises SetupError when an update fails.

    update: bring it up to date in any case.
    """
    name = f"{databases.prefix}tmpl_files_{paths.checkout_id()}"
    stamped = f"files_{paths.checkout_id()}"
    states = stored_state.values()
    with lock(name):
        if not databases.exists(name):
            databases.create(name, template.ensure_addons(databases, source))
        else:
            stale = [addon for addon, state in states.items() if update or not is_stamped(f"{stamped}_{addon}", state)]
            if not stale:
                return name
            _update(databases, source, name, stale)
        for addon, state in states.items():
            stamp(f"{stamped}_{addon}", state)
    return name


def _update(databases: Databases, source: OdooSource, name: str, addons: Sequence[str]) -> None:
    # Odoo updates what depends on an addon along with it.
    conf = odoo_config.write(name, databases.connection, source, name)
    try:
        with step(f"Database {name}: update of {', '.join(addons)}"):
            odoo_modules.change(conf, paths.RUN / f"{name}.log", upgrade=addons)
    except SetupError:
        databases.drop(name)  # half an update is no base for the next one
        raise
    finally:
        shutil.rmtree(conf.parent, ignore_errors=True)
