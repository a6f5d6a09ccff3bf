"""Where things are. Everything that setup/ puts in place lives under ``.local/``, which git ignores."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"

VENV = LOCAL / "venv"
PYTHON = VENV / "bin" / "python"
LAUNCHER = LOCAL / "odoo-bin"
ODOO = LOCAL / "odoo"
CLUSTER = "RETAIL_SYNC_CLUSTER"  # the variable that names another private cluster than the usual one
PG = LOCAL / (os.environ.get(CLUSTER) or "pg")
DATA = LOCAL / "data"  # Odoo's data_dir: file stores and sessions
RUN = LOCAL / "run"  # configuration and log of each server that was started
BENCH = LOCAL / "bench"
STAMPS = LOCAL / "stamps"


def checkout_id() -> str:
    """Six hex digits that tell this checkout from others on the same machine."""
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]


def addon_folders() -> list[Path]:
    """The addons of this repository, sorted by name (empty in a checkout that has none yet)."""
    return sorted(path.parent for path in ROOT.glob("*/__manifest__.py"))
