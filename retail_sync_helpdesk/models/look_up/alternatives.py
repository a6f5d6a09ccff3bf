"""What may do instead of a product: its successor, other variants, others of its category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from odoo.tools import SQL

from .looking import Looking

__all__ = ["MOST", "of_products"]

# Alternatives that are shown of a product, and those that are looked at: a few of them are in stock.
MOST = 5
_LOOKED_AT = 20


def of_products(look: Looking, product_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Return {product id: others that are sold in the caller's companies}, the nearest first; one query.

    The keys of a row: id, sku, name, why (successor, same_template, same_category).
    """
    rows = look.env.execute_query_dict(
        SQL(
            "SELECT product.id AS of_product, other.* FROM product_product product"
            " JOIN product_template template ON template.id = product.product_tmpl_id"
            " CROSS JOIN LATERAL ("
            "   SELECT near.id, near.default_code AS sku, COALESCE(kind.name ->> %(lang)s, kind.name ->> 'en_US')"
            "     AS name, CASE WHEN near.id = product.successor_id THEN 'successor'"
            "     WHEN near.product_tmpl_id = template.id THEN 'same_template' ELSE 'same_category' END AS why,"
            "     CASE WHEN near.id = product.successor_id THEN 0"
            "     WHEN near.product_tmpl_id = template.id THEN 1 ELSE 2 END AS rank"
            "   FROM product_template kind JOIN product_product near ON near.product_tmpl_id = kind.id"
            "   WHERE near.active AND near.id <> product.id AND kind.active AND kind.sale_ok AND kind.is_storable"
            "     AND (kind.company_id IS NULL OR kind.company_id = ANY(%(companies)s))"
            "     AND (near.id = product.successor_id OR kind.id = template.id OR kind.categ_id = template.categ_id)"
            "   ORDER BY rank, abs(kind.list_price - template.list_price), near.id LIMIT %(most)s"
            " ) other WHERE product.id = ANY(%(ids)s) ORDER BY other.rank",
            lang=look.lang,
            companies=list(look.companies),
            most=_LOOKED_AT,
            ids=list(product_ids),
        )
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["of_product"]].append(row)
    return dict(found)
