"""Commands, locks, stamps and ports of the machine. Standard library only."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from . import paths


class SetupError(Exception):
    """Something cannot be put in place; the message says what and what to do about it."""


def run(command: Sequence[object], *, timeout: float = 900, **kwargs: Any) -> str:
    """Run a command without standard input and return its output.

    Raises SetupError with the end of the output when it fails, is missing or takes longer than ``timeout`` seconds.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
            **kwargs,
        )
    except FileNotFoundError as error:
        raise SetupError(f"{words[0]}: not found") from error
    except subprocess.TimeoutExpired as error:
        raise SetupError(f"{words[0]} did not end within {timeout:.0f} s: {' '.join(words)}") from error
    if done.returncode:
        tail = "\n".join(done.stdout.strip().splitlines()[-25:])
        raise SetupError(f"failed with exit code {done.returncode}: {' '.join(words)}\n{tail}")
    return done.stdout


def succeeds(command: Sequence[object], **kwargs: Any) -> bool:
    """Whether a command ends well; its output is dropped."""
    try:
        run(command, **kwargs)
    except SetupError:
        return False
    return True


def as_root() -> bool:
    """Whether this process may do everything."""
    return os.geteuid() == 0


def has(program: str) -> bool:
    """Whether a program is on PATH."""
    return shutil.which(program) is not None


@contextlib.contextmanager
def lock(name: str, timeout: float = 1800) -> Iterator[None]:
    """Hold an exclusive lock of this checkout, so that two commands started together do a step once."""
    paths.LOCAL.mkdir(parents=True, exist_ok=True)
    with open(paths.LOCAL / f"{name}.lock", "w") as handle:
        deadline = time.monotonic() + timeout
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    raise SetupError(f"another command has held {handle.name} for {timeout:.0f} s") from error
                time.sleep(0.2)
        yield


def digest(parts: Iterable[object]) -> str:
    """Hash of text and of the content of paths (files, or folders with all that is in them)."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            files = sorted(path for path in part.rglob("*") if path.is_file()) if part.is_dir() else [part]
            for path in files:
                total.update(str(path.relative_to(part) if path != part else path.name).encode() + b"\0")
                total.update(path.read_bytes() + b"\0")
        else:
            total.update(str(part).encode() + b"\0")
    return total.hexdigest()


def is_stamped(name: str, value: str) -> bool:
    """Whether the step was done for exactly these inputs."""
    path = paths.STAMPS / name
    return path.is_file() and path.read_text() == value


def stamp(name: str, value: str) -> None:
    """Remember that a step was done for these inputs."""
    paths.STAMPS.mkdir(parents=True, exist_ok=True)
    write_atomic(paths.STAMPS / name, value)


def write_atomic(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file that readers see whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as handle:
        handle.write(text)
    temporary.replace(path)


def end_on_signals() -> None:
    """Let Ctrl-C, a request to end and a closed terminal all end this program as KeyboardInterrupt, in good order."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup means it
            signal.signal(number, interrupt)


def ignore_signals() -> None:
    """From here on finish what is being stopped: a second Ctrl-C must not leave half of it behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def port_is_free(port: int) -> bool:
    """Whether we could listen on this port of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None) -> int:
    """Return ``preferred`` when it is free, else a port that the system picks."""
    if preferred and port_is_free(preferred):
        return preferred
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def owners_of_ports(ports: Iterable[int], pids: Iterable[int]) -> set[int]:
    """Return those of the processes that hold a TCP connection (IPv4) with one of these local ports."""
    wanted, inodes = set(ports), set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        columns = line.split()
        if int(columns[1].rpartition(":")[2], 16) in wanted:
            inodes.add(f"socket:[{columns[9]}]")
    return {pid for pid in pids if not inodes.isdisjoint(_open_files(pid))}


def _open_files(pid: int) -> Iterator[str]:
    with contextlib.suppress(OSError):  # it has ended
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):  # it was closed meanwhile
                yield os.readlink(entry)
