"""Runs the plain ``res.partner.create`` baseline on partners that a load made."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

from setup.lib import odoo_config, paths
from tests.end_to_end.connection import Connection
from tests.stack import Stack

# Every column that the sync may have written.
COLUMNS = (
    "name", "is_company", "type", "email", "phone", "website", "vat", "ref", "lang", "street", "street2", "city", "zip",
    "state_id", "country_id", "function", "comment", "user_id", "company_id", "active",
)  # fmt: skip


def partners_of(connection: Connection) -> list[tuple[int, int, int | None, dict]]:
    """The partners a load made as (level, id, parent id, values), parents first; values as ``create`` takes them."""
    columns = ", ".join(f"p.{column}" for column in (*COLUMNS, "email_opt_out", "phone_opt_out"))
    rows = connection.query(
        f"SELECT DISTINCT p.id, p.parent_id, {columns} FROM res_partner p JOIN retail_sync_link b"
        " ON b.res_model = 'res.partner' AND b.res_id = p.id WHERE b.connection_id = %s ORDER BY p.id",
        connection.id,
    )
    by_id = {row["id"]: row for row in rows}

    def level(row: dict) -> int:
        parent = by_id.get(row["parent_id"])
        return 0 if parent is None else level(parent) + 1

    found = []
    for row in rows:
        parent = row["parent_id"] if row["parent_id"] in by_id else None
        values = {name: value for name, value in row.items() if name not in ("id", "parent_id") and value is not None}
        found.append((level(row), row["id"], parent, values))
    return sorted(found, key=lambda entry: entry[:2])


def plain_create(stack: Stack, partners: list[tuple[int, int, int | None, dict]]) -> dict:
    """Create the same partners in a fresh database of the same modules; {"records", "seconds", "batch", "trial"}."""
    databases, source = stack.environment.databases, stack.environment.source
    database = f"{stack.db}_plain"
    databases.drop(database)
    databases.create(database, stack.environment.addons_template())
    try:
        with tempfile.TemporaryDirectory(prefix="retail-sync-plain-") as folder:
            given, result = Path(folder, "partners.jsonl"), Path(folder, "result.json")
            given.write_text("".join(json.dumps(entry) + "\n" for entry in partners), encoding="utf-8")
            conf = odoo_config.write(f"{stack.name}_plain", databases.connection, source, database)
            command = [
                paths.PYTHON,
                paths.LAUNCHER,
                "shell",
                "-c",
                conf,
                "-d",
                database,
                "--no-http",
                "--log-level=error",
            ]
            script = Path(__file__).with_name("plain_create.py")
            with script.open("rb") as stdin:
                done = subprocess.run(
                    [str(word) for word in command], stdin=stdin, capture_output=True, text=True, timeout=7200,
                    env={**os.environ, "PLAIN_CREATE_IN": str(given), "PLAIN_CREATE_OUT": str(result)},
                )  # fmt: skip
            if not result.is_file():
                raise RuntimeError(f"plain create failed: {done.stdout[-2000:]}\n{done.stderr[-4000:]}")
            return json.loads(result.read_text(encoding="utf-8"))
    finally:
        databases.drop(database)
