"""Of which products and warehouses stock is published, and whose stock that takes."""

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from . import published, stale


def warehouses(env: Environment) -> models.BaseModel:
    """Return the warehouses whose stock a stream publishes."""
    found = env["stock.warehouse"].sudo().browse()
    for stream in published.streams(env, "stock"):
        found |= of_stream(stream)
    return found


def of_stream(stream: models.BaseModel) -> models.BaseModel:
    """Return the warehouses of a stream: those that were chosen, else all of its company."""
    chosen = stream.sudo().stock_warehouse_ids
    if chosen:
        return chosen
    company = stream.connection_id.company_id.id
    return stream.env["stock.warehouse"].sudo().search([("company_id", "=", company)] if company else [], limit=None)


def refresh_watch(env: Environment) -> set[int]:
    """Bring the watched products in line with the flags of products and with the kits; return the ids of changed ones.

    With no stream of stock, nothing is watched.
    """
    env["product.template"].flush_model(["stock_published", "active"])
    env["product.product"].flush_model(["active", "product_tmpl_id"])
    wanted = (
        _wanted(env) if published.streams(env, "stock") else SQL("SELECT 0 AS product_id, 0 AS published_id LIMIT 0")
    )
    rows = env.execute_query(
        SQL(
            "WITH wanted AS MATERIALIZED (%s),"
            " gone AS (DELETE FROM retail_sync_stock_watch watch WHERE NOT EXISTS (SELECT FROM wanted"
            " WHERE wanted.product_id = watch.product_id AND wanted.published_id = watch.published_id)"
            " RETURNING published_id),"
            " new AS (INSERT INTO retail_sync_stock_watch (product_id, published_id)"
            " SELECT product_id, published_id FROM wanted ON CONFLICT DO NOTHING RETURNING published_id)"
            " SELECT published_id FROM gone UNION SELECT published_id FROM new",
            wanted,
        )
    )
    return {product_id for (product_id,) in rows}


def _wanted(env: Environment) -> SQL:
    """Return the query of (product_id, published_id): flagged products, and for kits their components at any depth."""
    flagged = SQL(
        "SELECT product.id AS product_id, product.id AS published_id FROM product_product product"
        " JOIN product_template template ON template.id = product.product_tmpl_id"
        " WHERE template.stock_published AND template.active AND product.active"
    )
    if "mrp.bom" not in env:
        return flagged
    env["mrp.bom"].flush_model()
    env["mrp.bom.line"].flush_model()
    return SQL(
        "WITH RECURSIVE part AS (%s UNION SELECT line.product_id, part.published_id FROM part"
        " JOIN product_product product ON product.id = part.product_id"
        " JOIN mrp_bom bom ON bom.type = 'phantom' AND bom.active AND (bom.product_id = product.id"
        " OR bom.product_id IS NULL AND bom.product_tmpl_id = product.product_tmpl_id)"
        " JOIN mrp_bom_line line ON line.bom_id = bom.id) SELECT product_id, published_id FROM part",
        flagged,
    )


def expand(env: Environment, scopes: list[tuple[str, int]]) -> None:
    """Take scopes apart: note the products as stale whose stock they concern."""
    if not scopes:
        return
    changed = refresh_watch(env)
    if any(kind == stale.STOCK_ALL for kind, _subject_id in scopes):
        products = SQL(
            "SELECT published_id AS id FROM retail_sync_stock_watch UNION SELECT product_id FROM"
            " retail_sync_stock_level WHERE active"
        )
        stale.add_products(env, stale.STOCK, products)
    elif changed:
        stale.add_products(env, stale.STOCK, SQL("SELECT unnest(%s::int[]) AS id", sorted(changed)))
