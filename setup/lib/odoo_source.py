"""Where Odoo 19 comes from, and making it importable in the virtual environment. Standard library only."""

import json
import os
import re
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from . import odoo_debian, paths, python_env
from .console import say, step
from .system import SetupError, has, run, write_atomic

CLONE_URL = "https://github.com/odoo/odoo.git"
CLONE_BRANCH = "19.0"
_RECORD = paths.ODOO / "SOURCE.json"


@dataclass(frozen=True)
class OdooSource:
    """An Odoo 19 that was found or fetched."""

    kind: str  # ODOO_HOME, importable, debian, git
    parent: str  # the folder that holds the package ``odoo``
    addons: str  # further folder of addons, "" when all are inside the package
    version: str  # release and, where known, package version or commit
    reason: str
    sha256: str = ""

    def describe(self) -> str:
        """One line for people: what, where, why."""
        checksum = f", sha256 {self.sha256[:16]}..." if self.sha256 else ""
        return f"Odoo 19: {self.version}{checksum} ({self.reason})"


def ensure() -> OdooSource:
    """Find or fetch Odoo 19 and make it importable. Raises SetupError when no way works."""
    source = _recorded()
    if source is None:
        source = _find()
        write_atomic(_RECORD, json.dumps(asdict(source), indent=2) + "\n")
    say(source.describe())
    _make_importable(source)
    return source


def current() -> OdooSource:
    """Return the source that ``ensure`` chose. Raises SetupError before that."""
    if not _RECORD.is_file():
        raise SetupError("Odoo is not in place yet: start setup/run or setup/test once")
    return OdooSource(**json.loads(_RECORD.read_text()))


def _recorded() -> OdooSource | None:
    """The source of last time, unless it has gone or ODOO_HOME now says another."""
    if not _RECORD.is_file():
        return None
    source = current()
    home = os.environ.get("ODOO_HOME")
    if home and (source.kind != "ODOO_HOME" or _package_parent(Path(home)) != Path(source.parent)):
        return None
    if not home and source.kind == "ODOO_HOME":
        return None
    return source if _release(Path(source.parent)) else None


def _find() -> OdooSource:
    home = os.environ.get("ODOO_HOME")
    if home:
        parent = _package_parent(Path(home))
        if parent is None:
            raise SetupError(f"ODOO_HOME={home} holds no Odoo 19 (no odoo/release.py that says 19.0)")
        return _at(parent, "ODOO_HOME", "because ODOO_HOME is set")
    parent = _importable()
    if parent:
        return _at(parent, "importable", "because this machine's Python can import it")
    why = ["ODOO_HOME is unset", "no odoo 19 is importable"]
    try:
        package = odoo_debian.ensure(paths.ODOO)
        return OdooSource(
            kind="debian",
            parent=str(package.parent),
            addons="",
            version=f"Debian package odoo-19 {package.version}",
            reason=f"because {' and '.join(why)}",
            sha256=package.sha256,
        )
    except SetupError as error:
        why.append("Debian's package is not to be had")
        say(f"  {error}")
    return _clone(", ".join(why))


def _at(parent: Path, kind: str, reason: str) -> OdooSource:
    addons = parent / "addons"
    return OdooSource(
        kind=kind,
        parent=str(parent),
        addons=str(addons) if (addons / "sale_stock").is_dir() else "",
        version=f"{_release(parent)} at {parent}",
        reason=reason,
    )


def _release(parent: Path) -> str:
    """The version of the package ``odoo`` in a folder, "" when that is not 19.0."""
    path = parent / "odoo" / "release.py"
    text = path.read_text() if path.is_file() else ""
    match = re.search(r"^version_info\s*=\s*\(([^)]*)\)", text, re.MULTILINE)
    parts = [part.strip(" '\"") for part in match.group(1).split(",")] if match else []
    return ".".join(parts[:2]) if parts[:2] == ["19", "0"] else ""


def _package_parent(home: Path) -> Path | None:
    for parent in (home, home.parent if home.name == "odoo" else home / "src"):
        if _release(parent):
            return parent.resolve()
    return None


def _importable() -> Path | None:
    """Folder of the odoo 19 that a Python of this machine imports: the running one, then the system's."""
    code = "import odoo.release as r, os; print(os.path.dirname(os.path.dirname(os.path.abspath(r.__file__))))"
    for python in dict.fromkeys([sys.executable, "/usr/bin/python3"]):
        if python.startswith(str(paths.VENV)) or not Path(python).exists():
            continue
        try:
            parent = Path(run([python, "-c", code], cwd="/", timeout=60).strip())
        except SetupError:
            continue
        if _release(parent):
            return parent
    return None


def _clone(reason: str) -> OdooSource:
    target = paths.ODOO / "git"
    if not _release(target):
        if not has("git"):
            raise SetupError("Odoo 19 cannot be fetched: git is missing. Install it, or set ODOO_HOME to an Odoo 19")
        shutil.rmtree(target, ignore_errors=True)
        with step("Odoo 19: a shallow clone of its public branch (about 1 GB)"):
            command = ["git", "clone", "--quiet", "--depth=1", "--branch", CLONE_BRANCH, CLONE_URL, target]
            try:
                run(command, timeout=3600, env={**os.environ, "GIT_TERMINAL_PROMPT": "0"})
            except SetupError as error:
                raise SetupError(f"{error}\nOdoo 19 cannot be fetched: set ODOO_HOME to the folder of one") from error
    commit = run(["git", "-C", target, "rev-parse", "HEAD"]).strip()
    return OdooSource(
        kind="git",
        parent=str(target),
        addons=str(target / "addons"),
        version=f"{_release(target)} commit {commit[:12]}",
        reason=f"because {reason}",
    )


def _make_importable(source: OdooSource) -> None:
    site = python_env.site_packages()
    pth = site / "odoo19.pth"
    if not pth.is_file() or pth.read_text().strip() != source.parent:
        pth.write_text(source.parent + "\n")
    # ``python -m odoo`` makes the gevent child of a server with workers fail for ever; a script file does not.
    launcher = f"#!{paths.PYTHON}\nimport odoo.cli\n\nodoo.cli.main()\n"
    if not paths.LAUNCHER.is_file() or paths.LAUNCHER.read_text() != launcher:
        write_atomic(paths.LAUNCHER, launcher, mode=0o755)
