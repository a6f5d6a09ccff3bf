"""Stages of setup/test that run pytest; the pure ones need no Odoo."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from . import paths
from .console import say, table
from .outcome import Outcome, from_junit
from .slowest import slowest_modules

PURE = ("tests/unit", "tests/simulators")
KILLS = "tests/chaos/test_outbound_kills.py"  # as long as all others of its folder


def pure() -> Outcome:
    """Domain, client and simulator code on its own."""
    return pytest("pure", PURE)


def pytest(name: str, folders: Sequence[str]) -> Outcome:
    """Run pytest on folders or files of the repository, which must exist. ``::NAME`` may follow a file."""
    with started(name, folders) as finish:
        return finish(threading.Event())


def stage(
    name: str, stop: threading.Event, aside: bool = True, environment: Mapping[str, str] | None = None
) -> Outcome:
    """Run the stage ``name`` until it has ended or the event is set.

    aside: print into a file, and to the terminal at the end. environment: variables beside our own.
    """
    output = paths.LOCAL / "test" / f"{name}.log" if aside else None
    if output:
        output.parent.mkdir(parents=True, exist_ok=True)
        say(f"{name} prints into {output.relative_to(paths.ROOT)} until it has ended")
    with started(name, _tests_of(name), output, environment) as finish:
        outcome = finish(stop)
    if output and output.is_file():
        say(output.read_text(errors="replace").rstrip())
    report = paths.LOCAL / "test" / f"{name}.xml"
    if report.is_file():
        say(table([f"the slowest of {name}", "seconds"], slowest_modules(report)))
    return outcome


def _tests_of(name: str) -> Sequence[str]:
    if name == "chaos":
        files = sorted(str(path.relative_to(paths.ROOT)) for path in (paths.ROOT / "tests" / name).glob("test_*.py"))
        return [file for file in files if file != KILLS]
    return {"pure": PURE, "kills": (KILLS,)}.get(name, (f"tests/{name}",))


@contextmanager
def started(
    name: str, folders: Sequence[str], output: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[Callable[[threading.Event], Outcome]]:
    """Have pytest at work on folders meanwhile; yields what waits for its end and tells what it found.

    output: a file for what it prints; on the terminal otherwise. environment: variables beside our own. It is ended
    with the context, if need be; the event that is given to what waits ends the waiting.
    """
    missing = Outcome()
    for folder in folders:
        if not (paths.ROOT / folder.partition("::")[0]).exists():
            missing.check(folder, "is missing")
    if missing.failed:
        yield lambda _stop: missing
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
            env={**os.environ, **(environment or {})},
            # A shell starts background jobs with Ctrl-C ignored, and pytest is ended by it.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        try:
            yield lambda stop: from_junit(report, _wait(process, stop))
        finally:
            _end(process)


def _wait(process: subprocess.Popen[bytes], stop: threading.Event) -> int:
    while not stop.is_set():
        with suppress(subprocess.TimeoutExpired):
            return process.wait(0.5)
    return -signal.SIGINT


def _end(process: subprocess.Popen[bytes]) -> None:
    """End pytest as Ctrl-C would, so that its servers and databases go too."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
