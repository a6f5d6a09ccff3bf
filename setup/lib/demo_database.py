"""The demo's database: made from the template, upgraded when the addons changed, with a password of its own."""

import json
import secrets
from pathlib import Path
from typing import Any

from passlib.context import CryptContext

from . import odoo_config, odoo_modules, paths, template
from .console import say, step
from .environment import Environment
from .system import SetupError, write_atomic


class DemoDatabase:
    """One database for each set of data, so that ids of one org never meet records of another."""

    def __init__(self, environment: Environment, data_digest: str) -> None:
        self.environment = environment
        self.name = f"{environment.databases.prefix}demo_{data_digest[:8]}"
        self.folder = paths.RUN / self.name
        self._state_path = self.folder / "state.json"
        self.state: dict[str, Any] = {}

    def ensure(self, reset: bool) -> None:
        """Create, upgrade or just keep the database. Raises SetupError when the upgrade fails."""
        databases = self.environment.databases
        if self._state_path.is_file() and databases.exists(self.name) and not reset:
            self.state = json.loads(self._state_path.read_text())
            self._upgrade()
            return
        source = self.environment.addons_template()
        databases.drop(self.name)
        databases.create(self.name, source)
        self.state = {"addons": template.addons_hash(), "password": secrets.token_urlsafe(9)}
        # the server refuses the old password from its first second on
        hashed = CryptContext(["pbkdf2_sha512"]).hash(self.state["password"])
        databases.query(self.name, "UPDATE res_users SET password = %s WHERE login = 'admin'", (hashed,))
        self.save()
        say(f"Database: {self.name}, made from {source}")

    def save(self) -> None:
        """Write down what a later start needs."""
        write_atomic(self._state_path, json.dumps(self.state, indent=2) + "\n", mode=0o600)

    def conf(self, **settings: Any) -> Path:
        """Configuration file of its server."""
        databases, source = self.environment.databases, self.environment.source
        return odoo_config.write(self.name, databases.connection, source, self.name, **settings)

    def _upgrade(self) -> None:
        current = template.addons_hash()
        if self.state["addons"] == current:
            say(f"Database: {self.name}, kept from last time (--reset makes a new one)")
            return
        names = [folder.name for folder in paths.addon_folders()]
        with step(f"Database: upgrading {', '.join(names)}, because their files have changed"):
            try:
                odoo_modules.change(self.conf(), self.folder / "upgrade.log", install=names, upgrade=names)
            except SetupError as error:
                raise SetupError(f"{error}\nTo go on with a new database: --reset") from error
        self.state["addons"] = current
        self.save()
