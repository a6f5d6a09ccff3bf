"""Turning a business account with its one contact into a person account, as an administrator does by record type."""

from __future__ import annotations

from .derived import full_name
from .errors import ApiError
from .org import Org
from .person_accounts import FEATURE
from .standard_objects import person_name
from .writer import Writer


def convert(org: Org, writer: Writer, account_id: str) -> str:
    """Make an account and its contact one person; return the account's id. Both records keep their ids.

    The real service asks for the same: exactly one contact, and neither record has a parent.
    """
    if FEATURE not in org.schema.features:
        raise ApiError("INVALID_OPERATION", "the org has no person accounts")
    account_type, account = writer.locate("Account", account_id)
    contact_type = org.schema.get("Contact")
    contacts = [row for row in org.store.table("Contact").live.values() if row.get("AccountId") == account["Id"]]
    if (
        account.get("IsPersonAccount")
        or account.get("ParentId")
        or len(contacts) != 1
        or contacts[0].get("ReportsToId")
    ):
        raise ApiError("INVALID_OPERATION", "a business account without parent and with one contact is converted")
    contact = contacts[0]
    person_type = next(row["Id"] for row in org.store.table("RecordType").live.values() if row.get("IsPersonType"))
    values = {
        name: contact.get(field.name)
        for field in contact_type.fields.values()
        if (name := person_name(field.name)) and account_type.field(name)
    }
    values.update(IsPersonAccount=True, PersonContactId=contact["Id"], RecordTypeId=person_type)
    with org.store.transaction():
        new = writer.stamped(account_type, values, account)
        new["Name"] = full_name(new)
        writer.put(account_type, new, "update")
        hidden = {**writer.stamped(contact_type, {"IsPersonAccount": True}, contact), "Name": new["Name"]}
        writer.put(contact_type, hidden, "update")
    return account["Id"]
