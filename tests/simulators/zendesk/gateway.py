"""The front door: faults, authentication, rate limits, rights, and then the resource."""

from __future__ import annotations

import hashlib
import itertools
import json
import secrets
import sys
import time
import traceback
from email.utils import formatdate
from functools import partial

from ..common.server import Refusal
from . import control, oauth_api, router, uploads_api
from .account import Account
from .errors import ApiError, forbidden, no_endpoint
from .faults import AFTER_KINDS, CALL_KINDS, LOGIN_KINDS, operation, response_of
from .journal import Actor
from .messages import Call, Request, Response, answer
from .rate_limits import Limit
from .routes import ADMIN, ANYBODY, Route

TOKENS = "/oauth/tokens"
CONSENT = "/oauth/authorizations/new"
CORRELATION = ("x-correlation-id", "traceparent")
NOTED = (*CORRELATION, "idempotency-key", "user-agent")


class Gateway:
    def __init__(self, account: Account) -> None:
        self.account = account
        self.in_flight = 0
        self._numbers = itertools.count(1)

    def make_request(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Request:
        return Request(method, path, query, headers, body)

    def refuse(self, refusal: Refusal) -> Response:
        """The answer to a message that HTTP itself does not allow."""
        return answer(refusal.status, {"error": "RequestTooLarge", "description": refusal.message})

    def handle(self, request: Request) -> Response:
        if request.path.startswith(control.PREFIX):
            return control.handle(self.account, self, request)
        request.number = next(self._numbers)
        started = time.perf_counter()
        call_id = secrets.token_hex(16)
        seen = _Seen(call_id)
        with self.account.lock:
            self.in_flight += 1
        try:
            response = self._answer(request, seen)
        except ApiError as error:
            response = self._refused(error)
        except Exception:
            # A fault of the simulator itself: the client sees what an internal error of the platform looks like.
            traceback.print_exc(file=sys.stderr)
            response = answer(500, {"error": "InternalError", "description": "An unexpected error occurred"})
        # Made outside the lock: rows are replaced and never changed, so the answer shows the moment of its call.
        if isinstance(response.body, (dict, list)):
            response.body = json.dumps(response.body, ensure_ascii=False, separators=(",", ":")).encode()
        with self.account.lock:
            self.in_flight -= 1
            self._finish(request, response, seen, time.perf_counter() - started)
        return response

    # -- one call
    def _answer(self, request: Request, seen: _Seen) -> Response:
        account, path = self.account, request.path.rstrip("/")
        login = path == TOKENS
        with account.lock:
            account.run_due()
            before = account.faults.for_call(request, LOGIN_KINDS | CALL_KINDS if login else CALL_KINDS)
            after = account.faults.for_call(request, AFTER_KINDS)
            if before is not None and before.action["kind"] == "revoke_tokens":
                account.authority.revoke_all()
            pause = partial(account.faults.pause, account.config.latency_ms / 1000, before)
            waits = bool(account.config.latency_ms) or before is not None
        struck = response_of(before.action) if before is not None else None
        if struck is not None:
            pause()
            return struck
        if login or not path.startswith(router.PREFIX):
            pause()
            with account.lock:
                response = self._outside(request, path)
        else:
            with account.lock:
                route, call = self._admit(request, seen)
                key = account.keys.begin(call) if waits and route.endpoint == "POST tickets" else ""
            pause()
            with account.lock:
                account.keys.end(key)
                response = route.handler(call)
                if call.warnings:
                    response.headers["x-zendesk-api-warn"] = "; ".join(call.warnings)
        if after is not None:
            response.drop = after.action["kind"] == "drop_after_commit"
            response.truncate = after.action["kind"] == "truncate"
        return response

    def _outside(self, request: Request, path: str) -> Response:
        """What is not below ``/api/v2``."""
        account = self.account
        if path == TOKENS and request.method == "POST":
            return account.authority.grant(request)
        if path == CONSENT and request.method == "GET":
            return oauth_api.authorize(account, request)
        found = uploads_api.CONTENT.match(path)
        if found and request.method == "GET":
            return uploads_api.content(found, account.records.attachments.rows, account.records.contents)
        raise no_endpoint()

    def _admit(self, request: Request, seen: _Seen) -> tuple[Route, Call]:
        """The route and the call, once the caller may make it."""
        account = self.account
        user, scopes, _ = account.authority.check(request)
        seen.user = user["id"]
        found = router.find(request.method, request.path)
        if found is None:
            raise no_endpoint()
        route, args = found
        seen.endpoint = route.endpoint
        if len(request.body) > account.config.max_body_bytes:
            raise ApiError(413, "RequestTooLarge", "The request body is too large")
        correlation = next((request.headers[name] for name in CORRELATION if name in request.headers), "")
        actor = Actor(user["id"], "rest", "api", request.number, seen.request_id, correlation)
        call = Call(account, request, user, actor, args)
        seen.limits = route.limits(call) if route.limits else []
        seen.counted = True
        account.limits.charge(seen.limits)
        account.authority.allow(scopes, route.scope, request.method)
        if (route.role == ADMIN and user["role"] != "admin") or (route.role != ANYBODY and user["role"] == "end-user"):
            raise forbidden()
        return route, call

    def _refused(self, error: ApiError) -> Response:
        if error.plain is not None:
            return Response(error.status, error.plain.encode(), dict(error.headers), "text/plain; charset=utf-8")
        nested = self.account.config.nested_errors and error.status == 403
        return answer(error.status, error.body(nested), dict(error.headers))

    # -- after it
    def _finish(self, request: Request, response: Response, seen: _Seen, seconds: float) -> None:
        account, headers = self.account, response.headers
        # The platform's own clock: clients take their watermarks from it.
        headers["Date"] = formatdate(account.clock.now(), usegmt=True)
        headers["x-request-id"] = seen.request_id
        if seen.counted:
            headers.update(account.limits.headers(seen.limits))
        if request.method == "GET" and response.status == 200 and isinstance(response.body, bytes):
            tag = f'W/"{hashlib.md5(response.body, usedforsecurity=False).hexdigest()}"'
            headers["etag"] = tag
            if request.headers.get("if-none-match") == tag:
                response.status, response.body = 304, None
        status = 0 if response.drop else response.status
        account.counters.count(seen.endpoint or operation(request), status)
        # The OAuth paths take secrets in their parameters.
        shown = {} if request.path.startswith("/oauth/") else request.query
        account.calls.append(
            {
                "seq": len(account.calls) + 1, "id": request.number, "request_id": seen.request_id,
                "wall": time.time(), "time": account.stamp(), "method": request.method, "path": request.path,
                "query": "&".join(f"{name}={value}" for name, value in shown.items())[:2000],
                "endpoint": seen.endpoint or operation(request), "status": status, "user": seen.user,
                "ms": round(seconds * 1000, 2),
                "headers": {name: request.headers[name] for name in NOTED if name in request.headers},
            }
        )  # fmt: skip


class _Seen:
    """What is known of a call so far, for its answer's headers and the notes about it."""

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        self.user = 0
        self.endpoint = ""
        self.limits: list[Limit] = []
        self.counted = False
