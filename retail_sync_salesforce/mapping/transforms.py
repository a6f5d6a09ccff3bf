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

from ..client import ids


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
