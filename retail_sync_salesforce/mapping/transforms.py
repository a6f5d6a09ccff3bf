"""Value transforms that only Salesforce needs."""

from typing import Any

from odoo.addons.retail_sync.domain.canonical.schema import make_ref
from odoo.addons.retail_sync.domain.mapping.inverse_transforms import ref_out
from odoo.addons.retail_sync.domain.mapping.transform_registry import (
    TransformContext,
    TransformError,
    inverse,
    register,
)
from odoo.addons.retail_sync.domain.mapping.transforms import line

from ..client import ids

# Names, among the owners found, the user who owns what belongs to a salesperson without a user.
STAND_IN = ""
# The salesperson was emptied, and no user stands for that: no fault, the record keeps its owner.
OWNER_NEEDED = "OWNER_NEEDED"


@register("salesforce_ref")
def salesforce_ref(value: Any, ctx: TransformContext) -> str | None:
    """Option ``object``: what the id belongs to -> "Object/id", the id with 18 characters.

    Formulas and old exports hold the 15-character form, which is the same record under another text.
    """
    text = str(value).strip()
    if not text:
        return None
    remote_object = ctx.options.get("object")
    if not remote_object:
        raise TransformError("BAD_MAPPING", "Transform 'salesforce_ref' needs the option 'object'.", ctx.field)
    try:
        return make_ref(remote_object, ids.to_18(text))
    except ValueError:
        raise TransformError("BAD_VALUE", f"{text!r} is not a Salesforce record id.", ctx.field) from None


@inverse("salesforce_ref")
def salesforce_ref_out(value: Any, ctx: TransformContext) -> Any:
    """The 18-character id of a reference to the row's own ``object``; nothing for any other reference."""
    return ref_out(value, ctx)


@register("salesforce_owner")
def salesforce_owner(value: Any, ctx: TransformContext) -> str | None:
    """The address of the user who owns the record, in small letters."""
    text = line(value, ctx)
    return str(text).lower() if text else None


@inverse("salesforce_owner", takes_empty=True, parts=lambda path, options: {"owner": "OwnerId"})
def salesforce_owner_out(value: Any, ctx: TransformContext) -> dict[str, Any]:
    """The id of the user who stands for a salesperson. Option ``sf_owners``: {address: (id, address)}."""
    owners = ctx.options.get("sf_owners") or {}
    user = owners.get(str(value or "").lower()) or owners.get(STAND_IN)
    if user:
        return {"OwnerId": user[0]}
    if value:
        text = "no active, licensed user of Salesforce has the salesperson's e-mail address; it was not sent."
        raise TransformError("OWNER_UNKNOWN", text, ctx.field)
    if not ctx.options.get("sf_creating") and not (ctx.record and ctx.present is None):
        raise TransformError(OWNER_NEEDED, "Salesforce keeps an owner on each record.", ctx.field)
    return {}


@register("salesforce_one_of")
def salesforce_one_of(value: Any, ctx: TransformContext) -> bool:
    """Option ``words``: whether the value is one of them, whatever the case."""
    words = {str(word).casefold() for word in ctx.options.get("words") or ()}
    return str(value).strip().casefold() in words


@register("salesforce_items")
def salesforce_items(value: Any, ctx: TransformContext) -> list[dict[str, Any]] | None:
    """Child rows of a record's products as keyed lines: the key is the id of the row.

    The price is the sales price before the discount, which is in percent. Money is in the currency of the record:
    option ``currency_field`` names its field, else option ``currency``.
    """
    if not isinstance(value, list):
        raise TransformError("BAD_LINES", "A list of products is expected.", ctx.field)
    field = ctx.options.get("currency_field")
    currency = (ctx.record.get(field) if field else None) or ctx.options.get("currency") or ""
    # A query without an order gives the rows as it likes.
    return sorted((_item(row, str(currency), ctx) for row in value), key=lambda item: str(item["key"])) or None


def _item(row: Any, currency: str, ctx: TransformContext) -> dict[str, Any]:
    if not isinstance(row, dict) or not row.get("Id"):
        raise TransformError("BAD_LINES", "A product row has no id.", ctx.field)
    product = (row.get("PricebookEntry") or {}).get("Product2") or {}
    sku, text = product.get("ProductCode") or product.get("StockKeepingUnit"), row.get("Description")
    found: dict[str, Any] = {
        "key": ids.to_18(str(row["Id"])),
        "sku": line(sku, ctx) if sku else None,
        "description": line(text, ctx) if text else None,
        # In the unit of Odoo's product: what an org calls its units is no code.
        "quantity": {"quantity": row.get("Quantity"), "unit": None},
        "unit_price": {"amount": row.get("UnitPrice"), "currency": currency},
        "discount": row.get("Discount"),
        "total": {"amount": row.get("TotalPrice"), "currency": currency},
        "requested_on": row.get("ServiceDate"),
    }
    return {name: value for name, value in found.items() if value is not None}
