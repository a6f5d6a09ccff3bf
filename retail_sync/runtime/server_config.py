"""Secrets from the server configuration: section [retail_sync] of odoo.conf."""

from configparser import ConfigParser
from functools import lru_cache

from odoo.tools import config

SECTION = "retail_sync"


@lru_cache(maxsize=4)
def _section(path: str) -> dict[str, str]:
    parser = ConfigParser(interpolation=None)
    parser.read(path)
    return dict(parser[SECTION]) if parser.has_section(SECTION) else {}


def option(name: str) -> str | None:
    """Return an option of section [retail_sync], or None. The file is read once per server process."""
    path = config.get("config")
    return _section(path).get(name.lower()) if path else None
