"""Stages of setup/test that run pytest; the pure ones need no Odoo."""

import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from . import paths
from .outcome import Outcome, from_junit

PURE = ("tests/unit", "tests/simulators")


def pure() -> Outcome:
    """Domain, client and simulator code on its own."""
    return pytest("pure", PURE)


def pytest(name: str, folders: Sequence[str]) -> Outcome:
    """Run pytest on folders or files of the repository, which must exist. ``::NAME`` may follow a file."""
    with started(name, folders) as finish:
        return finish()


@contextmanager
def started(name: str, folders: Sequence[str], output: Path | None = None) -> Iterator[Callable[[], Outcome]]:
    """Have pytest at work on folders meanwhile; yields what waits for its end and tells what it found.

    output: a file for what it prints; on the terminal otherwise. It is ended with the context, if need be.
    """
    missing = Outcome()
    for folder in folders:
        if not (paths.ROOT / folder.partition("::")[0]).exists():
            missing.check(folder, "is missing")
    if missing.failed:
        yield lambda: missing
        return
    report = paths.LOCAL / "test" / f"{name}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    command = [str(paths.PYTHON), "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *folders]
    with output.open("wb") if output else nullcontext() as printed:
        process = subprocess.Popen(
            command,
            cwd=paths.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=printed and subprocess.STDOUT,
            # A shell starts background jobs with Ctrl-C ignored, and pytest is ended by it.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        try:
            yield lambda: from_junit(report, process.wait())
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End pytest as Ctrl-C would, so that its servers and databases go too."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
