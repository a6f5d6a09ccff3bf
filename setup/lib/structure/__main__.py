"""The command setup/measure."""

import argparse
import json
import sys
from pathlib import Path

from .measurement import measure
from .report import as_json, as_lines

_HERE = Path(__file__).resolve().parents[3]


def main(arguments: list[str]) -> int:
    """Print the measurement of a checkout; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="setup/measure",
        description="Measure the structure of the checkout: folders, rooms, calls between them, words.",
    )
    parser.add_argument("--root", type=Path, default=_HERE, metavar="DIR", help="another checkout, of either layout")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the measurement to a file as well")
    parser.add_argument(
        "--words",
        type=int,
        default=0,
        metavar="N",
        help="show the first N strings that break the glossary; -1 shows all",
    )
    options = parser.parse_args(arguments)
    if not options.root.is_dir():
        parser.error(f"{options.root} is no folder")
    found = measure(options.root)
    shown = len(found.words) if options.words < 0 else options.words
    print("\n".join(as_lines(found, shown)))
    if options.json:
        options.json.write_text(json.dumps(as_json(found), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
