"""Rules built into price books, opportunities and orders, and the totals that they compute."""

from __future__ import annotations

from typing import Any

from . import statuses
from .errors import ApiError
from .org import Org
from .schema import ObjectType
from .table import Row, set_value

Parent = tuple[str, str, dict[str, Any]]


def integrity(message: str, *fields: str) -> ApiError:
    """A refusal that the platform gives where values contradict each other."""
    return ApiError("FIELD_INTEGRITY_EXCEPTION", message, fields=list(fields))


def _changed(new: Row, old: Row, values: dict[str, Any], *names: str) -> list[str]:
    return [name for name in names if name in values and new.get(name) != old.get(name)]


# -- prices
def _price_entry(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    product = org.store.table("Product2").live.get(new.get("Product2Id") or "")
    if product is not None:
        set_value(new, "Name", product.get("Name"))
        set_value(new, "ProductCode", product.get("ProductCode"))
    others = [row for row in _entries(org, new) if row.get("CurrencyIsoCode") == new.get("CurrencyIsoCode")]
    standard = next((row for row in others if row.get("Pricebook2Id") == org.standard_pricebook), None)
    custom = new.get("Pricebook2Id") != org.standard_pricebook
    if old is None:
        # Nothing is converted: each currency needs a standard price of its own.
        if custom and (standard is None or not standard.get("IsActive")):
            message = "Before creating a custom price, create a standard price."
            raise ApiError("STANDARD_PRICE_NOT_DEFINED", message, fields=[])
        if any(row.get("Pricebook2Id") == new.get("Pricebook2Id") for row in others):
            message = "This price definition already exists in this price book"
            raise ApiError("DUPLICATE_VALUE", message, fields=[])
    if new.get("UseStandardPrice"):
        _follow_standard(new, old, values, standard if custom else None)
    elif old is not None and old.get("UseStandardPrice") and "UnitPrice" in values:
        # The switch and the price do not go in one call.
        raise integrity("field integrity exception: UnitPrice (the entry uses the standard price)", "UnitPrice")


def _follow_standard(new: Row, old: Row | None, values: dict[str, Any], standard: Row | None) -> None:
    if standard is None:
        raise integrity("field integrity exception: UseStandardPrice (a standard price cannot follow itself)")
    if "UnitPrice" in values and (old is not None or values["UnitPrice"] != standard.get("UnitPrice")):
        raise integrity("field integrity exception: UnitPrice (the entry uses the standard price)", "UnitPrice")
    set_value(new, "UnitPrice", standard.get("UnitPrice"))


def _entries(org: Org, entry: Row) -> list[Row]:
    defn = org.schema.get("PricebookEntry")
    found = org.store.table("PricebookEntry").find(defn.fields["product2id"], entry.get("Product2Id"))
    return [row for row in found if row["Id"] != entry.get("Id")]


def followers(org: Org, defn: ObjectType, row: Row) -> list[tuple[Row, dict[str, Any]]]:
    """Entries that take the price of a standard entry that was saved, each with its new values."""
    if defn.name != "PricebookEntry" or row.get("Pricebook2Id") != org.standard_pricebook:
        return []
    return [
        (entry, {"UnitPrice": row.get("UnitPrice")})
        for entry in _entries(org, row)
        if entry.get("UseStandardPrice")
        and entry.get("CurrencyIsoCode") == row.get("CurrencyIsoCode")
        and entry.get("UnitPrice") != row.get("UnitPrice")
    ]


def _entry_of(org: Org, line: Row, parent: Row, what: str, old: Row | None) -> Row:
    """The price of a line, which must be of the parent's price book and currency, and sold when the line is new."""
    entry = org.store.table("PricebookEntry").live.get(line.get("PricebookEntryId") or "") or {}
    book = parent.get("Pricebook2Id")
    if entry.get("Pricebook2Id") != book and (book or what == "order"):
        raise integrity(
            f"Price Book Entry ID: the pricebook entry is in a different pricebook than the one assigned to the {what}",
            "PricebookEntryId",
        )
    if entry.get("CurrencyIsoCode") != parent.get("CurrencyIsoCode"):
        raise integrity(
            f"The pricebook entry currency code does not match the {what} currency code", "PricebookEntryId"
        )
    product = org.store.table("Product2").live.get(entry.get("Product2Id") or "") or {}
    if old is None and not (entry.get("IsActive") and product.get("IsActive")):
        raise integrity("field integrity exception: PricebookEntryId (pricebook entry is inactive)", "PricebookEntryId")
    line["Product2Id"] = entry.get("Product2Id")
    set_value(line, "ListPrice", entry.get("UnitPrice"))
    set_value(line, "CurrencyIsoCode", parent.get("CurrencyIsoCode"))
    return entry


# -- opportunities
def _opportunity(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    stage = statuses.stage(org, new.get("StageName"))
    new["IsClosed"], new["IsWon"] = stage.closed, stage.won
    if "StageName" in values and "Probability" not in values and stage.probability is not None:
        new["Probability"] = stage.probability
    if old is None or not old.get("HasOpportunityLineItem"):
        return
    if "Amount" in values:
        # With lines the amount is their total: what a caller sends is silently set aside.
        set_value(new, "Amount", old.get("Amount"))
    fixed = _changed(new, old, values, "Pricebook2Id", "CurrencyIsoCode")
    if fixed:
        raise integrity("field integrity exception: the opportunity has products", *fixed)


def _opportunity_line(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    if old is None and new.get("PricebookEntryId") is None and new.get("Product2Id") is None:
        raise ApiError(
            "REQUIRED_FIELD_MISSING", "Required fields are missing: [PricebookEntryId]", fields=["PricebookEntryId"]
        )
    if "UnitPrice" in values and "TotalPrice" in values and old is None:
        raise integrity("only one of unit price or total price may be specified", "UnitPrice", "TotalPrice")
    opportunity = org.store.table("Opportunity").live.get(new.get("OpportunityId") or "") or {}
    if new.get("PricebookEntryId"):
        entry = _entry_of(org, new, opportunity, "opportunity", old)
        set_value(new, "ProductCode", entry.get("ProductCode"))
        set_value(new, "Name", f"{opportunity.get('Name')} {entry.get('Name')}"[:376])
    quantity = new.get("Quantity") or 0.0
    rate = 1 - (new.get("Discount") or 0.0) / 100
    if "TotalPrice" in values and quantity and rate:
        new["UnitPrice"] = round((new.get("TotalPrice") or 0.0) / quantity / rate, 2)
    elif new.get("UnitPrice") is not None:
        new["TotalPrice"] = round(new["UnitPrice"] * quantity * rate, 2)
    if new.get("UnitPrice") is not None:
        new["Subtotal"] = round(new["UnitPrice"] * quantity, 2)


# -- orders
def _order(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    active = statuses.order_code(org, new.get("Status")) == statuses.ACTIVATED
    if old is None:
        if active:
            raise ApiError("FAILED_ACTIVATION", "Choose a valid order status and save your changes", fields=["Status"])
        new.update(StatusCode=statuses.DRAFT, TotalAmount=0.0)
        return
    was_active = old.get("StatusCode") == statuses.ACTIVATED
    fixed = _changed(new, old, values, "AccountId", "Pricebook2Id", "EffectiveDate", "CurrencyIsoCode")
    if was_active and fixed:
        raise integrity("An activated order can't be edited: the field is locked", *fixed)
    items = _items(org, new["Id"])
    if items and _changed(new, old, values, "Pricebook2Id"):
        raise integrity("You can't change the price book of an order that has products", "Pricebook2Id")
    if items and _changed(new, old, values, "CurrencyIsoCode"):
        raise integrity("You can't change the currency of an order that has products", "CurrencyIsoCode")
    if active and not was_active:
        if not items:
            raise ApiError("FAILED_ACTIVATION", "An order must have at least one product.", fields=[])
        new.update(ActivatedDate=new["SystemModstamp"], ActivatedById=new["LastModifiedById"])
    if not active:
        new.pop("ActivatedDate", None)
        new.pop("ActivatedById", None)
    new["StatusCode"] = statuses.ACTIVATED if active else statuses.DRAFT


def _order_item(org: Org, new: Row, old: Row | None, values: dict[str, Any]) -> None:
    order = org.store.table("Order").live.get(new.get("OrderId") or "") or {}
    _refuse_activated(order)
    _entry_of(org, new, order, "order", old)
    if old is not None and "Quantity" in values and "UnitPrice" not in values and new.get("Quantity"):
        # A quantity alone keeps the total and takes another price.
        new["UnitPrice"] = round((old.get("TotalPrice") or 0.0) / new["Quantity"], 2)
    new["TotalPrice"] = round((new.get("UnitPrice") or 0.0) * (new.get("Quantity") or 0.0), 2)


def _refuse_activated(order: Row) -> None:
    if order.get("StatusCode") == statuses.ACTIVATED:
        raise integrity("You can't add, edit or remove products of an activated order")


def _items(org: Org, order_id: str) -> list[Row]:
    return org.store.table("OrderItem").find(org.schema.get("OrderItem").fields["orderid"], order_id)


def before_delete(org: Org, defn: ObjectType, row: Row) -> None:
    """Refuse what may not go: an activated order and what it sells, and the standard price book."""
    if defn.name == "OrderItem":
        _refuse_activated(org.store.table("Order").live.get(row.get("OrderId") or "") or {})
    elif defn.name == "Order" and row.get("StatusCode") == statuses.ACTIVATED:
        raise ApiError("DELETE_FAILED", "Your attempt to delete this order failed: it is activated.", fields=[])
    elif defn.name == "Pricebook2" and row.get("IsStandard"):
        raise ApiError("DELETE_FAILED", "You can't delete the standard price book.", fields=[])


def parent_totals(org: Org, defn: ObjectType, row: Row) -> Parent | None:
    """(object, id, values) of the parent whose total a saved or deleted line changes."""
    if defn.name == "OrderItem" and row.get("OrderId"):
        total = sum(line.get("TotalPrice") or 0.0 for line in _items(org, row["OrderId"]))
        return "Order", row["OrderId"], {"TotalAmount": round(total, 2)}
    if defn.name == "OpportunityLineItem" and row.get("OpportunityId"):
        reference = defn.fields["opportunityid"]
        lines = org.store.table(defn.name).find(reference, row["OpportunityId"])
        total = sum(line.get("TotalPrice") or 0.0 for line in lines)
        values = {"Amount": round(total, 2), "HasOpportunityLineItem": bool(lines)}
        entry = org.store.table("PricebookEntry").live.get(row.get("PricebookEntryId") or "")
        if lines and entry is not None:
            # The first line gives its price book to an opportunity that has none.
            values["Pricebook2Id"] = entry["Pricebook2Id"]
        return "Opportunity", row["OpportunityId"], values
    return None


RULES = {
    "Opportunity": _opportunity,
    "PricebookEntry": _price_entry,
    "OpportunityLineItem": _opportunity_line,
    "Order": _order,
    "OrderItem": _order_item,
}
