"""Starts a simulator for a test and speaks its control API."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from ..common.process import ControlError, RunningSimulator, read_facts, start_process
from .client_events import EventMethods

__all__ = ["ControlError", "Simulator", "attach", "start_simulator"]

SEED_SLICE = 20_000


class Simulator(RunningSimulator, EventMethods):
    """A running simulated org. Use as a context manager, or call :meth:`stop`.

    ``process`` is ``None`` when another process started it (see :func:`attach`).
    """

    def __init__(self, facts: dict[str, Any], process: subprocess.Popen[bytes] | None = None) -> None:
        super().__init__(facts, process)
        self.org_id: str = facts["org_id"]
        self.username: str = facts["username"]
        self.users: dict[str, str] = facts["users"]

    def __enter__(self) -> Simulator:
        return self

    # -- data
    def seed(self, object_name: str, records: Iterable[dict[str, Any]], **options: Any) -> list[str]:
        """Load records past the API; returns ids in order. Options: ``user``, ``validate``."""
        records, ids = list(records), []
        for start in range(0, len(records), SEED_SLICE):
            body = {"object": object_name, "records": records[start : start + SEED_SLICE], **options}
            ids.extend(self.control("POST", "seed", body)["ids"])
        return ids

    def import_dir(self, path: str | Path) -> dict[str, Any]:
        return self.control("POST", "import", {"dir": str(path)})

    def import_files(self, paths: Iterable[str | Path]) -> dict[str, Any]:
        return self.control("POST", "import", {"files": [str(path) for path in paths]})

    def records(
        self, object_name: str, ids: Iterable[str] | None = None, deleted: bool = False
    ) -> list[dict[str, Any]]:
        query = {"object": object_name}
        if deleted:
            query["deleted"] = "1"
        if ids is not None:
            query["ids"] = ",".join(ids)
        return self.control("GET", f"records?{urlencode(query)}")

    def create(self, object_name: str, fields: dict[str, Any], user: str = "human", at: str | None = None) -> str:
        """Insert through the API's own checks, in the name of ``user``; ``at`` (ISO with zone) dates the write."""
        body = {"object": object_name, "fields": fields, "user": user, "at": at}
        return self.control("POST", "create", body)["id"]

    def edit(
        self, object_name: str, record_id: str, fields: dict[str, Any], user: str = "human", at: str | None = None
    ) -> str:
        body = {"object": object_name, "id": record_id, "fields": fields, "user": user, "at": at}
        return self.control("POST", "edit", body)["id"]

    def delete(self, object_name: str, record_id: str, user: str = "human") -> str:
        return self.control("POST", "delete", {"object": object_name, "id": record_id, "user": user})["id"]

    def undelete(self, object_name: str, record_id: str, user: str = "human") -> str:
        return self.control("POST", "undelete", {"object": object_name, "id": record_id, "user": user})["id"]

    def hard_delete(self, object_name: str, record_id: str, user: str = "human") -> str:
        return self.control("POST", "hard_delete", {"object": object_name, "id": record_id, "user": user})["id"]

    def purge(self) -> int:
        """Empty the recycle bin and the log of deletions, as an administrator or a cleaning job does; how many rows."""
        return self.control("POST", "purge", {})["purged"]

    def merge(
        self,
        object_name: str,
        winner: str,
        losers: Iterable[str],
        fields: dict[str, Any] | None = None,
        user: str = "human",
    ) -> str:
        body = {"object": object_name, "winner": winner, "losers": list(losers), "fields": fields or {}, "user": user}
        return self.control("POST", "merge", body)["id"]

    def convert(self, account_id: str, user: str = "human") -> str:
        """Turn a business account with its one contact into a person account."""
        return self.control("POST", "convert", {"id": account_id, "user": user})["id"]

    # -- behaviour
    def revoke_tokens(self) -> int:
        return self.control("POST", "tokens/revoke")["revoked"]

    def app(self, client_id: str, **options: Any) -> str:
        return self.control("POST", "apps", {"client_id": client_id, **options})["client_id"]

    def schema(self, object_name: str, fields: list[dict[str, Any]] | None = None, **options: Any) -> dict[str, Any]:
        return self.control("POST", "schema", {"object": object_name, "fields": fields or [], **options})

    def duplicate_rule(
        self, object_name: str, fields: list[str], action: str = "block", **options: Any
    ) -> dict[str, Any]:
        body = {"object": object_name, "fields": fields, "action": action, **options}
        return self.control("POST", "duplicate_rules", body)

    def validation_rule(
        self, object_name: str, field: str, op: str, value: Any, message: str, **options: Any
    ) -> dict[str, Any]:
        body = {"object": object_name, "field": field, "op": op, "value": value, "message": message, **options}
        return self.control("POST", "validation_rules", body)

    def automation(self, object_name: str, **options: Any) -> str:
        """Have the org react to writes of an object: ``set``, ``copy``, ``refuse`` under ``on``, ``when``, ``changed``,
        ``users`` and ``times``; see the README. Returns its name."""
        return self.control("POST", "automations", {"object": object_name, **options})["name"]

    def automations(self) -> list[dict[str, Any]]:
        """The automations, with how often each ran."""
        return self.control("GET", "automations")

    def reset(self, keep_schema: bool = False) -> None:
        self.control("POST", "reset", {"keep_schema": keep_schema})

    def kept(self) -> dict[str, Any]:
        """What was written since the seed, for :meth:`put_back` in a later process that was seeded with the same."""
        return self.control("GET", "kept")

    def put_back(self, kept: dict[str, Any]) -> int:
        return self.control("POST", "kept", kept)["records"]


def start_simulator(
    state_dir: str | Path, *, port: int = 0, data: Iterable[str | Path] = (), **config: Any
) -> Simulator:
    """Start a simulator in its own process and wait until it answers."""
    arguments = ["--port", str(port)]
    for path in data:
        arguments += ["--data", str(path)]
    return Simulator(*start_process("tests.simulators.salesforce", state_dir, arguments, config))


def attach(state_dir: str | Path) -> Simulator:
    """Return a simulator that another process started with ``--dir state_dir``."""
    return Simulator(read_facts(state_dir))
