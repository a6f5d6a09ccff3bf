"""The whole org: schema, rows, users, tokens, switches, and the lock over them."""

from __future__ import annotations

import json
import secrets
import threading
from dataclasses import dataclass, field
from typing import Any

from . import assignment, package, standard_objects, statuses
from .access import Access
from .auth import Authority
from .automations import Automation
from .bulk_jobs import BulkWorker
from .clock import Clock
from .config import Config
from .errors import ApiError
from .event_hub import EventHub
from .faults import FaultBook
from .field_security import FieldSecurity
from .ids import checksum
from .limits import Usage
from .platform_events import PlatformEvents
from .schema import Schema
from .soql_exec import Executor
from .store import Store

ORG_ID = "00D5g000004XyzA" + checksum("00D5g000004XyzA")
INTEGRATION = "integration@acme.example"
CLIENT_ID = "sim-client"
HUMAN = "admin@acme.example"
_USERS = (
    ("integration", INTEGRATION, "Integration", "User"),
    ("human", HUMAN, "Admin", "User"),
    ("sales1", "sales1@acme.example", "Sales", "One"),
    ("sales2", "sales2@acme.example", "Sales", "Two"),
    ("sales3", "sales3@acme.example", "Sales", "Three"),
)


@dataclass(slots=True)
class Context:
    """Who calls, and how the call wants its writes treated."""

    user_id: str
    access: Access
    version: str = "62.0"
    client: str = ""
    allow_save: bool = False
    include_details: bool = False
    lenient: str = ""
    origin: str = "rest"
    # The header Sforce-Auto-Assign; a call over REST without it asks for an owner.
    auto_assign: str = "false"

    @property
    def number(self) -> float:
        return float(self.version)


@dataclass
class Org:
    """One org. Hold :attr:`lock` around every read or write of its state."""

    base_url: str = ""
    config: Config = field(default_factory=Config)
    clock: Clock = field(default_factory=Clock)
    org_id: str = ORG_ID

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self._security: tuple[Any, FieldSecurity] | None = None
        self.secret = f"sim-secret-{secrets.token_urlsafe(12)}"
        self.authority = Authority(self)
        self.register_default_app()
        self.faults = FaultBook(self.clock)
        self.usage = Usage(self)
        self.calls: list[dict[str, Any]] = []
        self.validation_rules: list[dict[str, Any]] = []
        self.duplicate_rules: list[dict[str, Any]] = []
        self.automations: list[Automation] = []
        self.hub = EventHub(self)
        self.schema = Schema()
        self.build_schema()
        self.reset_data()
        self.bulk_worker = BulkWorker(self)

    def register_default_app(self) -> None:
        self.authority.register({"client_id": CLIENT_ID, "client_secret": self.secret, "run_as": INTEGRATION})

    def reset(self, keep_schema: bool = False) -> None:
        """Forget everything but the address and the secret of the default app: subscriptions and events too.

        Switches go back to their defaults unless the schema is kept; the clock runs on real time again.
        """
        self.clock.__init__()  # type: ignore[misc]  # no class extends it
        self.hub.reset()
        self.faults.clear()
        self.calls.clear()
        self.validation_rules.clear()
        self.duplicate_rules.clear()
        self.automations.clear()
        self.usage.__init__(self)  # type: ignore[misc]  # no class extends it
        self.authority.apps.clear()
        self.authority.tokens.clear()
        self.register_default_app()
        if not keep_schema:
            self.config = Config()
            self.build_schema()
        for defn in self.schema:
            defn.changed = min(defn.changed, self.clock.now())
        self.reset_data()

    def build_schema(self) -> None:
        self.schema = Schema()
        standard_objects.install(self.schema, self.clock.now())
        self.platform_events = PlatformEvents()
        self.schema.set_features(self.config.features(), self.clock.now())

    def reset_data(self) -> None:
        """An org as new: its users, record types and standard price book, and nothing else."""
        self.store = Store(self.schema)
        self.users: dict[str, str] = {}
        self.references: dict[str, str] = {}
        self.cursors: dict[str, Any] = {}
        self.ingest_jobs: dict[str, Any] = {}
        self.query_jobs: dict[str, Any] = {}
        stamp = self.clock.stamp()
        for key, username, first, last in _USERS:
            self.users[key] = self.place(
                "User", stamp, Username=username, FirstName=first, LastName=last, Name=f"{first} {last}",
                Email=username, Alias=key[:8], IsActive=True, UserType="Standard", TimeZoneSidKey="Europe/Rome",
                LocaleSidKey="en_IE", LanguageLocaleKey="en_US",
            )  # fmt: skip
        self.place("Organization", stamp, Id=ORG_ID, Name="Acme", IsSandbox=False, InstanceName="EU00",
                    OrganizationType="Enterprise Edition", DefaultLocaleSidKey="en_IE")  # fmt: skip
        self.standard_pricebook = self.place(
            "Pricebook2", stamp, Name="Standard Price Book", IsActive=True, IsStandard=True
        )
        for name, person in (("Business_Account", False), ("PersonAccount", True)):
            self.place("RecordType", stamp, Name=name.replace("_", " "), DeveloperName=name, SobjectType="Account",
                        IsActive=True, IsPersonType=person)  # fmt: skip
        self._place_permission_sets()
        statuses.place(self)
        assignment.place(self)
        self.store.journal.clear()

    def _place_permission_sets(self) -> None:
        """Let the permission sets of what was deployed exist, and the integration user have its own."""
        known = {row["Name"] for row in self.store.table("PermissionSet").live.values()}
        for name in package.permission_sets(self.config.deployed):
            if name in known:
                continue
            permission_set = self.place("PermissionSet", self.clock.stamp(), Name=name, Label=name.replace("_", " "))
            if name in (self.config.permission_sets or ()):
                self.place("PermissionSetAssignment", self.clock.stamp(), PermissionSetId=permission_set,
                           AssigneeId=self.users["integration"])  # fmt: skip

    def place(self, object_name: str, stamp: str, **values: Any) -> str:
        """Put a row of the org's own into the store, past all checks; its id."""
        table = self.store.table(object_name)
        record_id = values.pop("Id", None) or self.store.ids.new(table.defn.prefix)
        author = self.users.get("human", record_id if object_name == "User" else "")
        row = {
            "Id": record_id, "IsDeleted": False, "CreatedDate": stamp, "CreatedById": author, "LastModifiedDate": stamp,
            "LastModifiedById": author, "SystemModstamp": stamp, **values,
        }  # fmt: skip
        self.store.put(table, record_id, row, op="system", user=author, stamp=stamp)
        return record_id

    # -- users
    def user_id(self, name: str) -> str:
        """A user by key (``human``), username, or id. Raises ``KeyError``."""
        if name in self.users:
            return self.users[name]
        for row in self.store.table("User").live.values():
            if name in (row["Id"], row.get("Username")):
                return row["Id"]
        raise KeyError(f"no user {name!r}")

    def access(self, user_id: str) -> Access:
        return Access(self.config, user_id, self.security() if user_id == self.users["integration"] else None)

    def security(self) -> FieldSecurity:
        """What the permission sets give to the integration user, computed anew when fields or switches changed."""
        given = self.config.permission_sets
        key = (self.schema, self.schema.version, given and tuple(given), json.dumps(self.config.grants, sort_keys=True))
        if self._security is None or self._security[0] != key:
            self._security = (key, FieldSecurity(self.schema, given, self.config.grants))
        return self._security[1]

    def context(self, user: str, **options: Any) -> Context:
        user_id = self.user_id(user)
        return Context(user_id, self.access(user_id), **options)

    def executor(self, context: Context, deleted: bool = False) -> Executor:
        return Executor(self.store, context.access, self.clock.now(), context.version, deleted)

    @property
    def instance_url(self) -> str:
        return self.config.instance_url or self.base_url

    def apply_config(self, changes: dict[str, Any]) -> None:
        """Turn switches. Raises :class:`ApiError` for unknown ones."""
        secured = {name.lower() for name in self.config.fls}
        try:
            package.rights(changes.get("permission_sets") or ())
            self.config.update(changes)
        except ValueError as error:
            raise ApiError("INVALID_SWITCH", str(error)) from error
        now = self.clock.now()
        self.schema.set_features(self.config.features(), now)
        if "deployed" in changes:
            self._place_permission_sets()
        if changes.keys() & {"order_statuses", "case_statuses", "opportunity_stages"}:
            statuses.place(self)
        if "assignment_rules" in changes:
            assignment.place(self)
        for defn in self.schema:
            fls = "fls" in changes and defn.name.lower() in secured | {name.lower() for name in self.config.fls}
            if fls or changes.keys() & {"permission_sets", "grants"}:
                defn.changed = now
