"""Everything in place, in one call: for the commands, and for tests that start servers."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from . import odoo_source, template
from .database import Databases
from .odoo_source import OdooSource
from .postgres import PostgreSQL


@dataclass(frozen=True)
class Environment:
    """A running PostgreSQL and the Odoo to use with it."""

    databases: Databases
    source: OdooSource

    def base_template(self) -> str:
        """Name of a database with Odoo's modules, made at need."""
        return template.ensure_base(self.databases, self.source)

    def addons_template(self) -> str:
        """Name of a database with our addons too, made at need."""
        return template.ensure_addons(self.databases, self.source)


@contextlib.contextmanager
def opened() -> Iterator[Environment]:
    """PostgreSQL held for as long as the context lasts. Raises SetupError when something is not in place."""
    source = odoo_source.current()
    with PostgreSQL() as connection:
        yield Environment(Databases(connection), source)
