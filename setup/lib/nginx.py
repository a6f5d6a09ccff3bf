"""An nginx that runs the example configuration, for tests. Standard library only."""

import re
import shutil
import socket
import time
from pathlib import Path

from . import apt, paths
from .console import step
from .process import Process
from .system import SetupError, free_port, run

EXAMPLE = paths.ROOT / "setup" / "nginx.conf.example"
# Ubuntu keeps the program in another package than Debian.
_PACKAGES = ("nginx", "nginx-core")


def ensure() -> Path:
    """Return the nginx of this machine, else one that is downloaded and unpacked below .local; nothing is installed.

    :raises SetupError: there is none, and this is no Debian or Ubuntu
    """
    if found := shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin"):
        return Path(found)
    folder = paths.LOCAL / "nginx"
    program = folder / "root" / "usr" / "sbin" / "nginx"
    for name in _PACKAGES:
        if not program.is_file():
            with step(f"nginx: none on this machine, so the package {name} is unpacked"):
                apt.unpacked(name, folder)
    if not program.is_file():
        raise SetupError("the test of the proxy needs nginx: install the package nginx")
    return program


class Nginx(Process):
    """One server that runs the example configuration in front of an Odoo, with logs of its own.

    folder: for its configuration and logs; certificate: a PEM file with key and certificate.
    """

    def __init__(self, folder: Path, odoo_port: int, certificate: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.access_log, self.error_log = folder / "retail_sync.log", folder / "retail_sync_error.log"
        folder.mkdir(parents=True, exist_ok=True)
        conf = folder / "nginx.conf"
        conf.write_text(_settings(folder, example(folder, self.port, odoo_port, certificate)))
        program = ensure()
        run([program, "-t", "-q", "-p", folder, "-c", conf])
        super().__init__([program, "-p", folder, "-c", conf], folder / "output.log")

    def __enter__(self) -> "Nginx":
        self.start()
        deadline = time.monotonic() + 30
        while not self._listens():
            if self.pid is None or time.monotonic() > deadline:
                raise SetupError(f"nginx did not start: {self.log_tail()}")
            time.sleep(0.05)
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except OSError:
            return False
        return True


def example(folder: Path, port: int, odoo_port: int, certificate: Path) -> str:
    """Return the example configuration with the places of a test instead of those of a server.

    :raises SetupError: a line that has to be replaced is no longer in the example
    """
    text = EXAMPLE.read_text()
    for old, new in (
        ("server 127.0.0.1:8069;", f"server 127.0.0.1:{odoo_port};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("EVENTS.EXAMPLE.COM", "localhost"),
        ("/etc/nginx/CERTIFICATE.pem", str(certificate)),
        ("/etc/nginx/KEY.pem", str(certificate)),
        ("/var/log/nginx", str(folder)),
        ("X-Odoo-Database PRODUCTION;", 'X-Odoo-Database "";'),
    ):
        if old not in text:
            raise SetupError(f"{EXAMPLE.name} has no line with {old}")
        text = text.replace(old, new)
    if left := re.findall(r"^[^#\n]*?(/etc/\S+|/var/\S+)", text, re.MULTILINE):
        raise SetupError(f"{EXAMPLE.name} has places that a test does not replace: {', '.join(left)}")
    return text


def _settings(folder: Path, http: str) -> str:
    """What a distribution's nginx.conf has around a file of conf.d."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "\n".join(f"    {kind}_temp_path {folder}/{kind};" for kind in kinds)
    return (
        f"daemon off;\nworker_processes 1;\nuser root;\npid {folder}/nginx.pid;\nerror_log {folder}/start.log;\n"
        f"events {{ worker_connections 4096; }}\nhttp {{\n{places}\n{http}\n}}\n"
    )
