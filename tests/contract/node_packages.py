"""Puts pinned packages of Node.js under the git-ignored `.local/`, for suites that drive programs of other projects."""

import json
import shutil
import subprocess
from pathlib import Path

LOCAL = Path(__file__).resolve().parents[2] / ".local" / "node"
OLDEST_NODE = 18
INSTALL_SECONDS = 600


class NotRunnable(Exception):
    """The suite cannot run on this machine; the text says what is missing."""


def program(name: str) -> str:
    """Path of node or npm. Raises NotRunnable when it is not there."""
    path = shutil.which(name)
    if path is None:
        raise NotRunnable(f"{name} is not on the PATH: this suite needs Node.js >= {OLDEST_NODE} with npm")
    return path


def node() -> str:
    """Path of a node that is new enough. Raises NotRunnable."""
    path = program("node")
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True, timeout=30).stdout.strip()
    if int(version.removeprefix("v").split(".")[0]) < OLDEST_NODE:
        raise NotRunnable(f"node {version} is too old: this suite needs Node.js >= {OLDEST_NODE}")
    return path


def install(source: Path, name: str) -> Path:
    """Install what `source/package.json` pins into `.local/node/NAME`, unless it is there; that folder.

    Raises NotRunnable when npm is missing or fails; its own output is part of the text.
    """
    home = LOCAL / name
    wanted = (source / "package.json").read_text(encoding="utf-8")
    stamp = home / "installed.json"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return home
    packages = json.loads(wanted)["dependencies"]
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(source / "package.json", home / "package.json")
    # Install scripts stay off: nothing here needs one, and they would run foreign code.
    command = [program("npm"), "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    missing = [package for package in packages if not (home / "node_modules" / package / "package.json").exists()]
    if done.returncode or missing:
        raise NotRunnable(f"npm could not install {', '.join(packages)}:\n{done.stdout}\n{done.stderr}")
    stamp.write_text(wanted, encoding="utf-8")
    return home
