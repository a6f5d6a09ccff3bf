"""Errors as the platform reports them."""

from __future__ import annotations

from typing import Any

Detail = dict[str, str]


class ApiError(Exception):
    """One refusal of the API: HTTP status, ``error``, ``description``, and ``details`` as field -> list of texts.

    ``plain`` is a body that is no JSON; ``headers`` go with the answer.
    """

    def __init__(
        self,
        status: int,
        error: str,
        description: str | None = None,
        *,
        details: dict[str, list[Detail]] | None = None,
        extra: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        plain: str | None = None,
    ) -> None:
        super().__init__(f"{status} {error}: {description}")
        self.status = status
        self.error = error
        self.description = description
        self.details = details
        self.extra = extra or {}
        self.headers = headers or {}
        self.plain = plain

    def body(self, nested: bool = False) -> dict[str, Any]:
        """The JSON body; ``nested`` is the shape in which ``error`` is an object with a title and a message."""
        if nested:
            return {"error": {"title": self.error, "message": self.description or ""}}
        body: dict[str, Any] = {"error": self.error}
        if self.description is not None:
            body["description"] = self.description
        if self.details is not None:
            body["details"] = self.details
        return {**body, **self.extra}

    def text(self) -> str:
        """What a job's item says of it: the texts of all details, or the description."""
        texts = [detail["description"] for entries in (self.details or {}).values() for detail in entries]
        return " ".join(texts) or self.description or self.error


class Problems:
    """Collects what is wrong with the fields of one record."""

    def __init__(self) -> None:
        self.details: dict[str, list[Detail]] = {}

    def add(self, field: str, description: str, error: str = "") -> None:
        detail = {"description": description}
        if error:
            detail["error"] = error
        self.details.setdefault(field, []).append(detail)

    def check(self) -> None:
        """Raise ``RecordInvalid`` if anything was added."""
        if self.details:
            raise record_invalid(self.details)


def record_invalid(details: dict[str, list[Detail]]) -> ApiError:
    return ApiError(422, "RecordInvalid", "Record validation errors", details=details)


def one_problem(field: str, description: str, error: str = "") -> ApiError:
    """``RecordInvalid`` with a single detail."""
    problems = Problems()
    problems.add(field, description, error)
    return record_invalid(problems.details)


def not_found() -> ApiError:
    return ApiError(404, "RecordNotFound", "Not found")


def no_endpoint() -> ApiError:
    return ApiError(404, "InvalidEndpoint", "Not found")


def bad_page(description: str) -> ApiError:
    return ApiError(400, "InvalidPaginationParameter", description)


def too_many(limit: int) -> ApiError:
    return ApiError(
        400, "TooManyValues", f"Parameter cannot specify more than {limit} values", extra={"max_count": limit}
    )


def conflict() -> ApiError:
    return ApiError(409, "DatabaseConflict", "Database collision")


def update_conflict() -> ApiError:
    text = "Safe Update prevented the update due to outdated ticket data. Fetch the latest ticket data and retry."
    return ApiError(409, "UpdateConflict", text)


def forbidden(description: str = "You do not have access to this page.") -> ApiError:
    return ApiError(403, "Forbidden", description)
