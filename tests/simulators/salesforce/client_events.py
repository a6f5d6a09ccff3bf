"""The client's side of events: subscriptions, change feed, journal, and counters."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

EDIT_SLICE = 5000
JOURNAL_PAGE = 50_000


class EventMethods:
    """Mixed into the client. ``control`` calls ``/__sim__/<path>``."""

    def control(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        raise TypeError("mix this into a class that can call the control API")

    # -- people at their screens
    def edit_many(
        self, object_name: str, edits: Iterable[tuple[str, dict[str, Any]]], user: str = "human"
    ) -> list[dict[str, Any]]:
        """Update many records, each in a transaction of its own; returns what was refused."""
        edits, refused = list(edits), []
        for start in range(0, len(edits), EDIT_SLICE):
            body = {"object": object_name, "records": edits[start : start + EDIT_SLICE], "user": user}
            refused += self.control("POST", "edit_many", body)["refused"]
        return refused

    # -- outbound messages and JSON callouts
    def subscribe(self, object_name: str, url: str, fields: Sequence[str] = (), **options: Any) -> int:
        """Send outbound messages (``kind="json"``: signed callouts) about changes; returns the subscription's id.

        Options: ``kind``, ``ca`` (path or PEM), ``batch_size`` (1 to 100), ``action_id``, ``on`` (create, update;
        JSON also delete, undelete), ``skip_users`` (``["integration"]``), ``only_changed`` (fields), ``headers``,
        ``secret``, ``signature_skew_seconds``, ``hold``, ``reorder``, ``duplicate_rate``, ``seed``, ``parallel``,
        ``delay_seconds`` and ``retry_seconds`` (org's clock), ``timeout_seconds``.
        """
        body = {"object": object_name, "url": url, "fields": list(fields), **options}
        return self.control("POST", "subscriptions", body)["id"]

    def change_subscription(self, number: int, **options: Any) -> dict[str, Any]:
        """Change the delivery of a subscription: everything but what it is about (object, fields, batches)."""
        return self.control("PATCH", "subscriptions", {"id": number, **options})

    def hold(self, number: int) -> None:
        """Queue up, send nothing."""
        self.change_subscription(number, hold=True)

    def release(self, number: int | None = None, *, shuffle: bool = False, duplicate_rate: float = 0.0) -> int:
        """Send what was held, in random order and with copies at will; returns how many notifications wait."""
        body = {"id": number, "shuffle": shuffle, "duplicate_rate": duplicate_rate}
        return self.control("POST", "subscriptions/release", body)["queued"]

    def notify(self, number: int, record_ids: Iterable[str], times: int = 1) -> int:
        """Queue notifications for records without a change."""
        body = {"id": number, "records": list(record_ids), "times": times}
        return self.control("POST", "subscriptions/notify", body)["queued"]

    def subscription(self, number: int) -> dict[str, Any]:
        """Its settings with ``queued``, ``retrying``, ``in_flight``, ``retry_in`` (seconds), ``notified``,
        ``delivered``, ``duplicates``, ``sends``, ``retries``, ``dropped`` (24 h), ``failed`` (JSON), ``last`` (sends).
        """
        return self.control("GET", f"subscriptions?id={number}")[0]

    def subscriptions(self) -> list[dict[str, Any]]:
        return self.control("GET", "subscriptions")

    def unsubscribe(self, number: int | None = None) -> None:
        self.control("DELETE", "subscriptions" if number is None else f"subscriptions?id={number}")

    def sends(self, number: int | None = None) -> list[dict[str, Any]]:
        """The last 5,000 sends: ``status``, ``ack``, ``error``, ``ms``, ``time``, ``wall``, ``attempt``,
        ``notifications``, ``records``."""
        return self.control("GET", "subscriptions/sends" if number is None else f"subscriptions/sends?id={number}")

    def wait_sent(self, number: int | None = None, seconds: float = 60.0) -> list[dict[str, Any]]:
        """Wait until nothing is queued or on its way (what waits for a retry counts as queued)."""
        deadline = time.monotonic() + seconds
        while True:
            states = self.subscriptions() if number is None else [self.subscription(number)]
            if not any(state["queued"] or state["retrying"] or state["in_flight"] for state in states):
                return states
            if time.monotonic() > deadline:
                raise TimeoutError(f"not sent within {seconds} s: {states}")
            time.sleep(0.02)

    # -- change events
    def feed(
        self, token: str, channel: str = "/data/ChangeEvents", replay: int = -1, *, most: int = 100, wait: float = 0
    ) -> dict[str, Any]:
        """``{"events", "latest_replay_id", "pending"}`` after a replay id (-1: from now on, -2: from the oldest)."""
        query = urlencode({"channel": channel, "replay": replay, "max": most, "timeout_seconds": wait})
        return self.control("GET", f"feed?{query}", Authorization=f"Bearer {token}")

    def emit_change(self, object_name: str, change_type: str, ids: Iterable[str] = ()) -> int:
        """A change event without data: ``GAP_UPDATE`` and its like, ``GAP_OVERFLOW``; no ids: a wildcard."""
        body = {"object": object_name, "change_type": change_type, "ids": list(ids)}
        return self.control("POST", "feed/emit", body)["replay_id"]

    def gap_next(self, object_name: str, times: int = 1) -> None:
        """Let the next change events of an object be gaps."""
        self.control("POST", "feed/gap", {"object": object_name, "times": times})

    def expire_feed(self) -> int:
        return self.control("POST", "feed/expire")["expired"]

    # -- proofs
    def journal(self, since: int = 0, limit: int = 0, **wanted: Any) -> list[dict[str, Any]]:
        """Committed writes after sequence number ``since``, oldest first.

        Filters: ``object``, ``id`` (or several with commas), ``op``, ``user`` (key or id), ``client``, ``kind``
        (rest, bulk, control, seed), ``call`` (id of an entry of :meth:`calls`), ``correlation``. Each has ``before``
        and ``after`` of what differs, ``fields`` (names of it without the system's own), ``time`` (org), ``wall``.
        """
        found: list[dict[str, Any]] = []
        while True:
            size = min(JOURNAL_PAGE, limit - len(found)) if limit else JOURNAL_PAGE
            query = urlencode({"since": found[-1]["seq"] if found else since, "limit": size, **wanted})
            page = self.control("GET", f"journal?{query}")
            found += page
            if len(page) < size or len(found) == limit:
                return found

    def counters(self) -> dict[str, Any]:
        """Since the last reset: ``writes`` (seeds not counted), ``writes_by_user``, ``writes_by_object``,
        ``writes_detail``, ``calls`` (as the daily limit counts), ``calls_by_kind``."""
        return self.control("GET", "counters")

    def reset_counters(self) -> dict[str, Any]:
        """Start counting from zero; returns the counts so far."""
        return self.control("DELETE", "counters")
