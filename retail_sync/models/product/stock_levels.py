"""The stock of published products by warehouse: computed by one query for a page of products, kits by Odoo.

What is computed equals what Odoo shows on the product with the warehouse in the context: `free_qty`, `qty_available`,
`incoming_qty`, `virtual_available`.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...runtime.sql import execute_values

# States of moves that are under way, as Odoo's own forecast counts them.
OPEN_STATES = ("waiting", "confirmed", "assigned", "partially_available")


class Level(NamedTuple):
    """Quantities of a product in a warehouse, in the unit of the product."""

    free: float
    on_hand: float
    incoming: float
    forecast: float


def compute(
    env: Environment, product_ids: Collection[int], warehouses: models.BaseModel
) -> dict[tuple[int, int], Level]:
    """Return {(product id, warehouse id): level} of products, in all of the warehouses."""
    products = env["product.product"].sudo().browse(sorted(product_ids))
    kits = _kits(env, products)
    levels = _counted(env, products - kits, warehouses)
    for warehouse in warehouses:
        in_warehouse = kits.with_company(warehouse.company_id).with_context(warehouse_id=warehouse.id)
        for kit in in_warehouse:
            levels[kit.id, warehouse.id] = Level(
                kit.free_qty, kit.qty_available, kit.incoming_qty, kit.virtual_available
            )
    return levels


def _kits(env: Environment, products: models.BaseModel) -> models.BaseModel:
    """Return those of the products whose stock is that of their components."""
    if "mrp.bom" not in env or not products:
        return products.browse()
    rows = env.execute_query(
        SQL(
            "SELECT DISTINCT product.id FROM product_product product JOIN mrp_bom bom ON bom.type = 'phantom' AND"
            " bom.active AND (bom.product_id = product.id OR bom.product_id IS NULL"
            " AND bom.product_tmpl_id = product.product_tmpl_id) WHERE product.id = ANY(%s)",
            products.ids,
        )
    )
    return products.browse([product_id for (product_id,) in rows])


def _counted(
    env: Environment, products: models.BaseModel, warehouses: models.BaseModel
) -> dict[tuple[int, int], Level]:
    """Return the levels of products that are counted themselves, by one query over quants and open moves."""
    env["stock.quant"].flush_model(["product_id", "location_id", "quantity", "reserved_quantity"])
    env["stock.move"].flush_model(
        ["product_id", "location_id", "location_dest_id", "location_final_id", "state", "product_qty"]
    )
    env["stock.location"].flush_model(["parent_path"])
    rows = env.execute_query(
        SQL(
            """
            WITH place AS MATERIALIZED (
                SELECT location.id, warehouse.id AS warehouse_id
                  FROM stock_warehouse warehouse
                  JOIN stock_location top ON top.id = warehouse.view_location_id
                  JOIN stock_location location ON starts_with(location.parent_path, top.parent_path)
                 WHERE warehouse.id = ANY(%(warehouses)s)
            ), open AS (
                SELECT move.product_id, move.product_qty, source.warehouse_id AS source_id,
                       target.warehouse_id AS target_id
                  FROM stock_move move
                  LEFT JOIN place source ON source.id = move.location_id
                  LEFT JOIN place target ON target.id = COALESCE(move.location_final_id, move.location_dest_id)
                 WHERE move.product_id = ANY(%(products)s) AND move.state = ANY(%(states)s)
                   AND source.warehouse_id IS DISTINCT FROM target.warehouse_id
            ), part AS (
                SELECT quant.product_id, place.warehouse_id, quant.quantity AS on_hand,
                       quant.reserved_quantity AS reserved, 0 AS incoming, 0 AS outgoing
                  FROM stock_quant quant JOIN place ON place.id = quant.location_id
                 WHERE quant.product_id = ANY(%(products)s)
                UNION ALL
                SELECT product_id, target_id, 0, 0, product_qty, 0 FROM open WHERE target_id IS NOT NULL
                UNION ALL
                SELECT product_id, source_id, 0, 0, 0, product_qty FROM open WHERE source_id IS NOT NULL
            )
            SELECT product_id, warehouse_id, SUM(on_hand), SUM(reserved), SUM(incoming), SUM(outgoing)
              FROM part GROUP BY product_id, warehouse_id
            """,
            warehouses=warehouses.ids,
            products=products.ids,
            states=list(OPEN_STATES),
        )
    )
    unit_of = {product.id: product.uom_id for product in products}
    levels = {(product.id, warehouse.id): Level(0, 0, 0, 0) for product in products for warehouse in warehouses}
    for product_id, warehouse_id, on_hand, reserved, incoming, outgoing in rows:
        unit = unit_of[product_id]
        coming, going = unit.round(float(incoming)), unit.round(float(outgoing))
        levels[product_id, warehouse_id] = Level(
            unit.round(float(on_hand or 0) - float(reserved or 0)),
            unit.round(float(on_hand or 0)),
            coming,
            unit.round(float(on_hand or 0) + coming - going),
        )
    return levels


def store(env: Environment, product_ids: Collection[int], levels: dict[tuple[int, int], Level]) -> int:
    """Write levels that differ from what is stored; those of these products that are not in it are published no more.

    :return: how many rows changed
    """
    companies = {
        warehouse.id: warehouse.company_id.id
        for warehouse in env["stock.warehouse"].sudo().browse(sorted({key[1] for key in levels}))
    }
    changed = execute_values(
        env,
        "INSERT INTO retail_sync_stock_level AS level (product_id, warehouse_id, company_id, free, on_hand, incoming,"
        " forecast, as_of, active, create_date, write_date) VALUES %s"
        " ON CONFLICT (product_id, warehouse_id) DO UPDATE SET free = EXCLUDED.free, on_hand = EXCLUDED.on_hand,"
        " incoming = EXCLUDED.incoming, forecast = EXCLUDED.forecast, as_of = EXCLUDED.as_of, active = TRUE,"
        " write_date = EXCLUDED.write_date WHERE (level.free, level.on_hand, level.incoming, level.forecast,"
        " level.active) IS DISTINCT FROM (EXCLUDED.free, EXCLUDED.on_hand, EXCLUDED.incoming, EXCLUDED.forecast, TRUE)"
        " RETURNING id",
        [
            (product_id, warehouse_id, companies[warehouse_id], *level)
            for (product_id, warehouse_id), level in sorted(levels.items())
        ],
        template="(%s, %s, %s, %s::numeric, %s::numeric, %s::numeric, %s::numeric,"
        " date_trunc('second', clock_timestamp() AT TIME ZONE 'UTC'), TRUE, now() AT TIME ZONE 'UTC',"
        " now() AT TIME ZONE 'UTC')",
    )
    published: dict[int, list[int]] = defaultdict(list)
    for product_id, warehouse_id in levels:
        published[warehouse_id].append(product_id)
    pairs = [(product_id, warehouse_id) for warehouse_id, ids in published.items() for product_id in ids]
    env.cr.execute(
        SQL(
            "UPDATE retail_sync_stock_level level SET active = FALSE, write_date = now() AT TIME ZONE 'UTC'"
            " WHERE level.product_id = ANY(%s) AND level.active AND NOT EXISTS (SELECT FROM"
            " unnest(%s::int[], %s::int[]) AS wanted (product_id, warehouse_id)"
            " WHERE wanted.product_id = level.product_id AND wanted.warehouse_id = level.warehouse_id)",
            list(product_ids),
            [pair[0] for pair in pairs],
            [pair[1] for pair in pairs],
        )
    )
    env["retail.sync.stock.level"].invalidate_model()
    return len(changed) + int(env.cr.rowcount)


def refresh(env: Environment, product_ids: Collection[int], warehouses: models.BaseModel) -> int:
    """Compute the stock of products again, and store what has changed; return how many rows changed."""
    rows = env.execute_query(
        SQL("SELECT DISTINCT published_id FROM retail_sync_stock_watch WHERE published_id = ANY(%s)", list(product_ids))
    )
    watched = [product_id for (product_id,) in rows]
    return store(env, product_ids, compute(env, watched, warehouses) if watched and warehouses else {})
