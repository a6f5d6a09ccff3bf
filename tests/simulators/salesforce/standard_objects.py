"""The objects an org has from the start: the standard ones, with the fields of the package that Retail Sync ships."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from . import objects_people as people
from . import objects_service as service
from . import objects_trade as trade
from . import package, statuses
from .assignment import ASSIGNMENT_RULE
from .schema import Field, ObjectType, Schema
from .schema_text import read_object

# Contact fields that a person account shows under the Person prefix, and those it keeps under their own name.
PERSON_RENAMED = (
    "Email", "MobilePhone", "HomePhone", "OtherPhone", "AssistantPhone", "AssistantName", "Birthdate", "Title",
    "Department", "LeadSource", "HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall", "IndividualId",
    "EmailBouncedReason", "EmailBouncedDate",
)  # fmt: skip
PERSON_SAME = ("FirstName", "LastName", "MiddleName", "Suffix", "Salutation")
PERSON_ADDRESSES = ("Mailing", "Other")


def install(schema: Schema, moment: float = 0.0) -> None:
    """Put the standard objects into an empty schema; ``moment`` is when the org counts as set up."""
    for defn in (
        read_object("Account", "001", people.ACCOUNT, owners=("User",), mergeable=True),
        read_object("Contact", "003", people.CONTACT, owners=("User",), mergeable=True),
        read_object("Lead", "00Q", people.LEAD, mergeable=True),
        read_object("Individual", "0PK", people.INDIVIDUAL),
        read_object("User", "005", people.USER, owned=False, deletable=False),
        read_object("Group", "00G", people.GROUP, owned=False),
        read_object("QueueSobject", "03g", people.QUEUE_SOBJECT, owned=False),
        read_object("AssignmentRule", "01Q", ASSIGNMENT_RULE, owned=False, deletable=False, createable=False),
        read_object("OrderStatus", "0mS", statuses.ORDER_STATUS, owned=False, deletable=False, createable=False),
        read_object("CaseStatus", "01J", statuses.CASE_STATUS, owned=False, deletable=False, createable=False),
        read_object(
            "OpportunityStage", "01K", statuses.OPPORTUNITY_STAGE, owned=False, deletable=False, createable=False
        ),
        read_object("RecordType", "012", people.RECORD_TYPE, owned=False, deletable=False),
        read_object("Organization", "00D", people.ORGANIZATION, owned=False, deletable=False, createable=False),
        read_object("PermissionSet", "0PS", people.PERMISSION_SET, owned=False),
        read_object("PermissionSetAssignment", "0Pa", people.PERMISSION_SET_ASSIGNMENT, owned=False),
        read_object("Opportunity", "006", trade.OPPORTUNITY, plural="Opportunities"),
        read_object("OpportunityLineItem", "00k", trade.OPPORTUNITY_LINE, owned=False),
        read_object("Product2", "01t", trade.PRODUCT, owned=False),
        read_object("Pricebook2", "01s", trade.PRICEBOOK, owned=False),
        read_object("PricebookEntry", "01u", trade.PRICEBOOK_ENTRY, owned=False, plural="Pricebook Entries"),
        read_object("Order", "801", trade.ORDER),
        read_object("OrderItem", "802", trade.ORDER_ITEM, owned=False),
        read_object("Asset", "02i", service.ASSET),
        read_object("Case", "500", service.CASE, mergeable=True),
        read_object("CaseComment", "00a", service.CASE_COMMENT, owned=False),
        read_object("Task", "00T", service.TASK),
        read_object("Campaign", "701", trade.CAMPAIGN),
    ):
        defn.changed = moment
        _fix_currency(defn)
        defn.all_fields.extend(package.fields(defn.name))
        schema.add_object(defn)
    for defn in package.objects():
        defn.changed = moment
        schema.add_object(defn)
    schema.get("Account").all_fields.extend(_person_fields(schema.get("Contact").all_fields))


def _fix_currency(defn: ObjectType) -> None:
    """A price keeps its currency; a line has that of what it is in."""
    if defn.name not in ("PricebookEntry", "OpportunityLineItem", "OrderItem"):
        return
    for candidate in defn.all_fields:
        if candidate.name == "CurrencyIsoCode":
            candidate.updateable = False
            candidate.createable = defn.name == "PricebookEntry"


def add_fields(schema: Schema, defn: ObjectType, fields: list[Field], moment: float) -> None:
    """Give an object fields that an administrator made; accounts of persons show those of contacts too."""
    schema.add_fields(defn, fields, moment)
    if defn.name == "Contact":
        account = schema.get("Account")
        schema.add_fields(
            account, _person_fields(fields), moment if "person_accounts" in schema.features else account.changed
        )


def _person_fields(contact_fields: Iterable[Field]) -> list[Field]:
    """Account's view of the hidden contact, named by :func:`person_name`."""
    feature = "person_accounts"
    fields = []
    for candidate in contact_fields:
        name = person_name(candidate.name)
        if name is None or name in PERSON_SAME:
            continue
        changes: dict[str, Any] = {
            "label": "",
            "requires": feature,
            "unique": False,
            "external_id": False,
            "id_lookup": False,
        }
        if candidate.compound:
            changes["compound"] = f"Person{candidate.compound}"
        if candidate.requires is not None:
            changes["requires"] = f"{feature}+{candidate.requires}"
        if name == "PersonTitle":
            changes["length"] = 80
        if candidate.reference_to:
            changes["relationship"] = f"Person{candidate.relationship}"
            changes["child_relationship"] = None
        fields.append(replace(candidate, name=name, **changes))
    return fields


def person_name(contact_field: str) -> str | None:
    """The Account field that mirrors a Contact field of a person account; ``None`` when it is not mirrored."""
    if contact_field in PERSON_SAME:
        return contact_field
    if contact_field in PERSON_RENAMED or contact_field.startswith(PERSON_ADDRESSES):
        return f"Person{contact_field}"
    if contact_field.endswith("__c"):
        return f"{contact_field[:-3]}__pc"
    return None


def contact_field(account_field: Field) -> str | None:
    """The Contact field that an Account field mirrors; ``None`` for an account's own. See :func:`person_name`."""
    name = account_field.name
    if name.endswith("__pc"):
        return f"{name[:-4]}__c"
    return name.removeprefix("Person") if name.startswith("Person") and name != "PersonContactId" else None
