"""Secrets and permissions from the server configuration: section [retail_sync] of odoo.conf."""

import re
from functools import lru_cache

from odoo.tools import config

from .option_file import OptionFile

SECTION = "retail_sync"


@lru_cache(maxsize=4)
def _file(path: str) -> OptionFile:
    return OptionFile(path, SECTION)


def option(name: str) -> str | None:
    """Return an option of section [retail_sync], or None. A change of the file takes effect without a restart."""
    path = config.get("config")
    return _file(path).options().get(name.lower()) if path else None


def options(name: str) -> tuple[str, ...]:
    """Return the words of an option that holds several, separated by commas or blanks."""
    return tuple(word for word in re.split(r"[,\s]+", option(name) or "") if word)
