"""Two products with one SKU: neither is picked silently, a person decides which of them has it."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.resilience.faults import FaultClass, FaultError

CODE = "SKU_NOT_UNIQUE"


def refusals(
    env: Environment, stream: models.BaseModel, local: Mapping[int, Mapping[str, Any]], bases: Mapping[int, Any]
) -> dict[int, FaultError]:
    """Return {product id: fault} of products that would come to have the SKU of another product that is sold.

    A product whose SKU the platform has already is not kept back by a later one.

    :param local: {product id: folded values}
    :param bases: {product id: the values that the platform accepted last}; of new products there is none
    """
    coming = {
        res_id: values["sku"]
        for res_id, values in local.items()
        if values.get("sku") and values.get("active") and (bases.get(res_id) or {}).get("sku") != values["sku"]
    }
    if not coming:
        return {}
    others = _sold_with(env, stream, set(coming.values()))
    found = {}
    for res_id, sku in coming.items():
        same = [(other_id, name) for other_id, name in others.get(sku, ()) if other_id != res_id]
        if same:
            found[res_id] = FaultError(FaultClass.business, CODE, _text(env, sku, local[res_id], res_id, same))
    return found


def _sold_with(env: Environment, stream: models.BaseModel, skus: set[str]) -> dict[str, list[tuple[int, str]]]:
    """Return {SKU: [(product id, name)]} of the products that are sold, by one query."""
    env["product.product"].flush_model(["default_code", "active", "product_tmpl_id"])
    env["product.template"].flush_model(["name", "sale_ok", "type", "company_id"])
    company = stream.connection_id.company_id.id
    rows = env.execute_query(
        SQL(
            "SELECT product.default_code, product.id, COALESCE(template.name ->> %s, template.name ->> 'en_US')"
            " FROM product_product product JOIN product_template template ON template.id = product.product_tmpl_id"
            " WHERE product.default_code = ANY(%s) AND product.active AND template.sale_ok AND template.type <> 'combo'"
            " AND (%s IS NULL OR template.company_id IS NULL OR template.company_id = %s) ORDER BY product.id",
            env.lang or "en_US",
            sorted(skus),
            company or None,
            company or None,
        )
    )
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for sku, product_id, name in rows:
        found[sku].append((product_id, name))
    return found


def _text(env: Environment, sku: str, values: Mapping[str, Any], res_id: int, same: list[tuple[int, str]]) -> str:
    """Return what people read: the SKU and all products that have it."""
    products = [(res_id, values.get("name") or ""), *same]
    return env._(
        "The SKU %(sku)s stands for more than one product: %(products)s. Give each its own SKU, or archive one, and "
        "retry.",
        sku=sku,
        products=", ".join(f"{name} (#{product_id})" for product_id, name in products),
    )
