"""Stages of setup/test that need no Odoo: pure Python tests, and lint."""

import os
import signal
import subprocess
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from . import paths, tree_rules
from .console import say
from .outcome import Outcome, from_junit

_BIN = paths.VENV / "bin"
# Said here because in pyproject.toml the group of all of Odoo's rules switches single ones on again.
_NOT_OUR_STYLE = (
    "consider-merging-classes-inherited",  # a model that is large is split by subject, one file each
    "prefer-env-translation",  # _() finds module and language from its caller as well
)


def pure() -> Outcome:
    """Domain, client and simulator code on its own."""
    return pytest("pure", ["tests/unit", "tests/simulators"])


def pytest(name: str, folders: Sequence[str]) -> Outcome:
    """Run pytest on folders of the repository; each must be there."""
    with started(name, folders) as finish:
        return finish()


@contextmanager
def started(name: str, folders: Sequence[str], output: Path | None = None) -> Iterator[Callable[[], Outcome]]:
    """Have pytest at work on folders meanwhile; yields what waits for its end and tells what it found.

    output: a file for what it prints; on the terminal otherwise. It is ended with the context, if need be.
    """
    missing = Outcome()
    for folder in folders:
        if not (paths.ROOT / folder).is_dir():
            missing.check(folder, "is missing")
    if missing.failed:
        yield lambda: missing
        return
    report = paths.LOCAL / "test" / f"{name}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    command = [paths.PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *folders]
    with output.open("wb") if output else nullcontext() as printed:
        process = subprocess.Popen(
            command, cwd=paths.ROOT, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed and subprocess.STDOUT
        )
        try:
            yield lambda: from_junit(report, process.wait())
        finally:
            _end(process)


def _end(process: subprocess.Popen) -> None:
    """End pytest as Ctrl-C would, so that its servers and databases go too."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def lint() -> Outcome:
    """Style, layering, Odoo's own rules and the house rules."""
    outcome = Outcome()
    addons = [folder.name for folder in paths.addon_folders()]
    _tool(outcome, "ruff check", ["ruff", "check", "--no-cache", "."])
    _tool(outcome, "ruff format", ["ruff", "format", "--no-cache", "--check", "."])
    if addons:
        _tool(outcome, "import-linter", ["lint-imports", "--no-cache"])
        _tool(outcome, "pylint-odoo", ["pylint", f"--disable={','.join(_NOT_OUR_STYLE)}", *addons])
        manifests = [f"{name}/__manifest__.py" for name in addons]
        _tool(outcome, "oca-checks-odoo-module", ["oca-checks-odoo-module", *manifests])
        translations = sorted(str(path.relative_to(paths.ROOT)) for path in paths.ROOT.glob("*/i18n/*.po*"))
        if translations:
            _tool(outcome, "oca-checks-po", ["oca-checks-po", *translations])
    else:
        outcome.check("addons", "there are none")
    outcome.check("XML is well-formed", "\n".join(_broken_xml()))
    for title, findings in tree_rules.findings().items():
        outcome.check(title, "\n".join(findings))
    return outcome


def _tool(outcome: Outcome, title: str, command: Sequence[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(paths.ROOT), "PATH": f"{_BIN}:{os.environ['PATH']}"}
    done = subprocess.run(
        [_BIN / command[0], *command[1:]],
        cwd=paths.ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        say(done.stdout.rstrip())
    say(f"  {title}: {'well' if not done.returncode else 'findings above'}")
    outcome.check(title, f"exit code {done.returncode}, see its findings above" if done.returncode else "")


def _broken_xml() -> list[str]:
    broken = []
    for path in tree_rules.files():
        if path.suffix in (".xml", ".svg"):
            try:
                ElementTree.parse(path)
            except ElementTree.ParseError as error:
                broken.append(f"{path.relative_to(paths.ROOT)}: {error}")
    return broken
