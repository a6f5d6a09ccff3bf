"""The language of search: ``type:ticket status<solved tags:odoo -priority:low "late parcel"``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from . import times
from .errors import ApiError
from .table import Row

if TYPE_CHECKING:
    from .account import Account

_TERM = re.compile(r'(-?)(?:([\w.]+)\s*(<=|>=|:|<|>|=))?(?:"([^"]*)"|(\S+))')
_ORDERS = {
    "status": ("new", "open", "pending", "hold", "solved", "closed"),
    "priority": ("low", "normal", "high", "urgent"),
}
_DATES = {"created": "created_at", "updated": "updated_at", "solved": "solved_at", "due_date": "due_at"}
_PEOPLE = {"requester": "requester_id", "assignee": "assignee_id", "submitter": "submitter_id"}
_TEXTS = {
    "ticket": ("subject", "description"), "user": ("name", "email", "notes", "details"),
    "organization": ("name", "notes", "details"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    negative: bool
    key: str
    operator: str
    value: str


@dataclass
class Query:
    """``kinds`` are the types that may answer; ``terms`` hold all, except that equal keys with ``:`` are an or."""

    kinds: tuple[str, ...]
    terms: list[Term]
    order: str = ""
    down: bool = True


def parse(text: str) -> Query:
    """Raises 422 ``invalid`` for an unknown type."""
    query = Query(("ticket", "user", "organization"), [])
    for minus, key, operator, quoted, word in _TERM.findall(text):
        value, key = quoted or word, key.lower()
        if key == "type":
            if value not in query.kinds:
                raise ApiError(422, "invalid", f"Invalid search: type {value}")
            query.kinds = (value,)
        elif key in ("order_by", "sort"):
            query.order, query.down = (value, query.down) if key == "order_by" else (query.order, value != "asc")
        else:
            query.terms.append(Term(bool(minus), key, operator, value))
    return query


def holds(account: Account, query: Query, kind: str, row: Row, caller: int) -> bool:
    """Whether a row answers a query."""
    either: dict[str, bool] = {}
    for term in query.terms:
        good = _holds(account, term, kind, row, caller)
        if term.negative:
            if good:
                return False
        elif term.key and term.operator == ":":
            either[term.key] = either.get(term.key, False) or good
        elif not good:
            return False
    return all(either.values())


def _holds(account: Account, term: Term, kind: str, row: Row, caller: int) -> bool:
    key, value = term.key, term.value.lower()
    if not key:
        return any(value.strip("*") in str(row.get(name) or "").lower() for name in _TEXTS[kind])
    if key in _DATES or key in _DATES.values():
        return _date(term, row.get(_DATES.get(key, key)))
    if key in _ORDERS and kind == "ticket":
        return _ranked(term, _ORDERS[key], row[key])
    if key in _PEOPLE and kind == "ticket":
        return _person(account, value, row[_PEOPLE[key]], caller)
    if key == "organization":
        belongs = row["id"] if kind == "organization" else row["organization_id"]
        found = account.records.organizations.get(belongs)
        return _same(value, belongs) or _same(value, found["name"] if found else None)
    if key in ("tags", "tag"):
        return value in row["tags"]
    if key == "ticket_type":
        return _same(value, row.get("type"))
    if key == "via":
        return kind == "ticket" and _same(value, row["via"]["channel"])
    if key == "fieldvalue":
        return kind == "ticket" and any(_same(value, each) for each in row["custom_fields"].values())
    if key.startswith("custom_field_"):
        number = key.removeprefix("custom_field_")
        return kind == "ticket" and number.isdigit() and _same(value, row["custom_fields"].get(int(number)))
    name = {"group": "group_id", "brand": "brand_id", "form": "ticket_form_id"}.get(key, key)
    return name in row and _same(value, row[name])


def _same(value: str, stored: Any) -> bool:
    if value == "none":
        return stored in (None, "", [])
    text = str(stored if stored is not None else "").lower()
    return fnmatchcase(text, value) if "*" in value else text == value


def _person(account: Account, value: str, number: int | None, caller: int) -> bool:
    if value == "me":
        return number == caller
    user = account.records.users.get(number)
    names = (number, user["email"], user["name"], user["external_id"]) if user else (number,)
    return any(_same(value, name) for name in names)


def _ranked(term: Term, order: tuple[str, ...], stored: str | None) -> bool:
    if term.operator in (":", "="):
        return _same(term.value.lower(), stored)
    if stored not in order or term.value not in order:
        return False
    return _compare(term.operator, order.index(stored), order.index(term.value))


def _date(term: Term, stored: str | None) -> bool:
    if stored is None:
        return term.value == "none"
    try:
        wanted = times.epoch_of(term.value)
    except ValueError:
        raise ApiError(422, "invalid", f"Invalid search: {term.key} takes a date") from None
    moment = times.epoch_of(stored)
    if term.operator in (":", "="):
        return stored.startswith(term.value[:10]) if len(term.value) == 10 else moment == wanted
    return _compare(term.operator, moment, wanted)


def _compare(operator: str, left: float, right: float) -> bool:
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[operator]
