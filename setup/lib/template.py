"""Template databases: installing Odoo's modules once, then copying a database in a third of a second."""

import ast
import shutil
from collections.abc import Sequence
from pathlib import Path

from . import odoo_config, paths
from .console import say, step
from .database import Databases
from .odoo_server import error_records, problems
from .odoo_source import OdooSource
from .system import SetupError, digest, lock, run

_ALWAYS = {"sale_stock", "queue_job"}
_KEPT = 3  # templates of former states of the files: another command may be about to copy one
_IGNORED = {"tests", "readme", "i18n", "__pycache__", "description"}


def ensure_base(databases: Databases, source: OdooSource) -> str:
    """Name of a database with the modules that ours depend on."""
    modules = base_modules()
    value = digest([source.version, *modules, *_queue_job_version()])[:8]
    return _ensure(databases, source, f"{databases.prefix}tmpl_{value}", "template0", modules)


def ensure_addons(databases: Databases, source: OdooSource) -> str:
    """Name of a database in which this repository's addons are installed as they are now."""
    base = ensure_base(databases, source)
    names = [folder.name for folder in paths.addon_folders()]
    if not names:
        return base
    start = f"{databases.prefix}tmpl_addons_"
    name = f"{start}{digest([base, addons_hash()])[:8]}"
    with lock("template"):
        known = databases.exists(name)
        if not known:
            for old in databases.named(start)[: -_KEPT + 1]:
                databases.drop(old)
    return name if known else _ensure(databases, source, name, base, names)


def base_modules() -> list[str]:
    """The modules of others that ours depend on, sorted."""
    folders = paths.addon_folders()
    manifests = [ast.literal_eval((folder / "__manifest__.py").read_text()) for folder in folders]
    wanted = _ALWAYS.union(*(manifest.get("depends", []) for manifest in manifests))
    return sorted(wanted - {folder.name for folder in folders})


def addons_hash() -> str:
    """Hash of all that an installation of the addons reads: not of tests and documentation."""
    files = [
        path
        for folder in paths.addon_folders()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _IGNORED.intersection(path.relative_to(folder).parts)
    ]
    return digest([item for path in files for item in (path.relative_to(paths.ROOT), path)])


def _ensure(databases: Databases, source: OdooSource, name: str, template: str, modules: Sequence[str]) -> str:
    with lock("template"):
        if databases.exists(name):
            return name
        partial = f"{name}_partial"
        databases.drop(partial)
        databases.create(partial, template)
        log = paths.RUN / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)
        try:
            with step(f"Template database with {', '.join(modules)}"):
                conf = odoo_config.write(name, databases.connection, source, partial)
                command = [paths.PYTHON, paths.LAUNCHER, "-c", conf, "-i", ",".join(modules), "--stop-after-init"]
                run([*command, "--no-http", "--max-cron-threads=0", "--logfile", log], timeout=1800)
            _check_log(_text(log))
        except SetupError as error:
            databases.drop(partial)
            raise SetupError(
                f"installing {', '.join(modules)} failed; see {log}\n{error_records(_text(log)) or error}"
            ) from error
        databases.rename(partial, name)
        shutil.rmtree(conf.parent)
        say(f"  database {name}")
    return name


def _queue_job_version() -> list[str]:
    return sorted(path.name for path in paths.VENV.glob("lib/python3*/site-packages/odoo_addon_queue_job-*.dist-info"))


def _check_log(text: str) -> None:
    """Odoo ends well although a module could not be loaded: only the log tells."""
    bad = problems(text)
    if bad:
        raise SetupError("\n".join(bad[:20]))


def _text(log: Path) -> str:
    return log.read_text(errors="replace") if log.is_file() else ""
