"""Value transforms that only ticket desks need."""

import json
from typing import Any

from odoo.addons.retail_sync.adapter import TransformContext, TransformError, inverse, register
from odoo.addons.retail_sync.domain.canonical.schema import Value

LONGEST_VALUE = 2000


@register("desk_tags")
def desk_tags(value: Any, ctx: TransformContext) -> Value:
    """Tags as lines in the order of the alphabet, with the tag in lower case as their key."""
    if not isinstance(value, (list, tuple)):
        raise TransformError("BAD_VALUE", "Tags are a list.", ctx.field)
    found: dict[str, Any] = {}
    for tag in map(str, value):
        found.setdefault(tag.casefold(), {"key": tag.casefold(), "name": tag})
    return [found[key] for key in sorted(found)] or None


@inverse("desk_tags", takes_empty=True)
def desk_tags_out(value: Any, ctx: TransformContext) -> Any:
    """The tags of lines as a desk writes them: in lower case, with underscores for blanks."""
    names = [str(line.get("name") or line["key"]) for line in value or ()]
    return sorted({"_".join(name.lower().split()) for name in names if name.strip()})


@register("desk_custom")
def desk_custom(value: Any, ctx: TransformContext) -> Value:
    """Values of the desk's own fields as lines, those of no value left out."""
    if not isinstance(value, dict):
        raise TransformError("BAD_VALUE", "Custom fields are an object.", ctx.field)
    return [{"key": str(key), "value": _text(value[key])} for key in sorted(value)] or None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value[:LONGEST_VALUE]
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        return ", ".join(value)[:LONGEST_VALUE]
    return json.dumps(value, ensure_ascii=False)[:LONGEST_VALUE]
