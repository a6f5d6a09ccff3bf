"""Copies into the Zendesk app what it shares with the panel in Odoo: the app is packed alone, with its own files.

``python -m setup.lib.zendesk_app`` checks the copies, ``--write`` makes them.
"""

import sys
from pathlib import Path

from . import paths
from .console import say

ADDON = paths.ROOT / "retail_sync_helpdesk"
SHARED = {"static/src/service_panel/action_request.js": "zendesk_app/assets/action_request.js"}


def stale(addon: Path = ADDON) -> list[str]:
    """Return the names of the copies that are missing or differ from what is shared."""
    return [
        copy
        for shared, copy in SHARED.items()
        if not (addon / copy).exists() or (addon / copy).read_bytes() != (addon / shared).read_bytes()
    ]


def write(addon: Path = ADDON) -> None:
    """Make the copies anew."""
    for shared, copy in SHARED.items():
        (addon / copy).write_bytes((addon / shared).read_bytes())


def main(arguments: list[str]) -> int:
    """Check the copies, or make them with ``--write``; return the exit code."""
    if "--write" in arguments:
        write()
    found = stale()
    for name in found:
        say(f"{name} differs from the panel in Odoo: python -m setup.lib.zendesk_app --write")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
