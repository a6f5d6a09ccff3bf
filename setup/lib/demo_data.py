"""What the demo's simulator is seeded with: export folders, or a retailer that is generated."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .console import step
from .system import digest, run

_GENERATOR = paths.ROOT / "tests" / "simulators" / "retailer"


@dataclass(frozen=True)
class DemoData:
    """Folders to load, what to call them, and a hash of all that is in them."""

    folders: list[Path]
    title: str
    digest: str
    generated: bool = False


def given(folders: list[Path]) -> DemoData:
    """Exports of a user."""
    return DemoData(folders, ", ".join(str(folder) for folder in folders), digest(folders))


def generated(accounts: int, contacts: int) -> DemoData:
    """Our own retailer with real life's dirt: the same numbers give the same records."""
    value = digest([accounts, contacts, *sorted(_GENERATOR.rglob("*.py"))])
    target = paths.LOCAL / "seed" / value[:8]
    if not target.is_dir():
        with step(f"Generating a retailer: about {accounts:,} accounts and {contacts:,} contacts"):
            partial = target.with_suffix(".partial")
            shutil.rmtree(target.parent, ignore_errors=True)  # of other numbers or former generators
            command = [paths.PYTHON, "-m", "tests.simulators.retailer", "--out", partial]
            run([*command, "--accounts", accounts, "--contacts", contacts], cwd=paths.ROOT)
            partial.rename(target)
    return DemoData([target], f"a generated retailer of {accounts:,} accounts and {contacts:,} contacts", value, True)
