"""The queue of one subscription, and the threads that send from it."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from . import json_callout, soap_message
from .clock import format_datetime
from .subscriptions import Subscription

if TYPE_CHECKING:
    from .org import Org

DAY = 86400
LONGEST_GAP = 7200
SENDS_KEPT = 5000
ANSWER_BYTES = 1 << 20
POLL_SECONDS = 0.2
COUNTERS = ("notified", "delivered", "duplicates", "sends", "retries", "dropped", "failed")


@dataclass(slots=True)
class Notice:
    """One change to report; ``event`` is the body of a JSON callout, whose values are those of the change."""

    id: str
    record_id: str
    queued: float
    event: dict[str, Any] | None = None


@dataclass(slots=True)
class Message:
    notices: list[Notice]
    due: float
    attempts: int = 0


class Outbox:
    """Locks: its own condition is never held while the org's lock is asked for."""

    def __init__(self, org: Org, subscription: Subscription) -> None:
        self.org = org
        self.subscription = subscription
        self.counts = dict.fromkeys(COUNTERS, 0)
        self.sends: deque[dict[str, Any]] = deque(maxlen=SENDS_KEPT)
        self._chance = random.Random(subscription.seed)
        self._waiting: list[Notice] = []
        self._retries: list[Message] = []
        self._in_flight = 0
        self._oldest = 0.0
        self._threads: list[threading.Thread] = []
        self._stopped = False
        self._ready = threading.Condition()

    # -- filling
    def put(self, notices: list[Notice]) -> None:
        """Queue notices; some come twice, and anywhere in the queue, when the subscription says so."""
        subscription, chance = self.subscription, self._chance
        with self._ready:
            self.counts["notified"] += len(notices)
            if not self._waiting and not self._retries:
                self._oldest = notices[0].queued
            for notice in notices:
                copies = 1 + (chance.random() < subscription.duplicate_rate if subscription.duplicate_rate else 0)
                self.counts["duplicates"] += copies - 1
                for _ in range(copies):
                    place = chance.randint(0, len(self._waiting)) if subscription.reorder else len(self._waiting)
                    self._waiting.insert(place, notice)
            self._start()
            self._ready.notify_all()

    def release(self, shuffle: bool = False, duplicate_rate: float = 0.0) -> int:
        """Send what was held back, doubled and shuffled at will; returns how many notices wait now."""
        with self._ready:
            copies = [notice for notice in self._waiting if self._chance.random() < duplicate_rate]
            self.counts["duplicates"] += len(copies)
            self._waiting.extend(copies)
            if shuffle:
                self._chance.shuffle(self._waiting)
            self.subscription.hold = False
            self._start()
            self._ready.notify_all()
            return len(self._waiting)

    def wake(self) -> None:
        """Look again: the clock or a setting has moved."""
        with self._ready:
            self._start()
            self._ready.notify_all()

    def stop(self) -> None:
        with self._ready:
            self._stopped = True
            self._waiting.clear()
            self._retries.clear()
            self._ready.notify_all()

    def state(self) -> dict[str, Any]:
        with self._ready:
            return {
                "queued": len(self._waiting), "retrying": sum(len(message.notices) for message in self._retries),
                "in_flight": self._in_flight, "retry_in": self._retry_in(), **self.counts,
                "last": list(self.sends)[-10:],
            }  # fmt: skip

    def _retry_in(self) -> float | None:
        """Seconds of the org's clock until the next retry."""
        due = min((message.due for message in self._retries), default=None)
        return None if due is None else max(0.0, due - self.org.clock.now())

    def history(self) -> list[dict[str, Any]]:
        with self._ready:
            return list(self.sends)

    # -- sending
    def _start(self) -> None:
        while len(self._threads) < self.subscription.parallel and not self._stopped:
            thread = threading.Thread(target=self._run, name=f"outbox-{self.subscription.id}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self) -> None:
        while (message := self._take()) is not None:
            started = time.perf_counter()
            try:
                outcome = self._send(message)
            except Exception as error:
                # Whatever it was: a thread that dies would leave the queue unsent without a sign.
                outcome = {"status": 0, "ack": None, "error": f"{type(error).__name__}: {error}", "bytes": 0}
            self._apply_results(message, {**outcome, "ms": round((time.perf_counter() - started) * 1000, 2)})

    def _take(self) -> Message | None:
        with self._ready:
            while not self._stopped:
                now = self.org.clock.now()
                self._drop_old(now)
                message = None if self.subscription.hold else self._next(now)
                if message is not None:
                    self._in_flight += len(message.notices)
                    return message
                # Whatever waits for a moment waits on the org's clock, which may run on or be moved.
                later = bool(self._waiting or self._retries) and not self.org.clock.frozen
                self._ready.wait(POLL_SECONDS if later else None)
        return None

    def _next(self, now: float) -> Message | None:
        for position, message in enumerate(self._retries):
            if message.due <= now:
                return self._retries.pop(position)
        delay, size = self.subscription.delay_seconds, self.subscription.batch_size
        if not delay:
            batch, self._waiting[:size] = self._waiting[:size], []
        else:
            batch = [notice for notice in self._waiting if notice.queued + delay <= now][:size]
            taken = set(map(id, batch))
            self._waiting = [notice for notice in self._waiting if id(notice) not in taken] if batch else self._waiting
        return Message(batch, now) if batch else None

    def _drop_old(self, now: float) -> None:
        """A notice that could not be delivered within a day is given up."""
        if now < self._oldest + DAY:
            return
        fresh = [notice for notice in self._waiting if notice.queued + DAY > now]
        self.counts["dropped"] += len(self._waiting) - len(fresh)
        self._waiting = fresh
        for message in self._retries:
            kept = [notice for notice in message.notices if notice.queued + DAY > now]
            self.counts["dropped"] += len(message.notices) - len(kept)
            message.notices = kept
        self._retries = [message for message in self._retries if message.notices]
        left = [*self._waiting, *(notice for message in self._retries for notice in message.notices)]
        self._oldest = min((notice.queued for notice in left), default=now)

    def _send(self, message: Message) -> dict[str, Any]:
        subscription = self.subscription
        body, headers = (self._soap if subscription.kind == "soap" else self._json)(message)
        status, answer = post(subscription, body, {**headers, **subscription.headers})
        ack = soap_message.acknowledged(answer) if subscription.kind == "soap" and status == 200 else None
        return {"status": status, "ack": ack, "error": None, "bytes": len(body)}

    def _soap(self, message: Message) -> tuple[bytes, dict[str, str]]:
        """Built when it is sent: the values are those of this moment."""
        org, subscription = self.org, self.subscription
        with org.lock:
            table = org.store.table(subscription.object)
            items = [
                (notice.id, soap_message.sobject(table.defn, subscription.fields, table.live.get(notice.record_id)))
                for notice in message.notices
            ]
            body = soap_message.envelope(org.org_id, org.instance_url, subscription.action_id, "62.0", items)
        return body, {"Content-Type": soap_message.CONTENT_TYPE, "SOAPAction": '""'}

    def _json(self, message: Message) -> tuple[bytes, dict[str, str]]:
        body = json_callout.encode([notice.event or {} for notice in message.notices])
        # The receiver compares with its own clock, so real time signs; the skew stands for a clock that is off.
        moment = int(time.time() + self.subscription.signature_skew_seconds)
        signed = json_callout.signature(self.subscription.secret, moment, body)
        return body, {"Content-Type": json_callout.CONTENT_TYPE, json_callout.SIGNATURE_HEADER: signed}

    def _apply_results(self, message: Message, outcome: dict[str, Any]) -> None:
        soap = self.subscription.kind == "soap"
        done = outcome["ack"] is True if soap else 200 <= outcome["status"] < 300
        with self._ready:
            message.attempts += 1
            now, count = self.org.clock.now(), len(message.notices)
            self._in_flight -= count
            self.counts["sends"] += 1
            self.counts["retries"] += message.attempts > 1
            self.sends.append(
                {
                    **outcome, "time": format_datetime(now), "wall": time.time(), "attempt": message.attempts,
                    "notifications": [notice.id for notice in message.notices],
                    "records": [notice.record_id for notice in message.notices],
                }
            )  # fmt: skip
            if done:
                self.counts["delivered"] += count
            elif not soap:
                self.counts["failed"] += count
            elif not self._stopped:
                gap = min(LONGEST_GAP, self.subscription.retry_seconds * 2 ** min(message.attempts - 1, 20))
                message.due = now + gap
                self._retries.append(message)


def post(subscription: Subscription, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """(status, answer). Raises ``OSError`` or ``HTTPException`` when there is no answer; redirects are not followed."""
    split = urlsplit(subscription.url)
    timeout = subscription.timeout_seconds
    connection: http.client.HTTPConnection
    if split.scheme == "https":
        connection = http.client.HTTPSConnection(
            split.hostname or "", split.port, timeout=timeout, context=subscription.context
        )
    else:
        connection = http.client.HTTPConnection(split.hostname or "", split.port, timeout=timeout)
    try:
        target = (split.path or "/") + (f"?{split.query}" if split.query else "")
        connection.request("POST", target, body, {**headers, "Connection": "close"})
        answer = connection.getresponse()
        return answer.status, answer.read(ANSWER_BYTES)
    finally:
        connection.close()
