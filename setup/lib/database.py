"""Databases and their file stores: create from a template, drop, query."""

import contextlib
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from . import paths
from .postgres import Connection
from .system import SetupError


class Databases:
    """The databases of one server that belong to this checkout."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        # A server that others use too may hold the databases of another checkout.
        self.prefix = "rs_" if connection.private else f"rs_{paths.checkout_id()}_"

    def exists(self, name: str) -> bool:
        """Whether there is a database of this name."""
        return bool(self.query("postgres", "SELECT 1 FROM pg_database WHERE datname = %s", (name,)))

    def named(self, start: str) -> list[str]:
        """Names of the databases that begin with ``start``, the oldest first."""
        query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid"
        return [name for (name,) in self.query("postgres", query, (start,))]

    def create(self, name: str, template: str = "template0", *, wait: float = 60) -> None:
        """Create a database, with the file store of its template. Raises SetupError if the template stays in use."""
        statement = sql.SQL("CREATE DATABASE {} ENCODING 'unicode' {} TEMPLATE {}").format(
            sql.Identifier(name),
            sql.SQL("LC_COLLATE 'C'" if template == "template0" else ""),
            sql.Identifier(template),
        )
        deadline = time.monotonic() + wait
        while True:
            try:
                self.query("postgres", statement)
                break
            except psycopg2.errors.ObjectInUse as error:
                if time.monotonic() > deadline:
                    raise SetupError(f"database {template} is in use, so it cannot be copied") from error
                time.sleep(0.5)
        if self.connection.private:
            # Killed before its next checkpoint, PostgreSQL 15 sets the sequences of a copy back to the template's: the
            # trials of kills met ids that were taken.
            self.query("postgres", "CHECKPOINT")
        shutil.rmtree(filestore(name), ignore_errors=True)
        if filestore(template).is_dir():
            # Attachments are named by their content and never changed in place, so a link is as good as a copy.
            shutil.copytree(filestore(template), filestore(name), copy_function=os.link)

    def rename(self, old: str, new: str) -> None:
        """Rename a database and its file store."""
        self.query(
            "postgres", sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
        )
        shutil.rmtree(filestore(new), ignore_errors=True)
        if filestore(old).is_dir():
            filestore(old).rename(filestore(new))

    def drop(self, name: str) -> None:
        """Drop a database and its file store; open connections are ended."""
        self.query("postgres", sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        shutil.rmtree(filestore(name), ignore_errors=True)

    def query(
        self, database: str, statement: str | sql.Composable, params: Sequence[object] | None = None
    ) -> list[tuple[Any, ...]]:
        """Run one statement in a connection of its own, committed at once; [] when it returns no rows."""
        with contextlib.closing(self.connection.connect(database)) as handle:
            handle.autocommit = True
            with handle.cursor() as cursor:
                cursor.execute(statement, params)
                return cursor.fetchall() if cursor.description else []


def filestore(name: str) -> Path:
    """Folder of a database's attachments."""
    return paths.DATA / "filestore" / name
