"""The virtual environment in ``.local/venv`` and the packages in it. Standard library only."""

import os
import shutil
import sys
from pathlib import Path

from . import apt, paths
from .console import say, step
from .system import SetupError, digest, has, is_stamped, run, stamp, succeeds

REQUIREMENTS = (
    paths.ROOT / "requirements.txt",
    paths.ROOT / "setup" / "requirements-odoo.txt",
    paths.ROOT / "setup" / "requirements-test.txt",
)
CONSTRAINTS = paths.ROOT / "setup" / "constraints.txt"


def ensure(with_odoo: bool) -> None:
    """Put the virtual environment and its packages in place.

    Without Odoo, the packages that only Odoo or its addons need are left out: that is enough for the quick checks.
    Raises SetupError when the packages cannot be installed.
    """
    _ensure_venv()
    files = REQUIREMENTS if with_odoo else (REQUIREMENTS[0], REQUIREMENTS[2])
    wanted = digest([sys.version_info[:2], CONSTRAINTS, *files])
    if is_stamped("packages", wanted) or (not with_odoo and is_stamped("packages-pure", wanted)):
        return
    with step("Python packages" if with_odoo else "Python packages, without Odoo's"):
        lines = [line for path in files for line in _lines(path)]
        addons = [line for line in lines if line.startswith("odoo-addon-")]
        listed = paths.VENV / "requested.txt"
        listed.write_text("\n".join(line for line in lines if line not in addons) + "\n")
        _install("--requirement", listed, "--constraint", CONSTRAINTS)
        if with_odoo:
            # They require "odoo", which is on no index, and through it packages that must be compiled.
            _install("--no-deps", *addons)
    stamp("packages" if with_odoo else "packages-pure", wanted)


def site_packages() -> Path:
    """The folder of the virtual environment that packages are installed into."""
    found = sorted(paths.VENV.glob("lib/python3*/site-packages"))
    if not found:
        raise SetupError(f"{paths.VENV} is damaged: delete it and start again")
    return found[0]


def _install(*arguments: object) -> None:
    command = [paths.PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}  # no concern of builds
    if not succeeds(command, env=environment):  # a registry that hiccups once is no reason to give up
        run(command, env=environment)


def _lines(path: Path) -> list[str]:
    stripped = (line.split(" #")[0].strip() for line in path.read_text().splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


def _ensure_venv() -> None:
    if paths.PYTHON.exists() and any(paths.VENV.glob("lib/python3*/site-packages/pip/__main__.py")):
        return
    version = ".".join(map(str, sys.version_info[:3]))
    say(f"Python: {sys.executable} {version}, the first on PATH that is 3.10 or later; packages go to .local/venv")
    shutil.rmtree(paths.VENV, ignore_errors=True)
    if succeeds([sys.executable, "-m", "venv", paths.VENV]):
        return
    # Debian and Ubuntu keep ensurepip in a package of its own. Its pip wheel, unpacked only, does without root.
    shutil.rmtree(paths.VENV, ignore_errors=True)
    run([sys.executable, "-m", "venv", "--without-pip", paths.VENV])
    wheel = _pip_wheel()
    run([paths.PYTHON, f"{wheel}/pip", "install", "--quiet", "--no-index", wheel], env={**os.environ, "PYTHONPATH": ""})


def _pip_wheel() -> Path:
    if has("apt-get"):
        say("Python: no ensurepip on this machine, so pip comes from the distribution's package python3-pip-whl")
        root = apt.unpacked("python3-pip-whl", paths.LOCAL / "pip")
        wheels = sorted(root.glob("usr/share/python-wheels/pip-*.whl"))
        if wheels:
            return wheels[-1]
    raise SetupError("this Python cannot make a virtual environment with pip: install python3-venv and start again")
