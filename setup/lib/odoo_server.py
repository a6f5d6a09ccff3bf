"""A real Odoo server as a subprocess, with queue_job's own runner."""

import re
import time
import urllib.error
import urllib.request
from pathlib import Path

from . import paths
from .process import Process
from .system import SetupError

_EXITING = re.compile(r"Worker \((\d+)\) exiting")
_ALIVE = re.compile(r"Worker (\w+) \((\d+)\) alive")


class AddressTaken(SetupError):
    """Another program listens on the port."""


class OdooServer(Process):
    """Starts, watches and ends one server; ``conf`` is its configuration file."""

    def __init__(self, conf: Path, port: int, log_path: Path) -> None:
        super().__init__([paths.PYTHON, paths.LAUNCHER, "-c", conf], log_path)
        self.port, self.url = port, f"http://127.0.0.1:{port}"
        self._ending: set[int] = set()
        self._started: dict[int, str] = {}  # kind of each worker that ever was, by process id
        self._ended: set[int] = set()
        self._log_read = 0

    def start(self, timeout: float = 120) -> None:
        """Start and wait until pages are answered. Raises SetupError with the end of the log when they are not."""
        super().start()
        deadline = time.monotonic() + timeout
        while not self._answers():
            if self.pid is None or time.monotonic() > deadline:
                self.stop()
                kind = AddressTaken if "Address already in use" in self.log_tail() else SetupError
                raise kind(f"Odoo did not start; the end of {self.log_path}:\n{self.log_tail()}")
            time.sleep(0.1)

    def stop(self, timeout: float = 15) -> None:
        """End the server when its workers have ended what they were at, at the latest after ``timeout`` seconds."""
        self._ending = set(self._workers())
        super().stop(timeout)

    def _has_done_its_duty(self) -> bool:
        # all that workers do after this line of the log is to free their memory object by object, for seconds
        self._follow_log()
        return bool(self._ending) and self._ending <= self._ended

    def worker_pids(self, kind: str = "WorkerHTTP") -> list[int]:
        """Process ids of the live workers of one kind: WorkerHTTP (they run the jobs too), WorkerCron or
        WorkerJobRunner. Empty for a server without workers."""
        return [pid for pid, name in self._workers().items() if name == kind]

    def log_problems(self) -> list[str]:
        """Lines of the log of level ERROR or CRITICAL."""
        return problems(self.log_path.read_text(errors="replace"))

    def _workers(self) -> dict[int, str]:
        """Kind of each live worker by process id."""
        if self.pid is None:
            return {}
        self._follow_log()
        return {pid: self._started[pid] for pid in _children(self.pid) if pid in self._started}

    def _follow_log(self) -> None:
        """Take in the lines that were added: the log of a long load is long, and it is asked for often."""
        with self.log_path.open("rb") as handle:
            handle.seek(self._log_read)
            added = handle.read()
        added = added[: added.rfind(b"\n") + 1]
        self._log_read += len(added)
        text = added.decode(errors="replace")
        for kind, pid in _ALIVE.findall(text):
            self._started[int(pid)] = kind
            self._ended.discard(int(pid))  # the number of one that has gone may come again
        self._ended.update(int(pid) for pid in _EXITING.findall(text))

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
