"""A real Odoo server as a subprocess, with queue_job's own runner."""

import re
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import paths
from .process import Process
from .system import SetupError

_ALIVE = re.compile(r"Worker (\w+) \((\d+)\) alive")


class OdooServer(Process):
    """Starts, watches and ends one server; ``conf`` is its configuration file."""

    def __init__(self, conf: Path, url: str, log_path: Path) -> None:
        super().__init__([paths.PYTHON, paths.LAUNCHER, "-c", conf], log_path)
        self.url = url

    def start(self, timeout: float = 120) -> None:
        """Start and wait until pages are answered. Raises SetupError with the end of the log when they are not."""
        super().start()
        deadline = time.monotonic() + timeout
        while not self._answers():
            if self.pid is None or time.monotonic() > deadline:
                self.stop()
                raise SetupError(f"Odoo did not start; the end of {self.log_path}:\n{self.log_tail()}")
            time.sleep(0.1)

    def worker_pids(self, kind: str = "WorkerHTTP") -> list[int]:
        """Process ids of the live workers of one kind: WorkerHTTP (they run the jobs too), WorkerCron or
        WorkerJobRunner. Empty for a server without workers."""
        if self.pid is None:
            return []
        started = {int(pid): name for name, pid in _ALIVE.findall(self.log_path.read_text(errors="replace"))}
        return [pid for pid in _children(self.pid) if started.get(pid) == kind]

    def log_problems(self) -> list[str]:
        """Lines of the log of level ERROR or CRITICAL."""
        return problems(self.log_path.read_text(errors="replace"))

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=10) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False


def problems(log: str) -> list[str]:
    """The lines of an Odoo log that say ERROR or CRITICAL."""
    return re.findall(r"^\S+ \S+ \d+ (?:ERROR|CRITICAL) .*$", log, re.MULTILINE)


def error_records(log: str, limit: int = 400) -> str:
    """Those lines with the tracebacks that follow them; the end of the log when there are none."""
    kept: list[str] = []
    inside = False
    for line in log.splitlines():
        if re.match(r"\d{4}-\d\d-\d\d ", line):  # a new record begins
            inside = bool(problems(line))
        if inside:
            kept.append(line)
    return "\n".join(kept[:limit] or log.splitlines()[-40:])


def _children(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [int(word) for word in text.split()]
