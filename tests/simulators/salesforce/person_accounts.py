"""Person accounts: an Account and its hidden Contact kept as one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .derived import full_name
from .errors import ApiError
from .org import Org
from .schema import ObjectType
from .standard_objects import person_name
from .table import Row

if TYPE_CHECKING:
    from .writer import Writer

FEATURE = "person_accounts"


def check_direct_edit(org: Org, defn: ObjectType, old: Row | None) -> None:
    """The hidden contact is written through its account only."""
    if defn.name == "Contact" and old is not None and old.get("IsPersonAccount"):
        raise ApiError(
            "INVALID_PERSON_ACCOUNT_OPERATION", "cannot update person contact: edit the person account", fields=[]
        )


def is_person(org: Org, new: Row) -> bool:
    record_type = org.store.table("RecordType").live.get(new.get("RecordTypeId") or "")
    if record_type is not None:
        return bool(record_type.get("IsPersonType"))
    return new.get("LastName") is not None


def before_save(org: Org, defn: ObjectType, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    """Decide what kind of account is saved, compute its name, and refuse what the kind does not have."""
    if FEATURE not in org.schema.features or defn.name != "Account":
        return
    person = is_person(org, new) if old is None else bool(old.get("IsPersonAccount"))
    new["IsPersonAccount"] = person
    if not person:
        wrong = [name for name in values if values[name] is not None and _person_only(defn, name)]
        if wrong:
            message = f"business account may not use person account fields: {', '.join(wrong)}"
            raise ApiError("INVALID_FIELD_FOR_INSERT_UPDATE", message, fields=wrong)
        return
    refused = [name for name in ("Name", "ParentId") if values.get(name) is not None]
    if refused:
        message = f"Unable to create/update fields: {', '.join(refused)}. A person account does not take them."
        raise ApiError("INVALID_FIELD_FOR_INSERT_UPDATE", message, fields=refused)
    if new.get("RecordTypeId") is None:
        new["RecordTypeId"] = _person_type(org)
    new["Name"] = full_name(new)
    if old is None:
        new["PersonContactId"] = org.store.ids.new("003")


def _person_type(org: Org) -> str:
    return next(row["Id"] for row in org.store.table("RecordType").live.values() if row.get("IsPersonType"))


def _person_only(defn: ObjectType, name: str) -> bool:
    field = defn.field(name)
    return field is not None and (field.requires or "").startswith(FEATURE)


def after_save(writer: Writer, defn: ObjectType, new: Row, old: Row | None) -> None:
    """Mirror a saved person account into its contact."""
    if defn.name != "Account" or not new.get("IsPersonAccount"):
        return
    contact_type = writer.org.schema.get("Contact")
    contacts = writer.org.store.table("Contact")
    contact = contacts.live.get(new.get("PersonContactId") or "")
    mirrored = {
        f.name: new.get(name) for f in contact_type.fields.values() if (name := person_name(f.name)) and name in new
    }
    cleared = {f.name: None for f in contact_type.fields.values() if (name := person_name(f.name)) and name not in new}
    values = {**cleared, **mirrored, "AccountId": new["Id"], "IsPersonAccount": True, "OwnerId": new.get("OwnerId")}
    values = {name: value for name, value in values.items() if contact_type.field(name) or name == "OwnerId"}
    row = {**writer.stamped(contact_type, values, contact), "Id": new["PersonContactId"]}
    for field in contact_type.fields.values():
        if field.type == "boolean":
            row.setdefault(field.name, False)
    row["Name"] = full_name(row)
    writer.put(contact_type, row, "update" if contact is not None else "insert")


def partner_of(org: Org, defn: ObjectType, row: Row, deleted: bool = False) -> tuple[ObjectType, Row] | None:
    """The other half of a person account."""
    if defn.name != "Account" or not row.get("IsPersonAccount"):
        return None
    table = org.store.table("Contact")
    contact = (table.bin if deleted else table.live).get(row.get("PersonContactId") or "")
    return (table.defn, contact) if contact is not None else None
