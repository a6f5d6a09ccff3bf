"""setup/bench: runs benchmarks and writes what they measured.

A benchmark is a module ``tests/benchmarks/bench_NAME.py`` with ``run(ctx)``, which returns
``{"metrics": {name: value}, "bars": [{"name", "value", "op", "bar"}]}``; ``op`` is one of >=, <=, > and <.
One whose parts can run alone names them in a literal ``PARTS`` and asks ``ctx.chosen(PARTS)`` which are wanted.
``ctx`` is a BenchContext. A bar that is missed is said, and is no failure: the exit code tells whether all could run.
"""

import contextlib
import importlib
import json
import operator
import os
import platform
import re
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.stack import Stack

    from .environment import Environment

from . import odoo_source, options, paths
from .console import colour, say, table, warn
from .system import SetupError, end_on_signals, write_atomic

_OPERATORS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


@dataclass(frozen=True)
class BenchContext:
    """What a benchmark is given. ``scale`` shrinks or grows its number of records; results for the README have 1.
    ``data``, ``out``, ``dedupe``: records of the user's own, see the options. ``parts``: those asked for, none for all.
    """

    scale: float = 1.0
    data: Path | None = None
    out: Path | None = None
    dedupe: bool = False
    parts: tuple[str, ...] = ()

    def size(self, records: int) -> int:
        """A number of records at the scale asked for, at least 1."""
        return max(1, round(records * self.scale))

    def chosen(self, parts: Sequence[str]) -> list[str]:
        """Those of a benchmark's parts that are to run, in its order."""
        return [part for part in parts if not self.parts or part in self.parts]

    def stack(self, name: str, **settings: Any) -> "Stack":
        """A real Odoo with the addons; see tests.stack.Stack."""
        from tests.stack import Stack

        return Stack(name, **settings)

    def say(self, text: str) -> None:
        """Tell how far it is."""
        warn(f"  {text}")


def main(arguments: list[str]) -> int:
    """Run benchmarks; the exit code: 0 all ran, 1 one of them broke, 2 something could not be put in place."""
    parsed = options.parse("bench", arguments)
    end_on_signals()
    broken = []
    try:
        # held for all of them, so that PostgreSQL is started once
        with _environment() if options.needs_odoo("bench", parsed) else contextlib.nullcontext():
            for name in parsed.names:
                context = BenchContext(parsed.scale, parsed.data, parsed.out, parsed.dedupe, tuple(parsed.parts))
                if not _run(name, context):
                    broken.append(name)
    except SetupError as error:
        warn(f"\n{error}")
        return 2
    except KeyboardInterrupt:
        say("\nstopped")
        return 130
    if broken:
        warn(f"could not run: {', '.join(broken)}")
    return 1 if broken else 0


def _environment() -> "contextlib.AbstractContextManager[Environment]":
    from . import environment  # its database driver is put in place only where Odoo is

    return environment.opened()


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    return {
        "cpu": cpu.group(1) if cpu else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(int(memory.group(1)) / 1024**2, 1) if memory else None,
        "python": platform.python_version(),
        "odoo": _odoo_version(),
    }


def _odoo_version() -> str | None:
    try:
        return odoo_source.current().version
    except SetupError:  # a benchmark that needs no Odoo, before there is one
        return None


def _run(name: str, context: BenchContext) -> bool:
    say(f"\n{name}")
    started = time.monotonic()
    try:
        result = importlib.import_module(f"tests.benchmarks.bench_{name}").run(context)
    except Exception:  # one that breaks must not keep the others from running; it is reported and counted
        warn(traceback.format_exc())
        return False
    bars = [{**bar, "met": bool(_OPERATORS[bar["op"]](bar["value"], bar["bar"]))} for bar in result["bars"]]
    record = {
        "bench": name,
        "measured_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": machine(),
        "scale": context.scale,
        **({"parts": list(context.parts)} if context.parts else {}),
        "metrics": result["metrics"],
        "bars": bars,
    }
    target = paths.BENCH / f"{'-'.join([name, *context.parts])}.json"  # a part leaves the figures of the whole alone
    write_atomic(target, json.dumps(record, indent=2) + "\n")
    say(table(["metric", "value"], list(result["metrics"].items())))
    if bars:
        rows = [
            [bar["name"], bar["value"], f"{bar['op']} {bar['bar']}", "met" if bar["met"] else "MISSED"] for bar in bars
        ]
        say("\n" + table(["bar", "measured", "wanted", ""], rows))
    missed = [bar["name"] for bar in bars if not bar["met"]]
    if missed:
        say(colour(f"missed: {', '.join(missed)}", "31"))
    say(f"took {time.monotonic() - started:.0f} s; written to .local/bench/{target.name}")
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
