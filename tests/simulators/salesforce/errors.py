"""Errors as the platform reports them."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """One refusal of the API.

    ``code`` is the platform's error code, ``status`` the HTTP status of a single-row call,
    ``extra`` more keys of the single-row body (a duplicate rule's result, for one).
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 400,
        fields: list[str] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.fields = fields
        self.extra = extra

    def body(self) -> list[dict[str, Any]]:
        """The JSON array of a single-row answer."""
        entry: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        if self.fields is not None:
            entry["fields"] = list(self.fields)
        if self.extra:
            entry = {**self.extra, **entry}
        return [entry]

    def item(self) -> dict[str, Any]:
        """The entry inside ``errors`` of a collections or tree result."""
        return {"statusCode": self.code, "message": self.message, "fields": list(self.fields or [])}

    def csv(self) -> str:
        """The text of a Bulk ``sf__Error`` cell."""
        fields = f"{','.join(self.fields)} " if self.fields else ""
        return f"{self.code}:{self.message}:{fields}--"


class MultipleMatches(Exception):
    """An external id names several records; nothing was written."""

    def __init__(self, object_name: str, ids: list[str]) -> None:
        super().__init__(f"{len(ids)} records of {object_name} match")
        self.object_name = object_name
        self.ids = ids


def not_found(message: str = "The requested resource does not exist") -> ApiError:
    return ApiError("NOT_FOUND", message, status=404)


def entity_is_deleted() -> ApiError:
    return ApiError("ENTITY_IS_DELETED", "entity is deleted", status=404, fields=[])


def invalid_reference(fields: list[str] | None = None) -> ApiError:
    return ApiError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields=fields or [])
