"""The queue of one webhook, and the threads that send from it."""

from __future__ import annotations

import http.client
import random
import ssl
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from . import times
from .breaker import Breaker
from .table import Row
from .webhook_signature import authentication, sign

if TYPE_CHECKING:
    from .account import Account

KEPT = 5000
ANSWER_BYTES = 1 << 20
POLL_SECONDS = 0.1
SHORT_RETRY_AFTER = 60
COUNTERS = ("queued_total", "delivered", "attempts", "retries", "failed", "lost", "duplicates")


@dataclass(slots=True)
class Delivery:
    """One invocation. ``flaw`` is a deliberate fault of its next attempt: wrong_signature or stale_timestamp."""

    id: str
    event_id: str
    body: bytes
    query: str = ""
    flaw: str = ""
    due: float = 0.0
    stamp: str = ""
    tries: Counter[str] = field(default_factory=Counter)
    attempts: list[Row] = field(default_factory=list)
    status: str = "queued"
    created: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class Sender:
    """Locks: its own condition is never held while the account's lock is asked for."""

    def __init__(self, account: Account, webhook: Row) -> None:
        self.account = account
        self.webhook = webhook
        self.counts = dict.fromkeys(COUNTERS, 0)
        self.breaker = Breaker(account.config)
        self.hold = False
        self.duplicate_rate = 0.0
        self.reorder = False
        self.flaws: list[str] = []
        self.invocations: deque[Delivery] = deque(maxlen=KEPT)
        self._chance = random.Random(7)
        self._waiting: deque[Delivery] = deque()
        self._retries: list[Delivery] = []
        self._in_flight = 0
        self._minute = (0, 0)
        self._threads: list[threading.Thread] = []
        self._stopped = False
        self._ready = threading.Condition()

    # -- filling
    def put(self, deliveries: list[Delivery]) -> None:
        """Queue deliveries. While the breaker is open they are lost."""
        with self._ready:
            for delivery in deliveries:
                delivery.created = times.stamp(self.account.clock.now())
                self.counts["queued_total"] += 1
                self.invocations.append(delivery)
                if self.breaker.is_open() and self.account.config.breaker_loses_events and not self._probe_due():
                    delivery.status = "circuit_broken"
                    self.counts["lost"] += 1
                    continue
                self._insert(delivery)
                if self.duplicate_rate and self._chance.random() < self.duplicate_rate:
                    self.counts["duplicates"] += 1
                    self._insert(_copy(delivery))
            self._start()
            self._ready.notify_all()

    def release(self, shuffle: bool = False, duplicate_rate: float = 0.0) -> int:
        """Send what was held, doubled and shuffled at will; how many wait now."""
        with self._ready:
            copies = [_copy(each) for each in self._waiting if self._chance.random() < duplicate_rate]
            self.counts["duplicates"] += len(copies)
            waiting = [*self._waiting, *copies]
            if shuffle:
                self._chance.shuffle(waiting)
            self._waiting = deque(waiting)
            self.hold = False
            self._start()
            self._ready.notify_all()
            return len(waiting)

    def replay(self, count: int) -> int:
        """Send the last deliveries again exactly as they were sent, old signature and all; how many."""
        with self._ready:
            sent = [each for each in self.invocations if each.headers][-count:]
            for delivery in sent:
                again = _copy(delivery)
                again.headers, again.flaw = dict(delivery.headers), "replay"
                self._waiting.append(again)
            self.counts["duplicates"] += len(sent)
            self._start()
            self._ready.notify_all()
            return len(sent)

    def wake(self) -> None:
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
            due = min((each.due for each in self._retries), default=None)
            return {
                "id": self.webhook["id"], "name": self.webhook["name"], "queued": len(self._waiting),
                "retrying": len(self._retries), "in_flight": self._in_flight, "hold": self.hold,
                "retry_in": None if due is None else max(0.0, due - self.account.clock.now()),
                "breaker_open": self.breaker.is_open(), "breaker_openings": self.breaker.openings, **self.counts,
            }  # fmt: skip

    def history(self) -> list[Delivery]:
        with self._ready:
            return list(self.invocations)

    def _insert(self, delivery: Delivery) -> None:
        if self.reorder and self._waiting:
            self._waiting.insert(self._chance.randint(0, len(self._waiting)), delivery)
        else:
            self._waiting.append(delivery)

    def _probe_due(self) -> bool:
        opened = self.breaker.opened_at or 0.0
        return self.account.clock.now() >= opened + self.account.config.breaker_pause_seconds

    # -- sending
    def _start(self) -> None:
        while len(self._threads) < max(1, self.account.config.webhook_parallel) and not self._stopped:
            thread = threading.Thread(target=self._run, name=f"webhook-{self.webhook['id']}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self) -> None:
        while (delivery := self._take()) is not None:
            started = time.perf_counter()
            status, retry_after, error = self.attempt(delivery)
            self._note(delivery, status, retry_after, error, time.perf_counter() - started)

    def _take(self) -> Delivery | None:
        with self._ready:
            while not self._stopped:
                delivery = None if self.hold else self._next(self.account.clock.now())
                if delivery is not None:
                    self._in_flight += 1
                    return delivery
                # What waits for a moment waits on the account's clock, which may run on or be moved.
                self._ready.wait(POLL_SECONDS if self._waiting or self._retries else None)
        return None

    def _next(self, now: float) -> Delivery | None:
        due = next((i for i, each in enumerate(self._retries) if each.due <= now), None)
        if (due is None and not self._waiting) or not self._within_minute(now) or not self.breaker.may_send(now):
            return None
        return self._retries.pop(due) if due is not None else self._waiting.popleft()

    def _within_minute(self, now: float) -> bool:
        limit, minute = self.account.config.webhook_per_minute, int(now // 60)
        count = self._minute[1] if self._minute[0] == minute else 0
        if limit and count >= limit:
            return False
        self._minute = (minute, count + 1)
        return True

    def attempt(self, delivery: Delivery) -> tuple[int, str | None, str]:
        """(status, Retry-After, error); status 0 without an answer, the error then says ``timeout`` or what it was."""
        if delivery.flaw != "replay":
            delivery.headers = self._headers(delivery)
        try:
            status, retry_after = self._post(delivery)
            return status, retry_after, ""
        except TimeoutError:
            return 0, None, "timeout"
        except (OSError, http.client.HTTPException, ValueError) as error:
            return 0, None, f"{type(error).__name__}: {error}"

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        webhook, config = self.webhook, self.account.config
        with self._ready:
            flaw = delivery.flaw or (self.flaws.pop(0) if self.flaws else "")
        if not delivery.stamp or config.webhook_retry_renews_timestamp:
            # The receiver compares with its own clock, so real time signs; the skew stands for a clock that is off.
            delivery.stamp = times.stamp(time.time() + config.webhook_timestamp_skew_seconds)
        timestamp = times.stamp(time.time() - 3600) if flaw == "stale_timestamp" else delivery.stamp
        secret = webhook["secret"] + ("x" if flaw == "wrong_signature" else "")
        return {
            "User-Agent": "Zendesk Webhook", "x-zendesk-account-id": str(config.account_id),
            "x-zendesk-webhook-id": webhook["id"], "x-zendesk-webhook-invocation-id": delivery.id,
            "x-zendesk-webhook-signature": sign(secret, timestamp, delivery.body),
            "x-zendesk-webhook-signature-timestamp": timestamp, **authentication(webhook["authentication"]),
            **{str(name): str(value) for name, value in (webhook["custom_headers"] or {}).items()},
            **({"Content-Type": _CONTENT[webhook["request_format"]]} if delivery.body else {}),
        }  # fmt: skip

    def _post(self, delivery: Delivery) -> tuple[int, str | None]:
        split = urlsplit(self.webhook["endpoint"] + delivery.query)
        timeout = self.account.config.webhook_timeout_seconds
        connection: http.client.HTTPConnection
        if split.scheme == "https":
            context = ssl.create_default_context(cafile=self.account.config.webhook_ca or None)
            connection = http.client.HTTPSConnection(split.hostname or "", split.port, timeout=timeout, context=context)
        else:
            connection = http.client.HTTPConnection(split.hostname or "", split.port, timeout=timeout)
        try:
            target = (split.path or "/") + (f"?{split.query}" if split.query else "")
            headers = {**delivery.headers, "Connection": "close"}
            connection.request(self.webhook["http_method"], target, delivery.body or None, headers)
            answer = connection.getresponse()
            answer.read(ANSWER_BYTES)
            return answer.status, answer.getheader("Retry-After")
        finally:
            connection.close()

    def _note(self, delivery: Delivery, status: int, retry_after: str | None, error: str, seconds: float) -> None:
        good = 200 <= status < 300
        with self._ready:
            now = self.account.clock.now()
            self._in_flight -= 1
            self.counts["attempts"] += 1
            self.counts["retries"] += bool(delivery.attempts)
            self.breaker.note(good, now)
            delivery.attempts.append(
                {
                    "id": f"{delivery.id}-{len(delivery.attempts) + 1}", "completed_at": times.stamp(now),
                    "status_code": status, "status": "success" if good else "failed", "error": error,
                    "latency": round(seconds * 1000),
                }
            )  # fmt: skip
            gap = None if good else self._gap(delivery, status, retry_after, error)
            if good:
                delivery.status = "success"
                self.counts["delivered"] += 1
            elif gap is None or self._stopped:
                delivery.status = "failed"
                self.counts["failed"] += 1
            else:
                delivery.due = now + gap
                self._retries.append(delivery)
            self._ready.notify_all()

    def _gap(self, delivery: Delivery, status: int, retry_after: str | None, error: str) -> float | None:
        """Seconds until the next attempt; ``None`` when there is none."""
        config = self.account.config
        if error == "timeout":
            kind, most, gap = "timeout", config.webhook_timeout_retries, config.webhook_retry_seconds
        elif status == 409:
            kind, most, gap = "conflict", config.webhook_conflict_retries, config.webhook_retry_seconds
        elif status in (429, 503) and (retry_after or "").isdigit() and int(retry_after or 0) < SHORT_RETRY_AFTER:
            kind, most, gap = "throttled", config.webhook_throttle_retries, float(retry_after or 0)
        else:
            return None
        delivery.tries[kind] += 1
        return gap if delivery.tries[kind] <= most else None


_CONTENT = {
    "json": "application/json; charset=utf-8", "xml": "application/xml; charset=utf-8",
    "form_encoded": "application/x-www-form-urlencoded",
}  # fmt: skip


def _copy(delivery: Delivery) -> Delivery:
    """The same delivery once more: event and invocation keep their ids."""
    return Delivery(delivery.id, delivery.event_id, delivery.body, delivery.query, created=delivery.created)
