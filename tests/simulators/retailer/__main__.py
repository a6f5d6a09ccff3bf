"""Write the demo retailer: ``python -m tests.simulators.retailer --out DIR``."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import generate, write_export


def main() -> None:
    """Read the arguments, write the folder, say what is in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, type=Path, help="folder to write (JSON files in it are replaced)")
    parser.add_argument("--accounts", type=int, default=2000)
    parser.add_argument("--contacts", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=19, help="the same seed gives the same records")
    parser.add_argument("--clean", action="store_true", help="no dirt, only a hierarchy: for measuring speed")
    arguments = parser.parse_args()
    if arguments.accounts < 0 or arguments.contacts < 0:
        parser.error("counts can't be negative")
    export = generate(arguments.accounts, arguments.contacts, arguments.seed, arguments.clean)
    write_export(export, arguments.out)
    counts = ", ".join(f"{count} {name}" for name, count in export.manifest["records"].items())
    dirty = sum(trap["count"] for trap in export.manifest["traps"].values())
    print(f"{arguments.out}: {counts}; {dirty} records under a trap")


if __name__ == "__main__":
    main()
