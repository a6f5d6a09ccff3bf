"""The browser that Odoo's tours run in. Standard library only."""

import os

from . import apt
from .console import say, step
from .system import SetupError, as_root, has, run

# the names that Odoo's test runner looks for
_NAMES = ("google-chrome", "chromium", "chromium-browser")


def ensure() -> str:
    """Name of a Chromium or Chrome on PATH; as root on Debian it is installed at need. Raises SetupError if none."""
    for name in _NAMES:
        if has(name):
            say(f"Browser: {name} of this machine")
            return name
    if apt.os_release().get("ID") == "debian" and as_root():
        with step("Browser: none on this machine, so Debian's chromium is installed"):
            quiet = ["apt-get", "-q", "-y", "-oDPkg::Lock::Timeout=300"]
            run([*quiet, "update"])
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            run([*quiet, "install", "--no-install-recommends", "chromium"], env=environment, timeout=1800)
        if has("chromium"):
            return "chromium"
    raise SetupError(
        "the browser tests need Chromium or Chrome, and this user cannot install one: "
        "on Debian `sudo apt-get install chromium`, elsewhere Google's package google-chrome-stable"
    )
