"""Values the platform computes, and rules built into standard objects."""

from __future__ import annotations

from typing import Any

from .errors import ApiError
from .org import Org
from .schema import ObjectType
from .table import Row

_CLOSED_STAGES = {"closed won", "closed lost"}
_PROBABILITIES = {"prospecting": 10.0, "qualification": 10.0, "needs analysis": 20.0, "proposal/price quote": 75.0,
                  "negotiation/review": 90.0, "closed won": 100.0, "closed lost": 0.0}  # fmt: skip


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
            _set(new, target, contact.get(source))
    elif "ContactId" in values:
        _set(new, "ContactEmail", None)
        _set(new, "ContactPhone", None)
    closed = (new.get("Status") or "").lower() == "closed"
    if closed and not new.get("IsClosed"):
        new["ClosedDate"] = new["SystemModstamp"]
    if not closed:
        new.pop("ClosedDate", None)
    new["IsClosed"] = closed


def _task(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    new["IsClosed"] = (new.get("Status") or "").lower() == "completed"


def _opportunity(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    stage = (new.get("StageName") or "").lower()
    new["IsClosed"] = stage in _CLOSED_STAGES
    new["IsWon"] = stage == "closed won"
    if "StageName" in values and "Probability" not in values and stage in _PROBABILITIES:
        new["Probability"] = _PROBABILITIES[stage]
    if old is not None and old.get("HasOpportunityLineItem") and "Amount" in values:
        # With lines the amount is their total: what a caller sends is silently set aside.
        _set(new, "Amount", old.get("Amount"))


def _price_entry(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    product = org.store.table("Product2").live.get(new.get("Product2Id") or "")
    if product is not None:
        _set(new, "Name", product.get("Name"))
        _set(new, "ProductCode", product.get("ProductCode"))
    if old is None and new.get("Pricebook2Id") != org.standard_pricebook:
        standard = [row for row in _entries(org, new) if row.get("Pricebook2Id") == org.standard_pricebook]
        if not standard:
            message = "Before creating a custom price, create a standard price."
            raise ApiError("STANDARD_PRICE_NOT_DEFINED", message, fields=[])
    if old is None:
        duplicates = [
            r for r in _entries(org, new) if all(r.get(k) == new.get(k) for k in ("Pricebook2Id", "CurrencyIsoCode"))
        ]
        if duplicates:
            message = "This price definition already exists in this price book"
            raise ApiError("DUPLICATE_VALUE", message, fields=[])


def _entries(org: Org, entry: Row) -> list[Row]:
    defn = org.schema.get("PricebookEntry")
    found = org.store.table("PricebookEntry").find(defn.fields["product2id"], entry.get("Product2Id"))
    return [row for row in found if row["Id"] != entry.get("Id")]


def _opportunity_line(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    if old is None and new.get("PricebookEntryId") is None and new.get("Product2Id") is None:
        raise ApiError(
            "REQUIRED_FIELD_MISSING", "Required fields are missing: [PricebookEntryId]", fields=["PricebookEntryId"]
        )
    if "UnitPrice" in values and "TotalPrice" in values and old is None:
        message = "only one of unit price or total price may be specified"
        raise ApiError("FIELD_INTEGRITY_EXCEPTION", message, fields=["UnitPrice", "TotalPrice"])
    entry = org.store.table("PricebookEntry").live.get(new.get("PricebookEntryId") or "")
    if entry is not None:
        new["Product2Id"] = entry["Product2Id"]
        _set(new, "ListPrice", entry.get("UnitPrice"))
        _set(new, "ProductCode", entry.get("ProductCode"))
    quantity = new.get("Quantity") or 0.0
    if "TotalPrice" in values and quantity:
        new["UnitPrice"] = round((new.get("TotalPrice") or 0.0) / quantity, 2)
    elif new.get("UnitPrice") is not None:
        new["TotalPrice"] = round(new["UnitPrice"] * quantity, 2)


def _order(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    active = (new.get("Status") or "").lower() == "activated"
    if old is None:
        if active:
            raise ApiError("FAILED_ACTIVATION", "Choose a valid order status and save your changes", fields=["Status"])
        new.update(StatusCode="Draft", TotalAmount=0.0)
        return
    was_active = old.get("StatusCode") == "Activated"
    if was_active and set(values) & {"AccountId", "Pricebook2Id", "EffectiveDate", "CurrencyIsoCode"}:
        message = "An activated order can't be edited: the field is locked"
        raise ApiError("FIELD_INTEGRITY_EXCEPTION", message, fields=sorted(values))
    items = _lines(org, new["Id"])
    if "Pricebook2Id" in values and old.get("Pricebook2Id") != new.get("Pricebook2Id") and items:
        message = "You can't change the price book of an order that has products"
        raise ApiError("FIELD_INTEGRITY_EXCEPTION", message, fields=["Pricebook2Id"])
    if active and not was_active:
        if not items:
            raise ApiError("FAILED_ACTIVATION", "An order must have at least one product.", fields=[])
        new.update(ActivatedDate=new["SystemModstamp"], ActivatedById=new["LastModifiedById"])
    new["StatusCode"] = "Activated" if active else "Draft"


def _order_item(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    order = org.store.table("Order").live.get(new.get("OrderId") or "") or {}
    if order.get("StatusCode") == "Activated":
        message = "You can't add, edit or remove products of an activated order"
        raise ApiError("FIELD_INTEGRITY_EXCEPTION", message, fields=[])
    entry = org.store.table("PricebookEntry").live.get(new.get("PricebookEntryId") or "") or {}
    if entry.get("Pricebook2Id") != order.get("Pricebook2Id"):
        message = (
            "Price Book Entry ID: the pricebook entry is in a different pricebook than the one assigned to the order"
        )
        raise ApiError("FIELD_INTEGRITY_EXCEPTION", message, fields=["PricebookEntryId"])
    if entry.get("CurrencyIsoCode") != order.get("CurrencyIsoCode"):
        message = "The pricebook entry currency code does not match the order currency code"
        raise ApiError("FIELD_INTEGRITY_EXCEPTION", message, fields=["PricebookEntryId"])
    new["Product2Id"] = entry.get("Product2Id")
    _set(new, "ListPrice", entry.get("UnitPrice"))
    new["TotalPrice"] = round((new.get("UnitPrice") or 0.0) * (new.get("Quantity") or 0.0), 2)


def _lines(org: Org, order_id: str) -> list[Row]:
    return org.store.table("OrderItem").find(org.schema.get("OrderItem").fields["orderid"], order_id)


def parent_totals(org: Org, defn: ObjectType, row: Row) -> tuple[str, str, dict[str, Any]] | None:
    """(object, id, values) of the parent whose total a saved or deleted line changes."""
    if defn.name == "OrderItem" and row.get("OrderId"):
        total = sum(line.get("TotalPrice") or 0.0 for line in _lines(org, row["OrderId"]))
        return "Order", row["OrderId"], {"TotalAmount": round(total, 2)}
    if defn.name == "OpportunityLineItem" and row.get("OpportunityId"):
        reference = defn.fields["opportunityid"]
        lines = org.store.table(defn.name).find(reference, row["OpportunityId"])
        total = sum(line.get("TotalPrice") or 0.0 for line in lines)
        return "Opportunity", row["OpportunityId"], {"Amount": round(total, 2), "HasOpportunityLineItem": bool(lines)}
    return None


def _asset(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    if new.get("AccountId") is None and new.get("ContactId") is None:
        message = "Every asset needs an account, a contact, or both."
        raise ApiError("FIELD_INTEGRITY_EXCEPTION", message, fields=["AccountId", "ContactId"])


def _set(row: Row, name: str, value: Any) -> None:
    if value is None:
        row.pop(name, None)
    else:
        row[name] = value


_RULES = {
    "Contact": _person,
    "Individual": _person,
    "User": _person,
    "Lead": _lead,
    "Case": _case,
    "Task": _task,
    "Opportunity": _opportunity,
    "PricebookEntry": _price_entry,
    "OpportunityLineItem": _opportunity_line,
    "Order": _order,
    "OrderItem": _order_item,
    "Asset": _asset,
}
