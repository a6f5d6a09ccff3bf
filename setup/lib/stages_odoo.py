"""Stages of setup/test that run inside Odoo: the addons' own tests, uninstalling, browser tests."""

import contextlib
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from . import browser, odoo_config, paths, stages_pure, tests_template, translate, translations
from .console import say, step, table
from .environment import Environment
from .odoo_server import error_records, problems
from .outcome import Outcome, from_odoo
from .slowest import slowest_files
from .system import SetupError, free_port, lock
from .targets import TestTarget

# Seconds. The slowest test and the uninstalling write a line far more often, on a busy machine too.
_STANDSTILL = 900
# What an uninstalled addon must not leave behind: a title and a query that counts it.
_LEFT_BEHIND = {
    "tables": "SELECT tablename FROM pg_tables WHERE tablename LIKE 'retail\\_sync%'",
    "columns": "SELECT table_name || '.' || column_name FROM information_schema.columns"
    " WHERE table_schema = 'public' AND column_name LIKE 'retail\\_sync%'",
    "database triggers": "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'retail\\_sync%'",
    "database functions": "SELECT proname FROM pg_proc WHERE proname LIKE 'retail\\_sync%'",
    "models": "SELECT model FROM ir_model WHERE model LIKE 'retail.sync%'",
    "external ids": "SELECT module || '.' || name FROM ir_model_data WHERE module LIKE 'retail\\_sync%'",
    "scheduled actions": "SELECT c.cron_name FROM ir_cron c JOIN ir_act_server s ON s.id = c.ir_actions_server_id"
    " LEFT JOIN ir_model m ON m.id = s.model_id WHERE m.id IS NULL OR m.model LIKE 'retail.sync%'",
    "system parameters": "SELECT key FROM ir_config_parameter WHERE key LIKE 'retail\\_sync%'",
    "job channels": "SELECT complete_name FROM queue_job_channel WHERE complete_name LIKE 'root.retail\\_sync%'",
}


def addons(environment: Environment) -> Outcome:
    """Run the addons' tests, browser tests excepted; extract their texts; uninstall them and install them again."""
    names = [folder.name for folder in paths.addon_folders()]
    if not names:
        outcome = Outcome()
        outcome.check("addons", "there are none")
        return outcome
    tags = ",".join(f"/{name}" for name in names) + ",-browser"
    with _database(environment, "test_addons", environment.addons_template()) as (name, conf):
        outcome = _tests(name, conf, ["--test-tags", tags])
    for title, run in (("texts", _texts), ("uninstalling", _uninstall)):
        try:
            outcome.add(run(environment))
        except SetupError as error:
            outcome.check(title, f"could not run: {error}")
    return outcome


def browser_tours(environment: Environment) -> Outcome:
    """The tests tagged ``browser``, in the Chromium or Chrome of the machine."""
    browser.ensure()
    names = [folder.name for folder in paths.addon_folders()]
    tags = ",".join(f"browser/{name}" for name in names)
    screenshots = paths.LOCAL / "test" / "screenshots"
    with _database(environment, "test_browser", environment.addons_template()) as (name, conf):
        return _tests(name, conf, ["--test-tags", tags, "--screenshots", str(screenshots)])


def files(environment: Environment, targets: Sequence[TestTarget], update: bool) -> Outcome:
    """The tests of files that were named: addon files inside Odoo, the rest by pytest.

    Inside Odoo, they run on a copy of a database that is kept between runs; ``update`` brings it up to date although
    nothing that it holds seems to have changed.
    """
    outcome = Outcome()
    inside = [target for target in targets if target.in_odoo]
    if inside:
        if any(target.wants_browser() for target in inside):
            browser.ensure()
        tags = ",".join(tag for target in inside for tag in target.odoo_tags())
        template = tests_template.ensure(environment.databases, environment.source, update)
        # Of its own name in each checkout: two may share one server.
        with _database(environment, f"test_files_{paths.checkout_id()}", template) as (name, conf):
            outcome.add(_tests(name, conf, ["--test-tags", tags]))
    beside = [target.pytest_argument() for target in targets if not target.in_odoo]
    if beside:
        outcome.add(stages_pure.pytest("files", beside))
    return outcome


def _tests(name: str, conf: Path, arguments: list[str]) -> Outcome:
    log = _log(name)
    exit_code = _odoo(log, ["-c", str(conf), "--stop-after-init", *arguments], ("-m", "setup.lib.odoo_tests"))
    text = log.read_text(errors="replace")
    outcome = from_odoo(text, exit_code)
    if slow := slowest_files(text):
        say(table(["the slowest files", "seconds"], slow))
    bad = problems(text)
    if bad and not outcome.failed:
        outcome.check("log", f"{len(bad)} errors although no test failed, the first: {bad[0]}")
    if outcome.failed:
        say("\n".join(text.splitlines()[-200:]) if not bad else error_records(text))
        say(f"  whole log: {log.relative_to(paths.ROOT)}")
    return outcome


def _texts(environment: Environment) -> Outcome:
    """Extract the texts again: the .pot files that translators work from have all of them, and no other."""
    outcome = Outcome()
    folders = paths.addon_folders()
    extracted = {folder.name: paths.LOCAL / "test" / f"{folder.name}.pot" for folder in folders}
    with step("  extracting texts"):
        translate.extract(environment, extracted)
    for folder in folders:
        found = translations.stale(extracted[folder.name], translate.template(folder))
        outcome.check(f"{folder.name}: texts are extracted (setup/translate)", "\n".join(found[:20]))
    return outcome


def _uninstall(environment: Environment) -> Outcome:
    """Uninstall everything from a database, look for what stays, and install again."""
    outcome = Outcome()
    names = [folder.name for folder in paths.addon_folders()]
    with (
        step("  uninstalling and installing again"),
        _database(environment, "test_uninstall", environment.addons_template()) as (name, conf),
    ):
        log = _log(name)
        for verb in ("uninstall", "install"):
            code = _odoo(log, ["module", verb, "-c", str(conf), "-d", name, *names])
            text = log.read_text(errors="replace")
            wrong = f"exit code {code}\n{error_records(text, 20)}" if code or problems(text) else ""
            outcome.check(f"odoo module {verb}", wrong)
            if verb == "uninstall":
                for title, query in _LEFT_BEHIND.items():
                    rows = environment.databases.query(name, query)
                    found = ", ".join(str(value) for (value,) in rows[:10])
                    outcome.check(f"uninstalling leaves no {title}", f"{len(rows)} left: {found}" if rows else "")
    return outcome


@contextlib.contextmanager
def _database(environment: Environment, name: str, template: str) -> Iterator[tuple[str, Path]]:
    databases = environment.databases
    full = f"{databases.prefix}{name}"
    with lock(name):  # a second setup/test in this folder waits for the first
        databases.drop(full)
        databases.create(full, template)
        port = free_port()
        conf = odoo_config.write(full, databases.connection, environment.source, full, http_port=port)
        _log(full).unlink(missing_ok=True)
        try:
            yield full, conf
        finally:
            databases.drop(full)
            shutil.rmtree(conf.parent, ignore_errors=True)


def _log(name: str) -> Path:
    path = paths.LOCAL / "test" / f"{name}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _odoo(log: Path, arguments: list[str], launcher: Sequence[object] = (paths.LAUNCHER,)) -> int:
    """Run Odoo to its end and return its exit code. One whose log stands still hangs: it is ended, whatever it took."""
    command = [str(paths.PYTHON), *map(str, launcher), *arguments]
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=paths.ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            return _watched(process, log)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def _watched(process: subprocess.Popen[bytes], log: Path) -> int:
    written, since = -1, time.monotonic()
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(5)
        if (size := log.stat().st_size) != written:
            written, since = size, time.monotonic()
        elif time.monotonic() - since > _STANDSTILL:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
            raise SetupError(f"Odoo hangs: no line in {log} for {_STANDSTILL} s, the last:\n{tail}")


STAGES: dict[str, Callable[[Environment], Outcome]] = {"addons": addons, "browser": browser_tours}
