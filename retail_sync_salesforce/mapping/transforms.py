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
