"""Edits a record of a running simulator as its administrator: ``python -m tests.simulators.salesforce.edit --help``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from .client import ControlError, Simulator, attach

OBJECTS = ("Account", "Contact")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulators.salesforce.edit",
        description="Edits a customer of a running simulator, or shows it when there is nothing to set.",
    )
    parser.add_argument("--dir", type=Path, required=True, help="state folder of the simulator")
    parser.add_argument("record", help="id or name of an account or contact")
    parser.add_argument("fields", nargs="*", metavar="FIELD=VALUE", help="an empty value clears the field")
    options = parser.parse_args(arguments)
    fields = dict(field.partition("=")[::2] for field in options.fields)
    try:
        simulator = attach(options.dir)
        for name in OBJECTS:
            for record in simulator.records(name):
                if options.record in (record["Id"], record.get("Name")):
                    return _edit(simulator, name, record, fields)
    except OSError as error:
        print(f"no simulator answers for {options.dir}: {error}", file=sys.stderr)
        return 1
    print(f"no account or contact is called {options.record!r}", file=sys.stderr)
    return 1


def _edit(simulator: Simulator, name: str, record: dict[str, Any], fields: dict[str, str]) -> int:
    if not fields:
        print("\n".join(f"{key} = {value}" for key, value in sorted(record.items()) if value is not None))
        return 0
    try:
        simulator.edit(name, record["Id"], {key: value or None for key, value in fields.items()})
    except ControlError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{name} {record['Id']} {record.get('Name')}: {', '.join(fields)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
