"""Debian's package ``odoo-19``, downloaded and unpacked only. Standard library only."""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import apt
from .console import say, step
from .system import SetupError, has

# What the package links to. Dangling links would answer every web page with an error 500.
COMPANIONS = (
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
# sid's version 7 has other file names: dead links and no icons. Debian 12 has the one that Odoo was made for.
ICONS, ICONS_SUITE = "fonts-font-awesome", "bookworm"
_HARMLESS = {"Inconsolata.otf"}  # point of sale only
_STUB = "addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class DebianPackage:
    """The package as it was unpacked."""

    parent: Path  # folder that holds the package ``odoo``
    version: str
    sha256: str


def ensure(folder: Path) -> DebianPackage:
    """Download and unpack the package below ``folder``. Raises SetupError where this is no Debian or it fails."""
    root = folder / "root"
    parent = root / "usr" / "lib" / "python3" / "dist-packages"
    package = _newest(folder / "debs") if _is_complete(folder / "debs") else None
    if package is None:
        package = _fetch(folder)
    if not (parent / "odoo" / "release.py").is_file():
        shutil.rmtree(root, ignore_errors=True)
        with step("Odoo 19: unpacking (1.2 GB)"):
            # Unpacked beside and renamed: an interrupted run leaves nothing that looks complete.
            partial = folder / "root.partial"
            shutil.rmtree(partial, ignore_errors=True)
            apt.unpack(sorted((folder / "debs").glob("*.deb")), partial)
            partial.rename(root)
    stub = parent / "odoo" / _STUB
    if not stub.exists():  # the package lacks it, and the error in the console fails every browser test
        stub.parent.mkdir(parents=True, exist_ok=True)
        stub.write_text("/* not in Debian's package */\n")
    dangling = [path for path in (parent / "odoo").rglob("*") if path.is_symlink() and not path.exists()]
    missing = sorted({path.name for path in dangling} - _HARMLESS)
    if missing:
        say(f"  warning: {len(missing)} files of the web client are missing: {', '.join(missing[:8])}")
    return DebianPackage(parent, package.name.split("_")[1].replace("%3a", ":"), _sha256(package))


def _fetch(folder: Path) -> Path:
    if not (has("apt-get") and has("dpkg-deb")):
        raise SetupError("no Debian package: apt-get and dpkg-deb are not on this machine")
    sources = apt.debian_sources()
    if not sources:
        raise SetupError("no Debian package: no Debian archive is among this machine's apt sources")
    failures = []
    for source in sources:
        try:
            with step("Odoo 19: downloading Debian's package odoo-19 from suite sid (125 MB)"):
                shutil.rmtree(folder / "debs", ignore_errors=True)
                sid = apt.PrivateApt(folder, source.line("sid"))
                sid.update()
                found = sid.download("odoo-19", *COMPANIONS)
                icons = apt.PrivateApt(folder / "icons", source.line(ICONS_SUITE))
                icons.update()
                for path in icons.download(ICONS):
                    shutil.move(path, folder / "debs" / path.name)
            return found[0]
        except SetupError as error:
            failures.append(str(error))
    raise SetupError("no Debian package: " + "; ".join(failures))


def _is_complete(debs: Path) -> bool:
    return all(any(debs.glob(f"{name}_*.deb")) for name in ("odoo-19", ICONS, *COMPANIONS))


def _newest(folder: Path) -> Path | None:
    found = sorted(folder.glob("odoo-19_*.deb"), key=lambda path: path.stat().st_mtime)
    return found[-1] if found else None


def _sha256(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(1 << 20):
            total.update(chunk)
    return total.hexdigest()
