"""Calls of the agent API as a desk makes them, over real HTTP."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import requests

ROOT = "/retail_sync/api/v1"


@dataclass(frozen=True)
class Answer:
    """An answer; ``status`` 0 where the connection broke. ``seconds``: from the call to the last byte."""

    status: int
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def body(self) -> Any:
        """Return the document."""
        return json.loads(self.text) if self.text else {}

    @property
    def code(self) -> str:
        """Return the code of a problem; empty for anything else."""
        return str(self.body.get("code", "")) if self.status >= 400 else ""


class Agent:
    """One caller with a key. A session is for one thread."""

    def __init__(self, url: str, secret: str, verified_by: str = "phone_pin", database: str = "") -> None:
        self.root = url + ROOT
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {secret}"
        if database:
            # As the proxy of setup/nginx.conf.example does.
            self._session.headers["X-Odoo-Database"] = database
        self.verified_by = verified_by

    def get(self, path: str, **query: Any) -> Answer:
        return self._send("GET", path, params=query)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        return self._send("POST", path, data=json.dumps(body), headers={"Content-Type": "application/json", **headers})

    def preview(self, order: int, request: Mapping[str, Any]) -> Answer:
        return self.post(f"/orders/{order}/actions/preview", {"request": dict(request)})

    def submit(self, order: int, request: Mapping[str, Any], token: str, key: str) -> Answer:
        body = {"request": dict(request), "token": token}
        return self.post(f"/orders/{order}/actions", body, **{"Idempotency-Key": key})

    def act(self, order: int, request: Mapping[str, Any], key: str = "", tries: int = 30) -> Answer:
        """Preview and submit an action until there is an answer that is not about the moment."""
        key = key or str(uuid.uuid4())
        for attempt in range(tries):
            shown = self.preview(order, request)
            if shown.status == 200:
                shown = self.submit(order, request, shown.body["token"], key)
            passing = ("preview_stale", "preview_expired", "request_in_progress", "conflict", "busy", "unavailable")
            if shown.status and shown.status < 500 and shown.code not in passing:
                return shown
            time.sleep(min(0.05 * (attempt + 1), 1))
        return shown

    def _send(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> Answer:
        at = datetime.now(timezone.utc).isoformat(timespec="seconds")
        sent = {"X-Verified-By": self.verified_by, "X-Verified-At": at, **(headers or {})}
        began = time.perf_counter()
        try:
            found = self._session.request(method, self.root + path, headers=sent, timeout=120, **more)
        except requests.RequestException:
            return Answer(0, seconds=time.perf_counter() - began)
        return Answer(found.status_code, found.text, dict(found.headers), time.perf_counter() - began)


def percentile(values: list[float], share: float) -> float:
    """Return the value below which a share of them lies, 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
