"""Composite batch: independent subrequests, each counted as a call."""

from __future__ import annotations

from typing import Any

from .composite import BANNED_HEADERS, subrequest
from .errors import ApiError
from .messages import Request, Response
from .org import Org

MAX_SUBREQUESTS = 25


def run(org: Org, request: Request) -> Response:
    body = request.json_object()
    parts = body.get("batchRequests")
    if not isinstance(parts, list) or not parts or not all(isinstance(part, dict) for part in parts):
        raise ApiError("JSON_PARSER_ERROR", "batchRequests must be a list of subrequests")
    if len(parts) > MAX_SUBREQUESTS:
        raise ApiError("LIMIT_EXCEEDED", f"batch request limit of {MAX_SUBREQUESTS} subrequests exceeded")
    halt = body.get("haltOnError") is True
    # The call itself was counted at the door; it stands for the first subrequest.
    org.usage.count(len(parts) - 1)
    results: list[dict[str, Any]] = []
    halted = False
    for part in parts:
        if halted:
            error = {"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted per request"}
            results.append({"statusCode": 412, "result": [error]})
            continue
        response = _run_one(org, request, part)
        results.append({"statusCode": response.status, "result": response.body})
        halted = halt and response.status >= 400
    return Response(200, {"hasErrors": any(result["statusCode"] >= 400 for result in results), "results": results})


def _run_one(org: Org, request: Request, part: dict[str, Any]) -> Response:
    url, method = part.get("url"), part.get("method")
    if not isinstance(url, str) or not isinstance(method, str):
        return Response.of_error(ApiError("INVALID_INPUT", "a batch subrequest needs method and url"))
    if any(name.lower() in BANNED_HEADERS for name in part.get("httpHeaders") or {}):
        return Response.of_error(ApiError("INVALID_INPUT", "header not allowed in a subrequest"))
    if not url.startswith("/"):
        url = f"/services/data/{url}"
    return subrequest(org, request, method, url, part.get("richInput"), part.get("httpHeaders"))
