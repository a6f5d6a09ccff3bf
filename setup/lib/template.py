"""Template databases: installing Odoo's modules once, then copying a database in a third of a second."""

import ast
import shutil
from collections.abc import Sequence

from . import odoo_config, odoo_modules, paths
from .console import say, step
from .database import Databases
from .odoo_source import OdooSource
from .system import SetupError, digest, lock

# Kits, drop shipments and loyalty points are no dependencies: the tests meet orders of all kinds.
_ALWAYS = {"sale_stock", "queue_job", "sale_mrp", "stock_dropshipping", "sale_loyalty"}
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
    return digest([item for path in files for item in (str(path.relative_to(paths.ROOT)), path)])


def _ensure(databases: Databases, source: OdooSource, name: str, template: str, modules: Sequence[str]) -> str:
    with lock("template"):
        if databases.exists(name):
            return name
        partial = f"{name}_partial"
        databases.drop(partial)
        databases.create(partial, template)
        _search_by_parts(databases, partial)
        conf = odoo_config.write(name, databases.connection, source, partial)
        try:
            with step(f"Template database with {', '.join(modules)}"):
                odoo_modules.change(conf, paths.RUN / f"{name}.log", install=modules)
        except SetupError:
            databases.drop(partial)
            raise
        databases.rename(partial, name)
        shutil.rmtree(conf.parent)
        say(f"  database {name}")
    return name


def _search_by_parts(databases: Databases, name: str) -> None:
    """Create the extension for searches by a part of a text, where it exists, as `odoo db init` does."""
    if databases.query(name, "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'"):
        databases.query(name, "CREATE EXTENSION IF NOT EXISTS pg_trgm")


def _queue_job_version() -> list[str]:
    return sorted(path.name for path in paths.VENV.glob("lib/python3*/site-packages/odoo_addon_queue_job-*.dist-info"))
