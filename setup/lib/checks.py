"""The one list of lint checks: for ``setup/lint``, the lint stage of ``setup/test`` and pre-commit.

``.pre-commit-config.yaml`` names these checks; a unit test compares the two. Standard library only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from . import paths

# Passed on the command line: in pyproject.toml the group of all of Odoo's rules switches single rules on again.
_NOT_OUR_STYLE = (
    "consider-merging-classes-inherited",  # a large model is split by room, one file in each
    "no-wizard-in-models",  # a dialog lives in the room of the noun that it serves: docs/adr/0011
)
# Folders under mypy's strict rules. The first must exist: a check that finds nothing to check proves nothing.
TYPED = (
    "retail_sync/domain",
    "retail_sync/adapter",
    "retail_sync/runtime",
    "retail_sync_helpdesk/api",
    "retail_sync_helpdesk/client",
    "retail_sync_helpdesk/domain",
    "retail_sync_salesforce/client",
    "retail_sync_salesforce/mapping",
    "retail_sync_salesforce/models/adapter",
    "retail_sync_salesforce/writing",
    "setup",
    "tests/simulators",
)


@dataclass(frozen=True)
class Check:
    """One program of the virtual environment; it fails by its exit code. ``about`` is a line for people."""

    name: str
    about: str
    command: Sequence[str]


def checks() -> list[Check]:
    """All checks in the order in which they run; the programs are looked for in ``.local/venv/bin``."""
    addons = [folder.name for folder in paths.addon_folders()]
    manifests = [f"{name}/__manifest__.py" for name in addons]
    translations = sorted(str(path.relative_to(paths.ROOT)) for path in paths.ROOT.glob("*/i18n/*.po*"))
    typed = [folder for folder in TYPED if folder == TYPED[0] or (paths.ROOT / folder).is_dir()]
    return [
        Check("ruff-check", "style and common mistakes", ["ruff", "check", "--no-cache", "."]),
        Check("ruff-format", "layout of Python files", ["ruff", "format", "--no-cache", "--check", "."]),
        Check("mypy", "types of the code that needs no Odoo", ["mypy", *typed]),
        Check("import-linter", "which package may import which", ["lint-imports", "--no-cache"]),
        Check("pylint-odoo", "Odoo's rules", ["pylint", f"--disable={','.join(_NOT_OUR_STYLE)}", *addons]),
        Check("oca-checks-odoo-module", "XML and CSV files of addons", ["oca-checks-odoo-module", *manifests]),
        Check("oca-checks-po", "translation files", ["oca-checks-po", *translations]),
        Check("translations", "every text in every language", ["python", "-m", "setup.lib.translations"]),
        Check("house-rules", "rules of this repository about its files", ["python", "-m", "setup.lib.house_rules"]),
    ]
