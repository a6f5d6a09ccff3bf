"""The front door: faults, authentication, call counting, and then the resource."""

from __future__ import annotations

import itertools
import re
import sys
import time
import traceback
from collections.abc import Callable
from email.utils import formatdate
from functools import partial
from urllib.parse import parse_qs

from ..common.faults import Fault
from ..common.server import Refusal
from . import change_feed, control, router
from .errors import ApiError, not_found
from .faults import AFTER_KINDS, LOGIN_KINDS, REQUEST_KINDS, fault_response, request_operation
from .journal import Origin
from .messages import Request, Response
from .org import Context, Org

_CLIENT = re.compile(r"(?:^|[;,])\s*client\s*=\s*([^;,\s]+)")
_VERSIONED = re.compile(r"^/services/data/v")
_IDENTITY = re.compile(r"^/id/(\w+)/(\w+)$")
_REFUSALS = {
    413: "EXCEEDED_MAX_SIZE_REQUEST", 414: "URI_TOO_LONG", 431: "REQUEST_HEADER_FIELDS_TOO_LARGE",
}  # fmt: skip
CORRELATION_HEADERS = ("x-correlation-id", "x-request-id", "traceparent", "sforce-call-options", "user-agent")


class Gateway:
    def __init__(self, org: Org) -> None:
        self.org = org
        self._numbers = itertools.count(1)

    def make_request(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Request:
        return Request(method, path, query, headers, body)

    def refuse(self, refusal: Refusal) -> Response:
        """The answer to a message that HTTP itself does not allow."""
        return Response.of_error(ApiError(_REFUSALS[refusal.status], refusal.message, status=refusal.status))

    def handle(self, request: Request) -> Response:
        response = self._route(request)
        # The platform's own clock: clients take their watermarks from it.
        response.headers["Date"] = formatdate(self.org.clock.now(), usegmt=True)
        return response

    def _route(self, request: Request) -> Response:
        if request.path == f"{control.PREFIX}/feed" and request.method == "GET":
            return change_feed.read(self.org, request)
        if request.path.startswith(control.PREFIX):
            return control.handle(self.org, request)
        request.number = next(self._numbers)
        started = time.perf_counter()
        counted = False
        try:
            response, counted = self._answer(request)
        except ApiError as error:
            response = Response.of_error(error)
        except Exception:
            # A fault of the simulator itself: the client sees what an internal error of the platform looks like.
            traceback.print_exc(file=sys.stderr)
            response = Response.of_error(ApiError("UNKNOWN_EXCEPTION", "An unexpected error occurred.", status=500))
        with self.org.lock:
            self._note(request, response, counted, time.perf_counter() - started)
            if request.path.startswith("/services/data/"):
                response.headers.setdefault("Sforce-Limit-Info", self.org.usage.header())
        return response

    def _answer(self, request: Request) -> tuple[Response, bool]:
        org = self.org
        login = request.path.rstrip("/") == "/services/oauth2/token"
        with org.lock:
            before = org.faults.for_request(request, LOGIN_KINDS | REQUEST_KINDS if login else REQUEST_KINDS)
            after = org.faults.for_request(request, AFTER_KINDS)
            pause = partial(org.faults.pause, org.config.latency_ms / 1000, before)
        answer = self._strike(before) if before is not None else None
        if answer is not None:
            pause()
            return answer, False
        response, counted = self._serve(request, login, pause)
        if after is not None:
            response.drop = after.action["kind"] == "drop_after_commit"
            response.truncate = after.action["kind"] == "truncate"
        return response, counted

    def _strike(self, fault: Fault) -> Response | None:
        with self.org.lock:
            if fault.action["kind"] == "revoke_tokens":
                self.org.authority.revoke_all()
            if fault.action["kind"] == "expire_locators":
                self.org.cursors.clear()
        return fault_response(fault.action)

    def _serve(self, request: Request, login: bool, pause: Callable[[], None]) -> tuple[Response, bool]:
        org = self.org
        path = request.path.rstrip("/")
        if _VERSIONED.match(path):
            return self._data_call(request, pause)
        pause()
        with org.lock:
            if login:
                if request.method != "POST":
                    return Response(405, {"error": "invalid_request", "error_description": "must use HTTP POST"}), False
                return org.authority.grant(request), False
            if path == "/services/oauth2/revoke":
                form = parse_qs(request.body.decode("utf-8", "replace"))
                token = (form.get("token") or [request.query.get("token", "")])[0]
                known = org.authority.revoke(token)
                body = (
                    None
                    if known
                    else {"error": "unsupported_token_type", "error_description": "this token is not supported"}
                )
                return Response(200 if known else 400, body), False
            if path == "/services/data" and request.method == "GET":
                return Response(200, router.versions()), False
            identity = _IDENTITY.match(path)
            if identity or path == "/services/oauth2/userinfo":
                return self._identity(request, identity), False
        raise not_found()

    def _data_call(self, request: Request, pause: Callable[[], None]) -> tuple[Response, bool]:
        org = self.org
        with org.lock:
            version, _ = router.version_of(request.path)
            token = org.authority.check(request)
            org.usage.enter_or_refuse()
        try:
            # A slow call takes up one of the concurrent ones while it lasts.
            pause()
            with org.lock:
                org.usage.count()
                request.context = self._context(request, token.user_id)
                named = (request.headers[name] for name in CORRELATION_HEADERS[:3] if name in request.headers)
                org.store.origin = Origin("rest", request.number, next(named, ""), version)
                try:
                    return router.dispatch(org, request), True
                finally:
                    org.hub.publish_committed()
        finally:
            with org.lock:
                org.usage.leave()

    def _context(self, request: Request, user_id: str) -> Context:
        options = request.headers.get("sforce-call-options", "")
        client = _CLIENT.search(options)
        rule = {
            name.strip().lower(): value.strip().lower() == "true"
            for name, _, value in (
                part.partition("=")
                for part in re.split("[;,]", request.headers.get("sforce-duplicate-rule-header", ""))
            )
        }
        return Context(
            user_id, self.org.access(user_id), client=client[1] if client else "",
            allow_save=rule.get("allowsave", False), include_details=rule.get("includerecorddetails", False),
            auto_assign=request.headers.get("sforce-auto-assign", "true").strip() or "true",
        )  # fmt: skip

    def _identity(self, request: Request, identity: re.Match[str] | None) -> Response:
        org = self.org
        token = org.authority.check(request)
        if identity and (identity[1] != org.org_id or identity[2] != token.user_id):
            return Response(403, b"Bad_Id", content_type="text/plain")
        user = org.store.table("User").live[token.user_id]
        body = {
            "id": f"{org.instance_url}/id/{org.org_id}/{token.user_id}", "asserted_user": True,
            "user_id": token.user_id, "organization_id": org.org_id, "username": user["Username"],
            "display_name": user["Name"], "email": user["Email"], "active": bool(user.get("IsActive")),
            "user_type": "STANDARD", "language": "en_US", "locale": "en_IE", "utcOffset": 0,
            "urls": {"rest": f"{org.instance_url}/services/data/v{{version}}/"},
        }  # fmt: skip
        return Response(200, body)

    def _note(self, request: Request, response: Response, counted: bool, seconds: float) -> None:
        # The OAuth paths take secrets in their parameters.
        shown = {} if "/oauth2/" in request.path else request.query
        query = "&".join(f"{name}={value}" for name, value in shown.items())
        headers = {name: request.headers[name] for name in CORRELATION_HEADERS if name in request.headers}
        if counted:
            self.org.hub.calls[request_operation(request)] += 1
        self.org.calls.append(
            {
                "seq": len(self.org.calls) + 1, "id": request.number, "wall": time.time(),
                "time": self.org.clock.now(), "method": request.method, "path": request.path, "query": query[:2000],
                "status": 0 if response.drop else response.status, "counted": counted, "ms": round(seconds * 1000, 2),
                "headers": headers,
            }
        )  # fmt: skip
