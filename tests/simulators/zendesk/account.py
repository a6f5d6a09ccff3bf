"""The whole account: its records, users, tokens, switches, and the lock over them."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from typing import Any

from ..common.clock import Clock
from . import stock, times
from .auth import Authority
from .automations import Automations
from .config import Config
from .counters import Counters
from .errors import not_found
from .faults import FaultBook
from .idempotency import IdempotencyKeys
from .ids import Ids
from .jobs import Jobs
from .journal import Actor, Journal
from .rate_limits import Limits
from .records import Records
from .search_index import SearchIndex
from .table import Row
from .webhook_hub import WebhookHub

CLIENT_ID = "odoo_sync"


@dataclass
class Account:
    """One account. Hold :attr:`lock` around every read or write of its state."""

    base_url: str = "https://localhost"
    config: Config = field(default_factory=Config)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.secret = f"sim-secret-{secrets.token_urlsafe(12)}"
        self.api_token = f"sim-token-{secrets.token_urlsafe(12)}"
        self.faults = FaultBook(self.clock)
        self.calls: list[dict[str, Any]] = []
        self.hub = WebhookHub(self)
        self._start()

    def _start(self) -> None:
        """An account as new: its people and settings, and nothing else."""
        self.ids = Ids()
        self.records = Records()
        self.journal = Journal()
        self.mails: list[dict[str, Any]] = []
        self.limits = Limits(self)
        self.counters = Counters(self)
        self.keys = IdempotencyKeys(self)
        self.index = SearchIndex(self)
        self.jobs = Jobs(self)
        self.automations = Automations(self)
        self.users: dict[str, int] = {}
        self.references: dict[str, int] = {}
        self.authority = Authority(self)
        stock.install(self)
        self.authority.add_client(CLIENT_ID, self.secret, self.users["integration"])
        self.authority.add_api_token(self.api_token)
        self.journal = Journal()

    def reset(self) -> None:
        """Forget everything but the address and the secrets; switches go back to their defaults."""
        self.clock.__init__()  # type: ignore[misc]  # no class extends it
        self.hub.reset()
        self.faults.clear()
        self.calls.clear()
        self.config = Config()
        self._start()

    # -- time
    def stamp(self) -> str:
        return times.stamp(self.clock.now())

    def run_due(self) -> None:
        """Do what its time has come for: jobs and automations."""
        self.jobs.run_due()
        self.automations.run_due()

    # -- writing
    def save(self, kind: str, row: Row, actor: Actor, op: str, *, moment: float | None = None) -> Row:
        """Store a row and note the write in the journal, the export order and the search index.

        ``kind`` is the singular name of the record. ``moment`` (epoch seconds) dates it for exports; now if ``None``.
        """
        table = self.records.table(kind)
        before = table.get(row["id"])
        now = self.clock.now()
        if kind == "ticket":
            row["generated_timestamp"] = int(now if moment is None else moment)
        table.put(row)
        log = self.records.logs.get(kind)
        if log is not None:
            log.put(row["id"], int(now if moment is None else moment))
        self.index.changed(kind, row)
        self.journal.write(actor, times.stamp(now), kind, op, before, row, self.config.journal_limit)
        return row

    def remove(self, kind: str, number: int, actor: Actor) -> None:
        """Take a row out for good."""
        table = self.records.table(kind)
        before = table.rows[number]
        table.remove(number)
        self.index.gone(kind, number)
        self.journal.write(actor, self.stamp(), kind, "delete", before, None, self.config.journal_limit)

    # -- finding
    def user(self, number: object) -> Row | None:
        """A user that is not deleted."""
        row = self.records.users.get(number) if isinstance(number, int) else None
        return row if row is not None and row["active"] else None

    def user_id(self, name: object) -> int:
        """A user by key (``agent``), e-mail address, or id. Raises ``KeyError``."""
        if isinstance(name, str) and name in self.users:
            return self.users[name]
        if isinstance(name, int) and name in self.records.users.rows:
            return name
        owner = self.owner("email", str(name))
        if owner is None:
            raise KeyError(f"no user {name!r}")
        return owner

    def owner(self, kind: str, value: str) -> int | None:
        """The user with an identity."""
        for identity in self.records.identities.find("value", (kind, value.strip().lower())):
            return int(identity["user_id"])
        return None

    def ticket(self, number: int, deleted: bool = False) -> Row:
        """A ticket. Raises ``RecordNotFound`` when there is none or it is deleted."""
        row = self.records.tickets.get(number)
        if row is None or (row["status"] == "deleted") != deleted:
            raise not_found()
        return row

    def fold(self, external_id: object) -> str:
        """An external id as it is compared."""
        text = str(external_id)
        return text.lower() if self.config.external_id_ignores_case else text

    def url(self, path: str) -> str:
        return f"{self.base_url}/api/v2/{path}.json"
