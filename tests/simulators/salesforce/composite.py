"""The composite resource: up to 25 dependent subrequests in one call."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from . import references
from .errors import ApiError
from .faults import fault_response
from .messages import Request, Response
from .org import Context, Org

MAX_SUBREQUESTS = 25
MAX_QUERIES = 5
BANNED_HEADERS = {"accept", "authorization", "content-type"}
ROLLED_BACK = "The transaction was rolled back since another operation in the same transaction failed."


class _RollBack(Exception):
    """Leaves the transaction after the first failure under allOrNone."""


def run(org: Org, request: Request) -> Response:
    body = request.json_object()
    parts: Any = body.get("compositeRequest")
    _check_envelope(parts)
    strict = body.get("allOrNone") is True
    answers: list[dict[str, Any]] = []
    if not strict:
        _run_all(org, request, parts, answers, strict=False)
        return Response(200, {"compositeResponse": answers})
    try:
        with org.store.transaction():
            _run_all(org, request, parts, answers, strict=True)
            if any(_failed(answer) for answer in answers):
                raise _RollBack
    except _RollBack:
        failed = next(answer for answer in answers if _failed(answer))
        answers = [
            failed if part["referenceId"] == failed["referenceId"] else _halted(part["referenceId"]) for part in parts
        ]
    return Response(200, {"compositeResponse": answers})


def _check_envelope(parts: Any) -> None:
    if not isinstance(parts, list) or not parts or not all(isinstance(part, dict) for part in parts):
        raise ApiError("JSON_PARSER_ERROR", "compositeRequest must be a list of subrequests")
    if len(parts) > MAX_SUBREQUESTS:
        raise ApiError("LIMIT_EXCEEDED", f"composite request limit of {MAX_SUBREQUESTS} subrequests exceeded")
    seen: set[str] = set()
    queries = 0
    for part in parts:
        reference = part.get("referenceId")
        if not isinstance(reference, str) or not reference or reference in seen:
            raise ApiError("INVALID_INPUT", f"referenceId is missing or used twice: {reference}")
        seen.add(reference)
        if not isinstance(part.get("url"), str) or not isinstance(part.get("method"), str):
            raise ApiError("INVALID_INPUT", f"subrequest {reference} needs method and url")
        banned = [name for name in part.get("httpHeaders") or {} if name.lower() in BANNED_HEADERS]
        if banned:
            raise ApiError("INVALID_INPUT", f"headers not allowed in a subrequest: {', '.join(banned)}")
        queries += _is_query(part["url"])
    if queries > MAX_QUERIES:
        message = f"not more than {MAX_QUERIES} query or collection subrequests in one composite call"
        raise ApiError("LIMIT_EXCEEDED", message)


def _is_query(url: str) -> bool:
    path = urlsplit(url).path.lower()
    return "/query" in path or "/composite/sobjects" in path


def _run_all(
    org: Org, request: Request, parts: list[dict[str, Any]], answers: list[dict[str, Any]], strict: bool
) -> None:
    results: dict[str, Any] = {}
    for part in parts:
        answer = _run_one(org, request, part, results, strict)
        answers.append(answer)
        results[part["referenceId"]] = None if answer["httpStatusCode"] >= 400 else answer["body"]
        if strict and _failed(answer):
            return


def _run_one(org: Org, request: Request, part: dict[str, Any], results: dict[str, Any], strict: bool) -> dict[str, Any]:
    reference = part["referenceId"]
    try:
        url = references.resolve(part["url"], results)
        body = references.resolve(part.get("body"), results)
    except references.HaltedReference:
        return _halted(reference)
    except ApiError as error:
        return _answer(reference, Response.of_error(error))
    response = subrequest(org, request, part["method"], url, body, part.get("httpHeaders"), strict)
    return _answer(reference, response)


def subrequest(
    org: Org,
    request: Request,
    method: str,
    url: str,
    body: Any,
    headers: dict[str, Any] | None = None,
    strict: bool = False,
) -> Response:
    """Run one inner call in the name of the outer caller."""
    from .router import dispatch

    split = urlsplit(url)
    path = "/".join(split.path.split("/"))
    if strict and isinstance(body, dict) and "/composite/sobjects" in path.lower():
        # The outer flag overrides the one of a collections subrequest.
        body = {**body, "allOrNone": True}
    query = dict(parse_qsl(split.query, keep_blank_values=True))
    if strict and method.upper() == "DELETE" and path.lower().rstrip("/").endswith("/composite/sobjects"):
        query["allOrNone"] = "true"
    inner_headers = {name.lower(): str(value) for name, value in (headers or {}).items()}
    outer: Context = request.context
    inner_context = Context(
        outer.user_id, outer.access, outer.version, outer.client, outer.allow_save, outer.include_details,
        outer.lenient, outer.origin, inner_headers.get("sforce-auto-assign", outer.auto_assign),
    )  # fmt: skip
    inner_headers["sforce-query-options"] = request.headers.get("sforce-query-options", "")
    inner = Request(
        method.upper(), path, query, inner_headers,
        b"" if body is None else json.dumps(body).encode(), context=inner_context, inner=True,
    )  # fmt: skip
    if not unquote(path).startswith("/services/data/"):
        return Response.of_error(ApiError("NOT_FOUND", "The requested resource does not exist", status=404))
    fault = org.faults.for_request(inner, {"status"})
    if fault is not None:
        return fault_response(fault.action) or Response(500)
    return dispatch(org, inner)


def _answer(reference: str, response: Response) -> dict[str, Any]:
    headers = {name: value for name, value in response.headers.items() if name in ("Location", "ETag", "Last-Modified")}
    return {"body": response.body, "httpHeaders": headers, "httpStatusCode": response.status, "referenceId": reference}


def _failed(answer: dict[str, Any]) -> bool:
    """An error status, or a collection with a failed item."""
    if answer["httpStatusCode"] >= 300:
        return True
    body = answer["body"]
    return isinstance(body, list) and any(isinstance(item, dict) and item.get("success") is False for item in body)


def _halted(reference: str) -> dict[str, Any]:
    body = [{"errorCode": "PROCESSING_HALTED", "message": ROLLED_BACK}]
    return {"body": body, "httpHeaders": {}, "httpStatusCode": 400, "referenceId": reference}
