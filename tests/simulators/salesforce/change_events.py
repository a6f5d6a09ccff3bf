"""Change events: what a committed transaction looks like on the change data channels."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .change_feed import ChangeFeed
from .errors import ApiError
from .journal import Change
from .subscriptions import CHANGE_TYPES

if TYPE_CHECKING:
    from .org import Org

GAP_TYPES = tuple(f"GAP_{name}" for name in CHANGE_TYPES.values())
OVERFLOW = "GAP_OVERFLOW"
# What stands for "no particular record" in an overflow event.
NO_RECORD = "000000000000000AAA"
_NEVER_CARRIED = {"Id", "IsDeleted", "SystemModstamp"}
_SCHEMA_ID = "I8b-dYxSimulatedSchema"


class ChangeEvents:
    """Only objects that the ``cdc_objects`` switch names have events, as an administrator selects them."""

    def __init__(self, org: Org, feed: ChangeFeed) -> None:
        self.org = org
        self.feed = feed
        self.gaps: dict[str, int] = {}
        self._commit = 1_100_823_480_000

    def publish(self, changes: list[Change]) -> None:
        """The events of one transaction: equal changes of several records within a second are one event."""
        selected = {name.lower() for name in self.org.config.cdc_objects}
        published = [change for change in changes if change.object.lower() in selected]
        if not published:
            return
        limit = self.org.config.cdc_transaction_limit
        fields = {name: self._carried_fields(name) for name in {change.object for change in published}}
        groups: dict[tuple[Any, ...], tuple[Change, dict[str, Any], list[str]]] = {}
        for change in published[:limit]:
            body = self._body(change, fields[change.object])
            key = (change.object, change.op, change.stamp, change.user, change.origin, _frozen(body))
            groups.setdefault(key, (change, body, []))[2].append(change.id)
        transaction = str(uuid.uuid4())
        self._commit += 7
        sequence = 0
        for change, body, ids in groups.values():
            sequence += 1
            kind = CHANGE_TYPES[change.op]
            if self.gaps.get(change.object, 0) > 0:
                self.gaps[change.object] -= 1
                kind, body = f"GAP_{kind}", {}
            self._append(change.object, kind, ids, body, change, transaction, sequence)
        for change in {change.object: change for change in published[limit:]}.values():
            sequence += 1
            self._append(change.object, OVERFLOW, [NO_RECORD], {}, change, transaction, sequence)

    def emit(self, object_name: str, kind: str, ids: Iterable[str]) -> int:
        """An event without data and without a write behind it: a gap, an overflow, or a wildcard. Its replay id."""
        defn = self.org.schema.get(object_name)
        if kind not in (*GAP_TYPES, OVERFLOW, *CHANGE_TYPES.values()):
            raise ApiError("INVALID_CONTROL_CALL", f"no change type: {kind}")
        self._commit += 7
        store = self.org.store
        change = Change(
            0, self.org.clock.stamp(), self.org.users["human"], defn.name, "", "", None, None, "", store.origin, 0.0
        )  # fmt: skip
        chosen = list(ids) or [NO_RECORD if kind == OVERFLOW else f"{defn.prefix}*"]
        return self._append(defn.name, kind, chosen, {}, change, str(uuid.uuid4()), 1)

    def _append(
        self, name: str, kind: str, ids: list[str], body: dict[str, Any], change: Change, transaction: str, number: int
    ) -> int:
        fields = {key: value for key, value in body.items() if key not in ("nulled", "changed")}
        header = {
            "entityName": name, "recordIds": ids, "changeType": kind, "changeOrigin": change_origin(change),
            "transactionKey": transaction, "sequenceNumber": number,
            "commitTimestamp": int(self.org.clock.now() * 1000), "commitNumber": self._commit,
            "commitUser": change.user, "nulledFields": body.get("nulled", []), "diffFields": [],
            "changedFields": body.get("changed", []),
        }  # fmt: skip
        payload = {"ChangeEventHeader": header, **fields}
        return self.feed.append(
            ["/data/ChangeEvents", channel_of(name)], name, {"schema": _SCHEMA_ID, "payload": payload}
        )

    def _body(self, change: Change, carried: set[str]) -> dict[str, Any]:
        """The fields that an event carries, and under ``nulled`` and ``changed`` the names its header lists."""
        if change.op == "delete":
            return {}
        if change.op in ("insert", "undelete"):
            found = self.org.store.row(change.id) if change.op == "undelete" else None
            row = found[1] if found else change.after
            return {name: _value(value) for name, value in (row or {}).items() if name in carried}
        before, after = change.before or {}, change.after or {}
        names = sorted({*before, *after, "LastModifiedDate"} & carried)
        nulled = [name for name in names if name in before and name not in after and name != "LastModifiedDate"]
        # Two writes within one second have the same date: the event names it all the same.
        values = {**after, "LastModifiedDate": after.get("LastModifiedDate", change.stamp)}
        return {**{name: _value(values.get(name)) for name in names}, "nulled": nulled, "changed": names}

    def _carried_fields(self, object_name: str) -> set[str]:
        """The fields that events may carry."""
        fields = self.org.schema.get(object_name).fields.values()
        return {field.name for field in fields if not field.calculated} - _NEVER_CARRIED


def channel_of(object_name: str) -> str:
    base = object_name[:-1] if object_name.endswith("__c") else object_name
    return f"/data/{base}ChangeEvent"


def change_origin(change: Change) -> str:
    """Which API wrote, and the client's own name for itself; empty for people at their screens."""
    origin = change.origin
    if origin.kind not in ("rest", "bulk"):
        return ""
    client = f";client={change.client}" if change.client else ""
    return f"com/salesforce/api/{origin.kind}/{origin.version}{client}"


def _value(value: Any) -> Any:
    """Datetimes without fractions, as the events write them."""
    return value[:19] + "Z" if isinstance(value, str) and value.endswith(".000+0000") else value


def _frozen(body: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(sorted((name, repr(value)) for name, value in body.items()))
