"""Values the platform computes, and rules built into standard objects."""

from __future__ import annotations

from typing import Any

from . import statuses, trade_rules
from .errors import ApiError
from .org import Org
from .schema import ObjectType
from .table import Row, set_value


def before_save(org: Org, defn: ObjectType, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    """Complete ``new`` in place, or refuse it."""
    rule = _RULES.get(defn.name)
    if rule is not None:
        rule(org, new, old, values)


def full_name(row: Row) -> str:
    names = ("FirstName", "MiddleName", "LastName", "Suffix")
    return " ".join(part for name in names if (part := row.get(name)))


def _person(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    new["Name"] = full_name(new)


def _lead(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    if old is not None and old.get("IsConverted"):
        raise ApiError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", fields=[])
    new["Name"] = full_name(new)


def _case(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    contact = org.store.table("Contact").live.get(new.get("ContactId") or "")
    if contact is not None:
        if new.get("AccountId") is None and contact.get("AccountId"):
            new["AccountId"] = contact["AccountId"]
        for target, source in (("ContactEmail", "Email"), ("ContactPhone", "Phone")):
            set_value(new, target, contact.get(source))
    elif "ContactId" in values:
        set_value(new, "ContactEmail", None)
        set_value(new, "ContactPhone", None)
    closed = statuses.case_closed(org, new.get("Status"))
    if closed and not new.get("IsClosed"):
        new["ClosedDate"] = new["SystemModstamp"]
    if not closed:
        new.pop("ClosedDate", None)
    new["IsClosed"] = closed


def _task(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    new["IsClosed"] = (new.get("Status") or "").lower() == "completed"


def _asset(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    if new.get("AccountId") is None and new.get("ContactId") is None:
        message = "Every asset needs an account, a contact, or both."
        raise ApiError("FIELD_INTEGRITY_EXCEPTION", message, fields=["AccountId", "ContactId"])


_RULES = {
    **trade_rules.RULES,
    "Contact": _person,
    "Individual": _person,
    "User": _person,
    "Lead": _lead,
    "Case": _case,
    "Task": _task,
    "Asset": _asset,
}
