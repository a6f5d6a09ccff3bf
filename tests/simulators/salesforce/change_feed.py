"""Events kept for replay, read as JSON by long polling: the simulator's own stand-in for the platform's gRPC."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import ApiError
from .messages import Request, Response

if TYPE_CHECKING:
    from .org import Org

LATEST, EARLIEST = -1, -2
FIRST_REPLAY_ID = 5000
MOST_EVENTS = 1000
LONGEST_WAIT = 270.0


@dataclass(slots=True)
class Event:
    replay: int
    at: float
    channels: list[str]
    object: str
    body: dict[str, Any]


class ChangeFeed:
    """Replay ids grow with holes. An event is there for ``cdc_retention_seconds`` of the org's clock."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.events: list[Event] = []
        self._last = FIRST_REPLAY_ID
        self._news = threading.Condition()

    def append(self, channels: list[str], object_name: str, body: dict[str, Any]) -> int:
        with self._news:
            self._last += 1 + self._last % 3
            self.events.append(Event(self._last, self.org.clock.now(), channels, object_name, body))
            self._news.notify_all()
            return self._last

    def expire(self) -> int:
        """Forget every event kept so far, as if its days were over; returns their number."""
        with self._news:
            count = len(self.events)
            self.events.clear()
            return count

    def poll(self, channel: str, replay: int, limit: int, wait: float) -> dict[str, Any]:
        """Events after ``replay`` (-1: from now on, -2: all that are kept); waits for the first one up to ``wait``.

        ``latest_replay_id`` is where to go on: it moves even when the channel has nothing. Raises for a replay id
        that is too old or was never handed out.
        """
        deadline = time.monotonic() + wait
        with self._news:
            self._forget()
            position = self._start(replay)
            while True:
                found = [event for event in self.events if event.replay > position and self._on(channel, event)]
                left = deadline - time.monotonic()
                if found or left <= 0:
                    break
                self._news.wait(left)
            page = found[:limit]
            latest = page[-1].replay if len(found) > limit else self._last
        events = [
            {**event.body, "event": {**event.body.get("event", {}), "replayId": event.replay}, "channel": channel}
            for event in page
        ]
        return {"events": events, "latest_replay_id": latest, "pending": len(found) - len(page)}

    def _forget(self) -> None:
        horizon = self.org.clock.now() - self.org.config.cdc_retention_seconds
        old = bisect_right(self.events, horizon, key=lambda event: event.at)
        del self.events[:old]

    def _start(self, replay: int) -> int:
        if replay in (LATEST, self._last):
            return self._last
        if replay == EARLIEST:
            return 0
        place = bisect_left(self.events, replay, key=lambda event: event.replay)
        if place == len(self.events) or self.events[place].replay != replay:
            raise ApiError(
                "sfdc.platform.eventbus.grpc.subscription.fetch.replayid.validation.failed",
                f"The Replay ID validation failed: {replay} is older than what is kept, or was never handed out.",
            )
        return replay

    def _on(self, channel: str, event: Event) -> bool:
        if channel in event.channels:
            return True
        members = self.org.config.cdc_channels.get(channel.removeprefix("/data/"), ())
        return event.object in members


def read(org: Org, request: Request) -> Response:
    """``GET /__sim__/feed?channel=&replay=&max=&timeout_seconds=`` with the bearer token of an API session.

    Outside of the org's lock: it may wait for long.
    """
    try:
        with org.lock:
            org.authority.check(request)
            feed = org.hub.feed
        query = request.query
        limit = min(int(query.get("max") or 100), MOST_EVENTS)
        wait = min(float(query.get("timeout_seconds") or 0), LONGEST_WAIT)
        channel = query.get("channel") or "/data/ChangeEvents"
        return Response(200, feed.poll(channel, int(query.get("replay") or LATEST), limit, wait))
    except ApiError as error:
        return Response.of_error(error)
    except ValueError as error:
        return Response.of_error(ApiError("INVALID_CONTROL_CALL", str(error)))
