"""Building SOQL text safely (API sheet section 2.3)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from . import ids, times
from .times import When

#: Ids in one IN list: far below the limit of a statement, and of an address once encoded.
CHUNK = 200
MAX_PAGE = 2000

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_PATH = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*){0,5}\Z")
_ESCAPES = str.maketrans(
    {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)
_STRING = re.compile(r"'(?:[^'\\]|\\.)*'", re.DOTALL)
# a word with a dot beside it is part of a field path, such as Order.Status
_FORBIDDEN = re.compile(
    r"(?<![\w.])(ORDER|GROUP|LIMIT|OFFSET|HAVING|FOR|WITH|USING|UPDATE|ALL\s+ROWS)(?![\w.])", re.IGNORECASE
)
_SELECT = re.compile(r"(?<![\w.])SELECT(?![\w.])", re.IGNORECASE)


class ChildQuery(str):
    """A subquery that was built here, of checked names. A text that looks like one is an odd path like any other."""


class FilterError(ValueError):
    """A scope filter that cannot be used; the text tells a person what to change."""


def escape(text: str) -> str:
    """Text fit to stand between single quotes."""
    return text.translate(_ESCAPES)


def literal(value: Any) -> str:
    """A value as SOQL writes it: texts quoted, datetimes in UTC and unquoted, lists in brackets.

    Raises ValueError for a datetime without a zone or an empty list, TypeError for a type SOQL has no literal for.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"'{escape(value)}'"
    if isinstance(value, (int, float)):
        if value != value or value in (float("inf"), float("-inf")):
            raise ValueError("SOQL has no literal for this number")
        return repr(value)
    if isinstance(value, datetime):
        return times.iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        if not value:
            raise ValueError("an empty IN list is not valid SOQL")
        return "(" + ",".join(literal(item) for item in value) + ")"
    raise TypeError(f"SOQL has no literal for {type(value).__name__}")


def object_name(name: str) -> str:
    """The name, checked. Raises ValueError when it cannot be an object's API name."""
    if not _NAME.match(name):
        raise ValueError(f"{name!r} is not an object name")
    return name


def child_query(relationship: str, fields: Iterable[str]) -> "ChildQuery":
    """`(SELECT … FROM Relationship)`: the child records of a record, to stand among the fields of its query."""
    return ChildQuery(f"(SELECT {field_list(fields)} FROM {object_name(relationship)})")


def field_list(fields: Iterable[str]) -> str:
    """`Id,Name,Owner.Email`: each path once, ignoring case, in the order given; a `child_query` may stand among them.

    Raises ValueError for an odd path.
    """
    seen: dict[str, str] = {}
    for field in fields:
        if not isinstance(field, ChildQuery) and not _PATH.match(field):
            raise ValueError(f"{field!r} is not a field path")
        seen.setdefault(field.lower(), field)
    if not seen:
        raise ValueError("a query needs a field")
    return ",".join(seen.values())


def validate_filter(text: str) -> str:
    """A user's scope filter, the part after WHERE, fit to be put in brackets. Returns it trimmed.

    Raises FilterError when it could reach beyond its brackets or is more than a condition.
    """
    filter_text = text.strip()
    if not filter_text:
        raise FilterError("The filter is empty.")
    bare = _STRING.sub("''", filter_text)
    if "'" in bare.replace("''", ""):
        raise FilterError("A quote is opened and not closed.")
    if ";" in bare:
        raise FilterError("A filter holds no ';' outside quotes.")
    if any(ord(char) < 32 and char not in "\t\r\n" for char in filter_text):
        raise FilterError("The filter holds control characters.")
    if re.match(r"WHERE\b", bare, re.IGNORECASE):
        raise FilterError("Leave out the word WHERE: only the condition is needed.")
    forbidden = _FORBIDDEN.search(bare)
    if forbidden:
        raise FilterError(
            f"{forbidden[1].upper()} is no part of a condition; the order and size of pages are set elsewhere."
        )
    _check_brackets(bare)
    return filter_text


def _check_brackets(bare: str) -> None:
    depth = 0
    selects = {match.start() for match in _SELECT.finditer(bare)}
    for position, char in enumerate(bare):
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth < 0:
                raise FilterError("A bracket is closed that was not opened.")
        elif position in selects and depth == 0:
            raise FilterError("A SELECT may only stand in brackets, as in: Id IN (SELECT AccountId FROM …).")
    if depth:
        raise FilterError("A bracket is opened and not closed.")


def select(object: str, fields: Iterable[str], where: str | None = None) -> str:
    """`SELECT … FROM T [WHERE …]`; `where` is trusted text, built here or validated before."""
    statement = f"SELECT {field_list(fields)} FROM {object_name(object)}"
    return f"{statement} WHERE {where}" if where else statement


def build_page(
    object: str,
    fields: Sequence[str],
    where: str | None = None,
    cursor: tuple[When, str] | None = None,
    since: When | None = None,
    limit: int = MAX_PAGE,
) -> str:
    """One page of a keyset walk in the order of (SystemModstamp, Id), which no insert or update can shift.

    where: a user's filter, validated here. cursor: (SystemModstamp, Id) of the last row seen: the page starts after it.
    since: first page only, SystemModstamp from then on, that moment included; a cursor, being later, replaces it.
    Id and SystemModstamp are always selected. limit: 1-2000 rows, what one answer carries.
    """
    if not 1 <= limit <= MAX_PAGE:
        raise ValueError(f"a page has 1 to {MAX_PAGE} rows")
    conditions = [f"({validate_filter(where)})"] if where and where.strip() else []
    if cursor is not None:
        moment, last_id = times.iso(cursor[0]), ids.to_18(cursor[1])
        conditions.append(f"(SystemModstamp > {moment} OR (SystemModstamp = {moment} AND Id > '{last_id}'))")
    elif since is not None:
        conditions.append(f"SystemModstamp >= {times.iso(since)}")
    statement = select(object, ("Id", "SystemModstamp", *fields), " AND ".join(conditions) or None)
    return f"{statement} ORDER BY SystemModstamp, Id LIMIT {limit}"


def build_merged(object: str, since: When, limit: int) -> str:
    """Records that were merged into others from a moment on, the latest first; for queryAll."""
    where = f"IsDeleted = true AND MasterRecordId != null AND SystemModstamp >= {times.iso(since)}"
    return f"{select(object, ('Id', 'SystemModstamp'), where)} ORDER BY SystemModstamp DESC LIMIT {limit}"


def chunks(values: Iterable[str], size: int = CHUNK) -> Iterator[list[str]]:
    """Distinct values in lists of at most `size`, in the order given."""
    if size < 1:
        raise ValueError("a chunk holds at least one value")
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), size):
        yield distinct[start : start + size]


def id_conditions(record_ids: Iterable[str], size: int = CHUNK) -> Iterator[str]:
    """`Id IN ('…',…)` for each chunk of the ids. Raises ValueError for text that is no id."""
    for chunk in chunks((ids.to_18(value) for value in record_ids), size):
        yield f"Id IN {literal(chunk)}"
