"""The key itself, and the errors of the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from .base import Answer, Part, Rule


class LimitState(Part):
    """A limit of the key. ``reset``: seconds until it is whole again."""

    name: str
    requests: int
    seconds: int
    remaining: int
    reset: int


class Me(Answer):
    """What a key may do."""

    name: str
    kind: str = Field(description="person or machine")
    scopes: tuple[str, ...]
    companies: tuple[str, ...]
    brands: tuple[str, ...] = Field((), description="Empty: every brand.")
    read_only: bool
    expires_at: datetime | None = None
    limits: tuple[LimitState, ...] = ()


class ValueFault(Part):
    """A value that does not fit. ``pointer``: JSON pointer, with the place of the value in front: /body, /query."""

    pointer: str
    detail: str


class ProblemDocument(BaseModel):
    """An error, as RFC 9457 writes it. ``code`` is stable; ``detail`` is for people."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    code: str
    action: str = Field(description="What the caller can do.")
    correlation_id: str
    detail: str = ""
    rules: tuple[Rule, ...] = ()
    errors: tuple[ValueFault, ...] = ()
    preview: dict[str, Any] | None = Field(None, description="Of preview_stale: the preview as it is now.")


class ProblemKind(Answer):
    """A kind of error, for people who follow its address."""

    code: str
    status: int
    title: str
    action: str
    again: bool = Field(description="Whether the same request may succeed later without a change.")
