"""Stock by warehouse, as it is now, and what else would do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from odoo import models
from odoo.tools import SQL

from ...api.schemas.stock import Alternative, ProductStock, Stock, WarehouseStock
from . import alternatives as others
from .looking import Looking, number, text

__all__ = ["answer"]

Levels = dict[tuple[int, int], Any]


def answer(look: Looking, skus: Sequence[str], alternatives: bool) -> Stock:
    """Return the stock of products in the warehouses of the caller's companies, in the order of the SKUs.

    The number of queries does not depend on the number of products.
    """
    products = _products(look, skus)
    warehouses = _warehouses(look)
    ids = [row["id"] for row in products.values()]
    offered = others.of_products(look, ids) if alternatives and ids else {}
    levels = _levels(look, {*ids, *(row["id"] for rows in offered.values() for row in rows)}, warehouses)
    expected = _expected(look, ids, warehouses)
    return Stock(
        as_of=look.at,
        items=tuple(_item(look, sku, products.get(sku.strip()), levels, expected, warehouses, offered) for sku in skus),
    )


def _item(
    look: Looking,
    sku: str,
    row: dict[str, Any] | None,
    levels: Levels,
    expected: dict[tuple[int, int], date],
    warehouses: models.BaseModel,
    offered: dict[int, list[dict[str, Any]]],
) -> ProductStock:
    if row is None:
        return ProductStock(sku=sku)
    return ProductStock(
        sku=sku,
        product_id=row["id"],
        name=text(row["name"]),
        kept=row["kept"],
        unit=text(row["unit"]),
        warehouses=tuple(_of_warehouses(row["id"], levels, expected, warehouses)) if row["kept"] else (),
        alternatives=tuple(_alternatives(offered.get(row["id"], ()), levels, warehouses)),
    )


def _of_warehouses(
    product_id: int, levels: Levels, expected: dict[tuple[int, int], date], warehouses: models.BaseModel
) -> Iterable[WarehouseStock]:
    for warehouse in warehouses:
        level = levels[product_id, warehouse.id]
        yield WarehouseStock(
            warehouse_id=warehouse.id,
            warehouse=text(warehouse.name),
            free=number(level.free),
            incoming=number(level.incoming),
            expected_on=expected.get((product_id, warehouse.id)) if level.incoming else None,
        )


def _alternatives(
    rows: Iterable[dict[str, Any]], levels: Levels, warehouses: models.BaseModel
) -> Iterable[Alternative]:
    """Yield what is free in any of the warehouses, a few at most."""
    shown = 0
    for row in rows:
        free = sum(max(levels[row["id"], warehouse.id].free, 0) for warehouse in warehouses)
        if free > 0 and shown < others.MOST:
            shown += 1
            yield Alternative(
                product_id=row["id"], sku=text(row["sku"]), name=text(row["name"]), why=row["why"], free=number(free)
            )


def _products(look: Looking, skus: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return {SKU: product} of the caller's companies: of several with one SKU the one that is sold, the oldest."""
    kits = SQL("FALSE")
    if "mrp.bom" in look.env:
        # Of a kit, the stock of its components counts.
        kits = SQL(
            "EXISTS (SELECT FROM mrp_bom bom WHERE bom.type = 'phantom' AND bom.active AND (bom.product_id = product.id"
            " OR bom.product_id IS NULL AND bom.product_tmpl_id = template.id))"
        )
    rows = look.env.execute_query_dict(
        SQL(
            "SELECT product.id, product.default_code AS sku, COALESCE(template.name ->> %(lang)s,"
            " template.name ->> 'en_US') AS name, (template.is_storable OR %(kits)s) AS kept,"
            " COALESCE(unit.name ->> %(lang)s, unit.name ->> 'en_US') AS unit"
            " FROM product_product product JOIN product_template template ON template.id = product.product_tmpl_id"
            " JOIN uom_uom unit ON unit.id = template.uom_id"
            " WHERE product.default_code = ANY(%(skus)s) AND product.active"
            " AND (template.company_id IS NULL OR template.company_id = ANY(%(companies)s))"
            " ORDER BY template.sale_ok, product.id DESC",
            lang=look.lang,
            kits=kits,
            skus=[sku.strip() for sku in skus],
            companies=list(look.companies),
        )
    )
    return {row["sku"]: row for row in rows}


def _warehouses(look: Looking) -> models.BaseModel:
    warehouses = look.env["stock.warehouse"].with_context(active_test=True, prefetch_fields=False)
    domain = [("company_id", "in", list(look.companies))]
    return warehouses.search_fetch(domain, ["name", "company_id"], order="company_id, sequence, id")


def _levels(look: Looking, product_ids: Iterable[int], warehouses: models.BaseModel) -> Levels:
    ids = sorted(product_ids)
    if not ids or not warehouses:
        return {}
    products = look.env["product.product"].with_context(prefetch_fields=False).browse(ids)
    levels: Levels = products._retail_sync_levels(warehouses)
    return levels


def _expected(look: Looking, product_ids: Sequence[int], warehouses: models.BaseModel) -> dict[tuple[int, int], date]:
    """Return {(product id, warehouse id): day on which the next goods come in from outside the warehouse}."""
    if not product_ids or not warehouses:
        return {}
    rows = look.env.execute_query(
        SQL(
            "WITH place AS MATERIALIZED (SELECT location.id, warehouse.id AS warehouse_id"
            " FROM stock_warehouse warehouse JOIN stock_location top ON top.id = warehouse.view_location_id"
            " JOIN stock_location location ON starts_with(location.parent_path, top.parent_path)"
            " WHERE warehouse.id = ANY(%s))"
            " SELECT move.product_id, target.warehouse_id, min(move.date)::date FROM stock_move move"
            " JOIN place target ON target.id = COALESCE(move.location_final_id, move.location_dest_id)"
            " LEFT JOIN place source ON source.id = move.location_id"
            " WHERE move.product_id = ANY(%s) AND move.state IN ('waiting', 'confirmed', 'assigned',"
            " 'partially_available') AND source.warehouse_id IS DISTINCT FROM target.warehouse_id"
            " GROUP BY move.product_id, target.warehouse_id",
            warehouses.ids,
            list(product_ids),
        )
    )
    return {(product_id, warehouse_id): day for product_id, warehouse_id, day in rows}
