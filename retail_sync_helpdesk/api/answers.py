"""Answers to look-ups: with a tag, and short where the caller has this version already."""

from __future__ import annotations

from fastapi import Request, Response
from pydantic import BaseModel

from ..domain.api.etag import etag_of, is_unchanged

__all__ = ["looked_up"]


def looked_up(request: Request, response: Response, answer: BaseModel) -> Response:
    """Return an answer with its tag, or 304. The moment of reading is no part of the version."""
    values = answer.model_dump(mode="json")
    tag = etag_of({name: value for name, value in values.items() if name != "as_of"})
    headers = {**response.headers, "ETag": tag}
    if is_unchanged(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=_without_length(headers))
    return Response(answer.model_dump_json(), media_type="application/json", headers=_without_length(headers))


def _without_length(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in ("content-length", "content-type")}
