"""Brings values from a request body into stored form, or refuses them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from .clock import parse_date, parse_datetime
from .errors import ApiError
from .ids import to18
from .schema import Field

_EMAIL = re.compile(
    r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$"
)
_TIME = re.compile(r"^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?Z?$")


def coerce(field: Field, value: Any, lenient: str = "", trim: bool = True) -> Any:
    """The stored form of ``value``; empty text becomes ``None``.

    ``lenient`` is empty for JSON, ``csv`` where text stands for numbers and booleans, and ``import`` for org exports,
    which also have times in their dates.
    """
    if value is None:
        if field.type == "boolean":
            if lenient:
                return False
            raise ApiError("INVALID_TYPE_ON_FIELD_IN_RECORD", f"{field.label}: value not of required type: null",
                           fields=[field.name])  # fmt: skip
        return None
    return _COERCIONS.get(field.type, _text)(field, value, lenient, trim)


def _parser_error(field: Field, value: Any) -> ApiError:
    kind = {True: "VALUE_TRUE", False: "VALUE_FALSE"}.get(value) if isinstance(value, bool) else None
    if kind is None:
        kinds = {
            str: "VALUE_STRING",
            int: "VALUE_NUMBER_INT",
            float: "VALUE_NUMBER_FLOAT",
            dict: "START_OBJECT",
            list: "START_ARRAY",
        }
        kind = kinds.get(type(value), "VALUE_EMBEDDED_OBJECT")
    message = (
        f"Cannot deserialize instance of {field.type} from {kind} value {value} "
        "or request may be missing a required field"
    )
    return ApiError("JSON_PARSER_ERROR", message, fields=[field.name])


def _text(field: Field, value: Any, lenient: str, trim: bool) -> Any:
    if not isinstance(value, str):
        if not lenient or isinstance(value, (dict, list)):
            raise _parser_error(field, value)
        value = str(value)
    if trim:
        value = value.strip()
    if value == "":
        return None
    if field.length and len(value) > field.length:
        message = f"{field.label}: data value too large: {value} (max length={field.length})"
        raise ApiError("STRING_TOO_LONG", message, fields=[field.name])
    return value


def _email(field: Field, value: Any, lenient: str, trim: bool) -> Any:
    value = _text(field, value, lenient, trim)
    if value is not None and not _EMAIL.match(value):
        raise ApiError("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {value}", fields=[field.name])
    return value


def _picklist(field: Field, value: Any, lenient: str, trim: bool) -> Any:
    value = _text(field, value, lenient, trim)
    if value is None or not field.restricted:
        return value
    known = {entry.lower(): entry for entry in field.picklist}
    parts = value.split(";") if field.type == "multipicklist" else [value]
    for part in parts:
        if part.lower() not in known:
            message = f"{field.label}: bad value for restricted picklist field: {part}"
            raise ApiError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, fields=[field.name])
    return ";".join(known[part.lower()] for part in parts)


def _boolean(field: Field, value: Any, lenient: str, trim: bool) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if lenient and str(value).lower() in ("1", "0", "yes", "no", ""):
        return str(value).lower() in ("1", "yes")
    raise _parser_error(field, value)


def _number(field: Field, value: Any, lenient: str, trim: bool) -> Any:
    if isinstance(value, bool):
        raise _parser_error(field, value)
    if isinstance(value, str):
        if not value.strip():
            return None
        try:
            value = float(value)
        except ValueError:
            raise _parser_error(field, value) from None
    if not isinstance(value, (int, float)):
        raise _parser_error(field, value)
    if not math.isfinite(value) or abs(value) >= 10.0 ** (field.precision - field.scale):
        message = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise ApiError("NUMBER_OUTSIDE_VALID_RANGE", message, fields=[field.name])
    return round(float(value), field.scale)


def _integer(field: Field, value: Any, lenient: str, trim: bool) -> Any:
    if isinstance(value, str) and value.strip():
        try:
            value = float(value)
        except ValueError:
            raise _parser_error(field, value) from None
    if isinstance(value, str):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or (value != int(value) and not lenient):
        raise _parser_error(field, value)
    if abs(value) > 99_999_999:
        message = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise ApiError("NUMBER_OUTSIDE_VALID_RANGE", message, fields=[field.name])
    return int(value)


def _date(field: Field, value: Any, lenient: str, trim: bool) -> Any:
    if value == "":
        return None
    text = value[:10] if lenient == "import" and isinstance(value, str) else value
    found = parse_date(text) if isinstance(text, str) else None
    if found is None:
        raise _parser_error(field, value)
    return found


def _datetime(field: Field, value: Any, lenient: str, trim: bool) -> Any:
    if value == "":
        return None
    found = parse_datetime(value) if isinstance(value, str) else None
    if found is None and isinstance(value, str) and parse_date(value):
        found = f"{value}T00:00:00.000+0000"
    if found is None:
        raise _parser_error(field, value)
    return found


def _time(field: Field, value: Any, lenient: str, trim: bool) -> Any:
    found = _TIME.match(value) if isinstance(value, str) else None
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise _parser_error(field, value)
    return f"{found[1]}:{found[2]}:{found[3] or '00'}.{(found[4] or '0').ljust(3, '0')}Z"


def _reference(field: Field, value: Any, lenient: str, trim: bool) -> Any:
    if value == "":
        return None
    found = to18(value)
    if found is None:
        raise ApiError("MALFORMED_ID", f"{field.label}: id value of incorrect type: {value}", fields=[field.name])
    return found


_COERCIONS: dict[str, Callable[[Field, Any, str, bool], Any]] = {
    "email": _email,
    "picklist": _picklist,
    "multipicklist": _picklist,
    "boolean": _boolean,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "int": _integer,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "reference": _reference,
    "id": _reference,
}
