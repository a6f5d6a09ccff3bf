"""Installing and upgrading Odoo modules from the command line."""

from collections.abc import Sequence
from pathlib import Path

from . import paths
from .odoo_server import error_records, problems
from .system import SetupError, run


def change(conf: Path, log: Path, *, install: Sequence[str] = (), upgrade: Sequence[str] = ()) -> None:
    """Install and upgrade modules in the database of a configuration file.

    Raises SetupError with what the log says when it fails, and also when Odoo ends well although its log tells of
    errors, as it does when a module could not be loaded.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    command: list[object] = [paths.PYTHON, paths.LAUNCHER, "-c", conf, "--stop-after-init", "--no-http"]
    command += ["--max-cron-threads=0", "--logfile", log]
    if install:
        command += ["-i", ",".join(install)]
    if upgrade:
        command += ["-u", ",".join(upgrade)]
    reason = ""
    try:
        run(command, timeout=1800)
    except SetupError as error:
        reason = str(error)
    text = log.read_text(errors="replace") if log.is_file() else ""
    if reason or problems(text):
        what = ", ".join(dict.fromkeys([*install, *upgrade]))
        raise SetupError(f"installing or upgrading {what} failed; see {log}\n{error_records(text) or reason}")
