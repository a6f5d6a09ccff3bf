from collections.abc import Callable
from typing import Any

from odoo import fields
from odoo.modules.db import FunctionStatus


class BigInteger(fields.Integer):  # type: ignore[misc]
    """An integer in an int8 column: milliseconds since 1970 do not fit into int4."""

    _column_type = ("int8", "int8")


def search_by_parts(column: str) -> Callable[[Any], str]:
    """Return the definition of an index for searches by a part of a text; none where PostgreSQL has no trigrams."""

    def definition(registry: Any) -> str:
        if not registry.has_trigram or registry.has_unaccent == FunctionStatus.PRESENT:
            return ""
        return f"USING gin ({registry.unaccent(column)} gin_trgm_ops)"

    return definition
