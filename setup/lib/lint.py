"""setup/lint: the checks of style, types, layering and house rules; also the lint stage of setup/test."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from . import options, paths
from .checks import Check, checks
from .console import say
from .outcome import Outcome

_BIN = paths.VENV / "bin"


def main(arguments: Sequence[str]) -> int:
    """Run the checks that are named, all by default; the exit code is 0 only if every one passed."""
    outcome = run(options.parse("lint", arguments).checks)
    for problem in outcome.problems:
        say(problem)
    return 1 if outcome.failed else 0


def run(names: Sequence[str] = (), at_once: int = 2) -> Outcome:
    """Run checks and print the output of those that fail. All checks when ``names`` is empty."""
    outcome = Outcome()
    if not paths.addon_folders():
        outcome.check("addons", "there are none")
        return outcome
    chosen = [check for check in checks() if not names or check.name in names]
    with ThreadPoolExecutor(at_once) as pool:
        for check, (code, printed, seconds) in zip(chosen, pool.map(_run_check, chosen), strict=True):
            if code:
                say(printed.rstrip())
            say(f"  {check.name}: {'passed' if not code else 'failed, its findings are above'} ({seconds:.1f} s)")
            outcome.check(check.name, f"exit code {code}, its findings are above" if code else "")
    return outcome


def _run_check(check: Check) -> tuple[int, str, float]:
    began = time.monotonic()
    path = f"{_BIN}:{os.environ['PATH']}"
    done = subprocess.run(
        [_BIN / check.command[0], *check.command[1:]],
        cwd=paths.ROOT,
        env={**os.environ, "PYTHONPATH": str(paths.ROOT), "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
