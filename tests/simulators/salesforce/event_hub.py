"""Turns committed writes into notifications, change events and counts, once the call that made them is over."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any

from . import json_callout
from .change_events import ChangeEvents
from .change_feed import ChangeFeed
from .journal import Change
from .outbox import Notice, Outbox
from .subscriptions import CHANGE_TYPES, NOTIFICATION_PREFIX, Subscription, subscription

if TYPE_CHECKING:
    from .org import Org

# Subscribers receive no events for the org's past and its own rows.
_SILENT = ("seed", "system")


class EventHub:
    """Use under the org's lock."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.outboxes: dict[int, Outbox] = {}
        self.feed = ChangeFeed(org)
        self.change_events = ChangeEvents(org, self.feed)
        self.writes: Counter[tuple[str, str, str, str]] = Counter()
        self.calls: Counter[str] = Counter()
        self.trimmed = 0
        self._calls_before = 0
        self._mark = 0
        self._numbers = 0

    def reset(self) -> None:
        """Forget all subscriptions, events and counts; what is on the wire still arrives."""
        self.remove(None)
        self.__init__(self.org)  # type: ignore[misc]  # no class extends it

    # -- what was written
    def publish_committed(self) -> None:
        """Publish everything that was committed since the last time: one transaction, as far as events go."""
        journal = self.org.store.journal
        changes = journal[self._mark :]
        self._mark = len(journal)
        if not changes:
            return
        for change in changes:
            self.writes[change.object, change.op, change.user, change.origin.kind] += 1
        news = [change for change in changes if change.op in CHANGE_TYPES and change.origin.kind not in _SILENT]
        if news:
            for outbox in self.outboxes.values():
                self._notify(outbox, news)
            self.change_events.publish(news)
        self._trim()

    def _trim(self) -> None:
        """Keep the journal within its limit, a tenth more for not moving it at each call."""
        journal, limit = self.org.store.journal, self.org.config.journal_limit
        if limit and len(journal) > limit + limit // 10:
            surplus = len(journal) - limit
            del journal[:surplus]
            self._mark -= surplus
            self.trimmed += surplus

    def _notify(self, outbox: Outbox, changes: list[Change]) -> None:
        """One notice a record, however often it was written in between."""
        wanted = outbox.subscription
        found: dict[str, list[Change]] = {}
        for change in changes:
            if wanted.wants(change):
                found.setdefault(change.id, []).append(change)
        if found:
            outbox.put([self._notice(wanted, versions) for versions in found.values()])

    def _notice(self, wanted: Subscription, changes: list[Change]) -> Notice:
        org, first, last = self.org, changes[0], changes[-1]
        if wanted.kind == "soap":
            return Notice(org.store.ids.new(NOTIFICATION_PREFIX), first.id, org.clock.now())
        # A record made and then changed in one transaction was made.
        kind = CHANGE_TYPES[first.op if last.op == "update" else last.op]
        fields = sorted({name for change in changes for name in change.fields()}) if kind == "UPDATE" else []
        stamp = (last.after or {}).get("SystemModstamp", last.stamp)
        event_id = str(uuid.uuid4())
        event = json_callout.event(event_id, org.org_id, wanted.object, first.id, kind, stamp, fields)
        return Notice(event_id, first.id, org.clock.now(), event)

    # -- subscriptions
    def subscribe(self, spec: dict[str, Any]) -> Outbox:
        """Raises ``ValueError`` for a subscription that cannot work."""
        made = subscription(self.org, self._numbers + 1, spec)
        self._numbers += 1
        outbox = self.outboxes[made.id] = Outbox(self.org, made)
        return outbox

    def chosen(self, number: int | str | None) -> list[Outbox]:
        """One outbox, or all of them. Raises ``KeyError``."""
        return list(self.outboxes.values()) if number in (None, "") else [self.outboxes[int(number)]]

    def remove(self, number: int | str | None) -> None:
        for outbox in self.chosen(number):
            outbox.stop()
            del self.outboxes[outbox.subscription.id]

    def resend(self, number: int, record_ids: list[str], times: int = 1) -> int:
        """Notices with no write behind them, ``times`` for each record, each with an id of its own."""
        outbox = self.outboxes[number]
        wanted = outbox.subscription
        live = self.org.store.table(wanted.object).live
        missing = [record_id for record_id in record_ids if record_id not in live]
        if missing:
            raise ValueError(f"no such records: {', '.join(missing[:5])}")
        notices = []
        for _ in range(times):
            for record_id in record_ids:
                row = live[record_id]
                change = Change(
                    0, row["SystemModstamp"], "", wanted.object, "update", record_id, {}, {}, "",
                    self.org.store.origin, 0.0,
                )  # fmt: skip
                notices.append(self._notice(wanted, [change]))
        outbox.put(notices)
        return len(notices)

    def wake(self) -> None:
        for outbox in self.outboxes.values():
            outbox.wake()

    # -- counts
    def counts(self, reset: bool = False) -> dict[str, Any]:
        """Record writes and API calls since the last reset; seeds and the org's own rows apart.

        ``calls`` are those that the daily limit counts, ``calls_by_kind`` what came over the wire.
        """
        names = {user_id: key for key, user_id in self.org.users.items()}
        detail: list[dict[str, Any]] = [
            {"object": name, "op": op, "user": names.get(user, user), "origin": kind, "count": count}
            for (name, op, user, kind), count in sorted(self.writes.items())
        ]
        counted = [entry for entry in detail if entry["origin"] not in _SILENT]
        by_user: Counter[str] = Counter()
        by_object: Counter[str] = Counter()
        for entry in counted:
            by_user[entry["user"]] += entry["count"]
            by_object[entry["object"]] += entry["count"]
        answer = {
            "writes": sum(by_user.values()), "writes_by_user": by_user, "writes_by_object": by_object,
            "writes_detail": detail, "calls": self.org.usage.total - self._calls_before,
            "calls_by_kind": dict(self.calls),
        }  # fmt: skip
        if reset:
            self.writes.clear()
            self.calls.clear()
            self._calls_before = self.org.usage.total
        return answer
