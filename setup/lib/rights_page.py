"""Makes ``docs/rights.md`` from the tables of rights of the addons, and checks that it is fresh."""

import argparse
import importlib
import sys
import types
from typing import Any

from . import paths
from .console import say

PAGE = paths.ROOT / "docs" / "rights.md"
TABLE = "security/rights.csv"
# Of an addon whose groups are not the engine's.
OTHER_TABLE, OTHER_ROLES = "security/service_rights.csv", "security/service_roles.csv"


def made() -> str:
    """Return the page as the tables say it."""
    table, page = _pure("rights_table"), _pure("rights_page")
    tables = {
        folder.name: table.parse((folder / TABLE).read_text())
        for folder in paths.addon_folders()
        if (folder / TABLE).exists()
    }
    others = {}
    for folder in paths.addon_folders():
        if (folder / OTHER_TABLE).exists():
            roles = table.parse_roles((folder / OTHER_ROLES).read_text())
            others[folder.name] = roles, table.parse((folder / OTHER_TABLE).read_text(), roles)
    text: str = page.page(tables, others)
    return text


def _pure(name: str) -> Any:
    """Return a module of the engine's domain, without Odoo: the addon's own ``__init__`` imports its models."""
    stub = types.ModuleType("retail_sync")
    stub.__path__ = [str(paths.ROOT / "retail_sync")]
    sys.modules.setdefault("retail_sync", stub)
    return importlib.import_module(f"retail_sync.domain.security.{name}")


def main(arguments: list[str]) -> int:
    """Print whether the page is fresh, or write it; return the exit code."""
    parser = argparse.ArgumentParser(prog="setup/rights", description="Make docs/rights.md from the tables of rights.")
    parser.add_argument("--write", action="store_true", help="write the page; without it, only compare")
    options = parser.parse_args(arguments)
    text = made()
    if options.write:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    fresh = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
    say("docs/rights.md is fresh." if fresh else "docs/rights.md differs from the tables: setup/rights --write")
    return 0 if fresh else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
