"""Who receives which changes: outbound messages and JSON callouts, as an administrator sets them up."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .ids import to18
from .journal import Change
from .soap_message import check_fields

if TYPE_CHECKING:
    from .org import Org

MAX_BATCH = 100
ACTION_PREFIX, NOTIFICATION_PREFIX = "04k", "04l"
CHANGE_TYPES = {"insert": "CREATE", "update": "UPDATE", "delete": "DELETE", "undelete": "UNDELETE"}
DELIVERING = {
    "hold": bool, "delay_seconds": float, "duplicate_rate": float, "reorder": bool, "timeout_seconds": float,
    "retry_seconds": float, "parallel": int, "seed": int, "secret": str, "signature_skew_seconds": float,
}  # fmt: skip
_KNOWN = {
    "kind", "object", "fields", "url", "ca", "batch_size", "action_id", "on", "skip_users", "only_changed", "headers",
    *DELIVERING,
}  # fmt: skip


@dataclass
class Subscription:
    """``fields`` are sent, ``only_changed`` (empty: any) make an update worth telling; ``on`` holds change types.

    ``delay_seconds`` and ``retry_seconds`` (the first gap) count on the org's clock, ``timeout_seconds`` is real.
    """

    id: int
    kind: str
    object: str
    url: str
    fields: list[str]
    action_id: str
    batch_size: int
    on: frozenset[str]
    skip_users: frozenset[str] = frozenset()
    only_changed: frozenset[str] = frozenset()
    headers: dict[str, str] = field(default_factory=dict)
    context: ssl.SSLContext | None = field(default=None, repr=False)
    secret: str = field(default="", repr=False)
    hold: bool = False
    reorder: bool = False
    delay_seconds: float = 0.0
    duplicate_rate: float = 0.0
    timeout_seconds: float = 60.0
    retry_seconds: float = 30.0
    signature_skew_seconds: float = 0.0
    parallel: int = 1
    seed: int = 0

    def wants(self, change: Change) -> bool:
        if change.object != self.object or CHANGE_TYPES.get(change.op) not in self.on:
            return False
        if change.user in self.skip_users:
            return False
        return change.op != "update" or not self.only_changed or not self.only_changed.isdisjoint(change.fields())

    def apply(self, changes: dict[str, Any]) -> None:
        """Set what may change while it runs. Raises ``ValueError`` for anything else."""
        unknown = sorted(set(changes) - set(DELIVERING) - {"url", "ca"})
        if unknown:
            raise ValueError(f"cannot be changed: {', '.join(unknown)}")
        if "url" in changes or "ca" in changes:
            self.url, self.context = _endpoint(changes.get("url", self.url), changes.get("ca"))
        for name, kind in DELIVERING.items():
            if name in changes:
                setattr(self, name, kind(changes[name]))
        if not 1 <= self.parallel <= 16 or not 0 <= self.duplicate_rate <= 1 or self.timeout_seconds <= 0:
            raise ValueError("parallel is 1 to 16, duplicate_rate 0 to 1, timeout_seconds more than 0")

    def as_dict(self) -> dict[str, Any]:
        """Everything but the secret."""
        return {
            "id": self.id, "kind": self.kind, "object": self.object, "url": self.url, "fields": self.fields,
            "action_id": self.action_id, "batch_size": self.batch_size, "on": sorted(self.on),
            "skip_users": sorted(self.skip_users), "only_changed": sorted(self.only_changed),
            **{name: getattr(self, name) for name in DELIVERING if name != "secret"},
        }  # fmt: skip


def subscription(org: Org, number: int, spec: dict[str, Any]) -> Subscription:
    """Set one up. Raises ``ValueError`` for what would never be sent or cannot be."""
    unknown = sorted(set(spec) - _KNOWN)
    if unknown:
        raise ValueError(f"unknown keys: {', '.join(unknown)}")
    kind = spec.get("kind", "soap")
    if kind not in ("soap", "json"):
        raise ValueError("kind is soap or json")
    soap = kind == "soap"
    defn = org.schema.get(str(spec.get("object") or ""))
    batch = int(spec.get("batch_size", MAX_BATCH if soap else 1))
    if not 1 <= batch <= MAX_BATCH:
        raise ValueError(f"batch_size is 1 to {MAX_BATCH}")
    on = frozenset(str(name).upper() for name in spec.get("on", ("create", "update")))
    # A workflow has no moment for deletions: a trigger does.
    allowed = {"CREATE", "UPDATE"} if soap else set(CHANGE_TYPES.values())
    if not on or on - allowed:
        raise ValueError(f"on takes some of: {', '.join(sorted(allowed))}")
    if not soap and not spec.get("secret"):
        raise ValueError("a JSON callout needs a secret to sign with")
    action_id = to18(spec.get("action_id") or org.store.ids.new(ACTION_PREFIX))
    if action_id is None or not action_id.startswith(ACTION_PREFIX):
        raise ValueError(f"action_id has to be an id with the prefix {ACTION_PREFIX}")
    url, context = _endpoint(spec.get("url"), spec.get("ca"))
    made = Subscription(
        number, kind, defn.name, url, check_fields(defn, _list(spec.get("fields"))), action_id, batch, on,
        frozenset(org.user_id(name) for name in _list(spec.get("skip_users"))),
        frozenset(check_fields(defn, _list(spec.get("only_changed")))), dict(spec.get("headers") or {}), context,
        timeout_seconds=60.0 if soap else 10.0,
    )  # fmt: skip
    made.apply({name: spec[name] for name in DELIVERING if name in spec})
    return made


def _endpoint(url: Any, ca: Any) -> tuple[str, ssl.SSLContext | None]:
    """The URL, and what its certificate is checked against: a path or the PEM itself."""
    split = urlsplit(url or "")
    if split.scheme not in ("http", "https") or not split.hostname:
        raise ValueError(f"not an endpoint: {url!r}")
    if split.scheme == "http":
        return url, None
    pem = ca is not None and ca.lstrip().startswith("-----BEGIN")
    return url, ssl.create_default_context(cafile=None if pem else ca, cadata=ca if pem else None)


def _list(value: str | Iterable[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())
