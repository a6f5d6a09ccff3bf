"""A program that runs beside us, with its log, and that never outlives us."""

import contextlib
import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from . import paths

_PR_SET_PDEATHSIG = 1


class Process:
    """One program in a session of its own: Ctrl-C in the terminal reaches us, and we end it in good order.

    stdin: a file for it to read, nothing by default. environment: variables beside our own.
    """

    def __init__(
        self,
        command: Sequence[object],
        log_path: Path,
        *,
        stdin: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.command, self.log_path = [str(word) for word in command], log_path
        self._stdin, self._environment = stdin or Path(os.devnull), dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process id, None when it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start it; its output is added to the log."""
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("ab") as log, self._stdin.open("rb") as stdin:
            self._process = subprocess.Popen(
                self.command,
                stdin=stdin,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self._environment},
                cwd=paths.ROOT,
                start_new_session=True,
                preexec_fn=_end_with_parent(),
            )

    def stop(self, timeout: float = 15) -> None:
        """End it and all that it started; safe to call twice."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            deadline = time.monotonic() + timeout
            while self._process.poll() is None and not self._has_done_its_duty() and time.monotonic() < deadline:
                time.sleep(0.05)
        # children outlive a parent that was killed, and a busy one does not end at the first request
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _has_done_its_duty(self) -> bool:
        """Whether a process that was asked to end, and has not yet, may be killed without loss."""
        return False

    def log_tail(self, lines: int = 40) -> str:
        """The last lines of the log."""
        if not self.log_path.is_file():
            return ""
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:])


def _end_with_parent() -> Callable[[], None] | None:
    """What makes a child end when its parent is killed, so that no server is left behind.

    Linux ties it to the thread that starts the child: outside the main thread it would end the child with the thread.
    """
    if threading.current_thread() is not threading.main_thread():
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def prepare() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it was killed in between
            os._exit(1)

    return prepare
