"""The front door: the control API, faults, the API key, the limit, and then the resource."""

from __future__ import annotations

import base64
import itertools
import json
import sys
import traceback
from email.utils import formatdate
from typing import Any

from ..common.faults import Fault, matches_call
from ..common.messages import Request, Response
from ..common.server import Refusal
from . import resources
from .account import Account
from .messages import ApiError, Call, answer, read_body, refused

API = "/api/v2/"
CONTROL = "/__sim__/"
_BEFORE = frozenset(("status", "html", "drop", "rate_limit", "slow"))
_AFTER = frozenset(("truncate", "drop_after_commit"))


class Gateway:
    def __init__(self, account: Account) -> None:
        self.account = account
        self._numbers = itertools.count(1)

    def make_request(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Request:
        return Request(method, path, query, headers, body, next(self._numbers))

    def refuse(self, refusal: Refusal) -> Response:
        """The answer to a message that HTTP itself does not allow."""
        return answer({"description": refusal.message}, refusal.status)

    def handle(self, request: Request) -> Response:
        if request.path.startswith(CONTROL):
            return self._control(request)
        fault = self._fault(request, _BEFORE)
        if fault is not None:
            self.account.faults.pause(0, fault)
        with self.account.lock:
            after = self._fault(request, _AFTER)
            try:
                response = _struck(fault) or self._answer(request)
            except ApiError as error:
                response = answer(error.body, error.status, error.headers)
            except Exception:
                # A fault of the simulator itself: the client sees what an internal error of the platform looks like.
                traceback.print_exc(file=sys.stderr)
                response = answer(status=500)
            self._finish(request, response)
        if after is not None:
            response.drop = after.action["kind"] == "drop_after_commit"
            response.truncate = after.action["kind"] == "truncate"
        return response

    def _answer(self, request: Request) -> Response:
        account = self.account
        if request.path.startswith("/files/"):
            file = account.files.get(int(request.path.rpartition("/")[2]))
            if file is None:
                raise ApiError(404)
            return Response(200, file.content, {}, file.content_type)
        key = base64.b64encode(f"{account.api_key}:X".encode()).decode()
        if request.headers.get("authorization") != f"Basic {key}":
            raise refused(401, "invalid_credentials", "You have to be logged in to perform this action.")
        self._count()
        found = resources.find(request.method, request.path.removeprefix(API))
        if found is None:
            raise ApiError(404)
        call = Call(request, found[1])
        read_body(call)
        return found[0](account, call)

    def _count(self) -> None:
        """Count a call within its minute. Raises :class:`ApiError` beyond the limit."""
        account, limit = self.account, self.account.config["rate_limit"]
        minute = int(account.clock.now() // 60)
        used = account.minute[1] + 1 if account.minute[0] == minute else 1
        account.minute = (minute, used)
        if limit and used > limit:
            wait = max(1, int((minute + 1) * 60 - account.clock.now()))
            raise ApiError(
                429, {"message": "You have exceeded the limit of requests per minute"}, {"Retry-After": str(wait)}
            )

    def _finish(self, request: Request, response: Response) -> None:
        account = self.account
        limit = account.config["rate_limit"]
        if limit:
            response.headers["X-RateLimit-Total"] = str(limit)
            response.headers["X-RateLimit-Remaining"] = str(max(0, limit - account.minute[1]))
            response.headers["X-RateLimit-Used-CurrentRequest"] = "1"
        response.headers["Date"] = formatdate(account.clock.now(), usegmt=True)
        account.calls.append({"method": request.method, "path": request.path, "status": response.status})

    def _fault(self, request: Request, kinds: frozenset[str]) -> Fault | None:
        return self.account.faults.first(kinds, lambda match: matches_call(match, request.method, request.path))

    # -- control
    def _control(self, request: Request) -> Response:
        try:
            with self.account.lock:
                body = json.loads(request.body or b"{}")
                return answer(self._act(f"{request.method} {request.path.removeprefix(CONTROL)}", body))
        except (KeyError, TypeError, ValueError) as error:
            return answer({"error": f"{type(error).__name__}: {error}"}, 400)

    def _act(self, action: str, body: dict[str, Any]) -> Any:
        account = self.account
        if action == "PATCH config":
            unknown = set(body) - set(account.config)
            if unknown:
                raise ValueError(f"unknown switches: {sorted(unknown)}")
            account.config.update(body)
            return account.config
        if action == "POST reset":
            account.reset()
            return {"integration": account.integration["id"], "agent": account.other["id"]}
        if action == "POST faults":
            return account.faults.add(body).as_dict()
        if action == "DELETE faults":
            account.faults.clear()
            return {}
        if action == "POST clock":
            account.clock.advance(body.get("advance_seconds", 0))
            return {"now": account.stamp()}
        if action == "GET calls":
            return account.calls
        if action == "POST seed":
            rows = [{"deleted": False, "source": 1, "status": 2, "priority": 1, **values} for values in body["tickets"]]
            return {"ids": [account.add(account.tickets, row)["id"] for row in rows]}
        row = account.tickets[body["id"]]
        if action == "POST edit":
            row.update(body["fields"])
            row["updated_at"] = account.stamp()
            return row
        if action == "POST comment":
            author = account.other["id"]
            return account.comment(row["id"], author, body["text"], not body["public"], [])
        raise ValueError(f"no such call: {action}")


def _struck(fault: Fault | None) -> Response | None:
    """The answer that a fault puts in the place of the platform's."""
    if fault is None or fault.action["kind"] == "slow":
        return None
    action = fault.action
    if action["kind"] == "rate_limit":
        return answer(
            {"message": "You have exceeded the limit"}, 429, {"Retry-After": str(action.get("retry_after", 7))}
        )
    if action["kind"] == "html":
        return Response(action.get("status", 200), b"<html><body>Bad Gateway</body></html>", {}, "text/html")
    return Response(action.get("status", 503), drop=action["kind"] == "drop")
