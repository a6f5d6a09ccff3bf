"""The PostgreSQL server: one that is given, or a private cluster that whoever uses it last switches off.

A private cluster listens on the loopback address only, trusts local connections and runs with ``fsync=off``: it holds
databases for the demo, the checks and the benchmarks, which can all be made again.
"""

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import psycopg2
import psycopg2.extensions

from . import paths, postgres_binaries
from .console import say
from .system import SetupError, free_port, lock, run, write_atomic

USER = "odoo"
_PORT = 5598
_OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # their path may be no longer than 107 characters, and nothing uses them
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
}
_STARTED = paths.LOCAL / f"{paths.PG.name}.started"
_USERS = paths.LOCAL / f"{paths.PG.name}.users"


@dataclass(frozen=True)
class Connection:
    """How to reach the server. ``private`` tells that it is this checkout's own."""

    host: str
    port: int
    user: str
    password: str
    private: bool

    def connect(self, database: str = "postgres") -> psycopg2.extensions.connection:
        """A psycopg2 connection."""
        return psycopg2.connect(
            host=self.host, port=self.port, user=self.user, password=self.password or None, dbname=database
        )


class PostgreSQL:
    """Use of the server by this process; a context manager."""

    def __init__(self) -> None:
        self._users: TextIO | None = None

    def __enter__(self) -> Connection:
        return self.acquire()

    def __exit__(self, *exc_info: object) -> None:
        self.release()

    def acquire(self) -> Connection:
        """Find or start the server. Raises SetupError when there is none to be had."""
        if os.environ.get("PGHOST") or os.environ.get("PGPORT"):
            return _given()
        with lock(f"{paths.PG.name}.postgres"):
            connection = _private()
            # Shared by all that use the cluster: the last one to let go of it may stop the server.
            self._users = users = open(_USERS, "w")
            fcntl.flock(users, fcntl.LOCK_SH)
        return connection

    def release(self) -> None:
        """Stop the server if setup/ started it and nothing else uses it any more."""
        if self._users is None:
            return
        with lock(f"{paths.PG.name}.postgres"):
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                if _STARTED.exists():
                    _control("stop", "-m", "fast")
                    _STARTED.unlink()
            self._users.close()
            self._users = None


def can_be_copied() -> bool:
    """Whether the program is there that copies a running cluster."""
    return (postgres_binaries.find(_home()).folder / "pg_basebackup").exists()


@contextlib.contextmanager
def copied(connection: Connection, name: str) -> Iterator[dict[str, str]]:
    """Copy the private cluster while it runs; yields the variables that let a command use the copy, which goes at last.

    name: of its folder. Raises SetupError when it cannot be copied.
    """
    home = _home(paths.LOCAL / name)
    shutil.rmtree(home, ignore_errors=True)
    postgres_binaries.make_server_folder(home)
    program = postgres_binaries.find(_home()).folder / "pg_basebackup"
    command = [program, "-h", connection.host, "-p", connection.port, "-U", connection.user, "-D", home / "data"]
    try:
        run([*postgres_binaries.AS_SERVER_USER, *command, "-X", "stream", "-c", "fast", "--no-sync"], cwd="/")
        yield {paths.CLUSTER: name}
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _given() -> Connection:
    env = os.environ
    host, port = env.get("PGHOST") or "127.0.0.1", int(env.get("PGPORT") or 5432)
    user = env.get("PGUSER") or env.get("USER") or USER
    if user == "postgres":
        raise SetupError("Odoo refuses to work as the user postgres: set PGUSER to another that may create databases")
    connection = Connection(host, port, user, env.get("PGPASSWORD", ""), private=False)
    try:
        with connection.connect(env.get("PGDATABASE") or "postgres") as handle, handle.cursor() as cursor:
            cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            if not (cursor.fetchone() or (False,))[0]:
                raise SetupError(f"PostgreSQL user {user} on {host}:{port} may not create databases")
            version = handle.server_version // 10000
        handle.close()
    except psycopg2.OperationalError as error:
        raise SetupError(f"PGHOST/PGPORT are set, but no PostgreSQL answers there: {error}") from error
    say(f"PostgreSQL: {version} at {host}:{port} as {user} (because PGHOST or PGPORT is set); its settings stay as is")
    return connection


def _private() -> Connection:
    home = _home()
    port_file = paths.PG / "port"
    port = int(port_file.read_text()) if port_file.is_file() else _PORT
    connection = Connection("127.0.0.1", port, USER, "odoo", private=True)
    if (home / "data" / "PG_VERSION").exists() and _answers(connection, home):
        say(f"PostgreSQL: the private cluster on port {port} is running already")
        return connection
    binaries = postgres_binaries.find(home)
    _initialise(home, binaries)
    port = free_port(port)
    write_atomic(port_file, f"{port}\n")
    options = " ".join(f"-c {name}='{value}'" for name, value in {**_OPTIONS, "port": port}.items())
    _control("start", "-w", "-t", "60", "-l", home / "log", "-o", options)
    _STARTED.touch()
    connection = Connection("127.0.0.1", port, USER, "odoo", private=True)
    _await(connection, home)
    say(f"PostgreSQL: {binaries.describe()}; private cluster on port {port}, fsync=off: not for data that matters")
    return connection


def _home(folder: Path = paths.PG) -> Path:
    """Folder of a private cluster: the one in ``.local``, unless the user it runs as cannot get there."""
    if (folder / "data").exists() or postgres_binaries.reachable(paths.LOCAL):
        return folder
    home = Path("/var/tmp") / f"retail-sync-{paths.checkout_id()}{folder.name.removeprefix('pg')}"
    if not home.exists():
        say(f"PostgreSQL: user {postgres_binaries.SERVER_USER} cannot reach {paths.LOCAL}, so the cluster is in {home}")
    return home


def _initialise(home: Path, binaries: postgres_binaries.Binaries) -> None:
    if (home / "data" / "PG_VERSION").exists():
        owner = (home / "data").stat().st_uid
        if owner != postgres_binaries.server_uid():
            raise SetupError(f"{home}/data was made by another user (uid {owner}): delete it or start as that user")
        return
    paths.PG.mkdir(parents=True, exist_ok=True)
    postgres_binaries.make_server_folder(home)
    command = [binaries.folder / "initdb", "-D", home / "data", "-U", USER, "-A", "trust", "-E", "UTF8", "-N"]
    run([*postgres_binaries.AS_SERVER_USER, *command, "--locale=C.UTF-8"], cwd="/")


def _control(*arguments: object) -> None:
    home = _home()
    folder = postgres_binaries.find(home).folder
    run([*postgres_binaries.AS_SERVER_USER, folder / "pg_ctl", "-D", home / "data", *arguments], cwd="/")


def _answers(connection: Connection, home: Path) -> bool:
    """Return whether the server on that port is this cluster, not an unrelated server."""
    try:
        handle = connection.connect()
    except psycopg2.OperationalError:
        return False
    with handle, handle.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        [(folder,)] = cursor.fetchall()
        same = Path(folder).resolve() == (home / "data").resolve()
    handle.close()
    return same


def _await(connection: Connection, home: Path) -> None:
    deadline = time.monotonic() + 30
    while not _answers(connection, home):
        if time.monotonic() > deadline:
            raise SetupError(f"PostgreSQL does not answer on port {connection.port}; see {home}/log")
        time.sleep(0.1)
