from collections.abc import Collection
from typing import Any

from odoo import api, models
from odoo.fields import Domain

from ...domain.canonical.entity_spec import Effect
from ..mapping.entity import ARCHIVING
from ..outbox.change_source import ChangeSource
from . import stale, stock_scope
from .product_values import VARIANTS

MODEL, CAUSES = "retail.sync.stock.level", "retail.sync.stale"
# From a product to the published products that its stock decides about; a product that is not watched ends here.
WATCHED = ("retail_sync_stock_watch", "product_id", "published_id")
QUANTITIES = ("free", "on_hand", "incoming", "forecast")
WAREHOUSE_COLUMNS = {"name": "warehouse", "code": "warehouse_code"}


class RetailSyncEntityStock(models.AbstractModel):
    """The stock of a flagged product in a warehouse, as the last computation has stored it.

    Quants and moves of such products are causes: they mark the product as stale, a job computes its stock in all
    published warehouses, and what has changed of it is sent. Products that are not flagged end at one look-up.
    """

    _name = "retail.sync.entity.stock"
    _inherit = ["retail.sync.entity"]
    _description = "Stock of products in Odoo"

    _entity = "stock"
    _res_model = MODEL
    _plain = {
        "product": "product_id",
        **{name: name for name in QUANTITIES},
        "as_of": "as_of",
        "active": "active",
    }
    _title_field = "sku"
    # One call for what a flash sale does to a product within this time.
    _window_seconds = 2
    _precedence = "first"

    @api.model
    def _cause_words(self) -> tuple[str, ...]:
        return stale.JOBS["stock"]

    @api.model
    def _change_sources(self) -> list[ChangeSource]:
        """Return the causes of stock levels, and what changes values of a level outside its own row."""
        level_of_product = ("retail_sync_stock_level", "product_id", "id")
        level_of_warehouse = ("retail_sync_stock_level", "warehouse_id", "id")
        return [
            *super()._change_sources(),
            ChangeSource("product_product", "id", ("default_code",), MODEL, ("sku",), hops=(level_of_product,)),
            *(
                ChangeSource("stock_warehouse", "id", (column,), MODEL, (name,), hops=(level_of_warehouse,))
                for column, name in WAREHOUSE_COLUMNS.items()
            ),
            ChangeSource(
                "stock_quant",
                "product_id",
                ("quantity", "reserved_quantity", "location_id"),
                CAUSES,
                (stale.STOCK,),
                hops=(WATCHED,),
            ),
            ChangeSource(
                "stock_move",
                "product_id",
                ("state", "product_qty", "location_id", "location_dest_id", "location_final_id"),
                CAUSES,
                (stale.STOCK,),
                hops=(WATCHED,),
            ),
            *self._scope_sources(),
        ]

    @api.model
    def _scope_sources(self) -> list[ChangeSource]:
        """Return what changes of which products and places stock is published."""
        scope = (stale.STOCK_SCOPE,)
        found = [
            ChangeSource(
                "product_template", "id", ("active",), CAUSES, scope, conditions={"stock_published": ("true",)}
            ),
            # A variant more or less of a product of which others are watched.
            ChangeSource("product_product", "product_tmpl_id", ("active",), CAUSES, scope, hops=(VARIANTS, WATCHED)),
            ChangeSource(
                "stock_warehouse", "id", ("active", "view_location_id", "company_id"), CAUSES, (stale.STOCK_ALL,)
            ),
            ChangeSource("stock_location", "id", ("parent_path",), CAUSES, (stale.STOCK_ALL,)),
        ]
        if "mrp.bom" in self.env:
            found += [
                ChangeSource(
                    "mrp_bom",
                    "product_tmpl_id",
                    ("type", "active", "product_id", "product_qty", "product_uom_id"),
                    CAUSES,
                    (stale.STOCK_ALL,),
                    hops=(VARIANTS, ("retail_sync_stock_watch", "published_id", "published_id")),
                ),
                ChangeSource(
                    "mrp_bom_line",
                    "bom_id",
                    ("product_id", "product_qty", "product_uom_id"),
                    CAUSES,
                    (stale.STOCK_ALL,),
                    hops=(
                        ("mrp_bom", "id", "product_tmpl_id"),
                        VARIANTS,
                        ("retail_sync_stock_watch", "product_id", "published_id"),
                    ),
                ),
            ]
        return found

    # -- which records

    @api.model
    def _export_domain(self, stream: models.BaseModel) -> Domain:
        """Return the published levels in the warehouses of the stream, of products with a SKU."""
        return super()._export_domain(stream) & Domain(
            [
                ("active", "=", True),
                ("warehouse_id", "in", stock_scope.of_stream(stream).ids),
                ("product_id.default_code", "not in", [False, ""]),
            ]
        )

    @api.model
    def _ended_values(self, effect: Effect) -> dict[str, Any]:
        """Return what tells the platform that the quantities are no longer kept up to date."""
        return {"active": False} if effect in ARCHIVING else super()._ended_values(effect)

    # -- which values

    @api.model
    def _context(self, connection: models.BaseModel, items: Any) -> dict[str, Any]:
        """Return the warehouses that the connection publishes too."""
        streams = connection.sudo().stream_ids.filtered(lambda stream: stream.entity == "stock")
        chosen = {warehouse_id for stream in streams for warehouse_id in stock_scope.of_stream(stream).ids}
        return dict(super()._context(connection, items), warehouses=chosen)

    @api.model
    def _local_values(
        self, records: models.BaseModel, ctx: dict[str, Any], bases: dict[int, Any]
    ) -> dict[int, dict[str, Any]]:
        """Return the stored quantities with the names of their product and warehouse."""
        local = super()._local_values(records, ctx, bases)
        for level in records:
            values = local[level.id]
            values["sku"] = level.product_id.default_code or None
            values["warehouse"] = level.warehouse_id.name or None
            values["warehouse_code"] = level.warehouse_id.code or None
            values["active"] = bool(level.active and level.warehouse_id.id in ctx.get("warehouses", ()))
        return local

    @api.model
    def _titles(self, res_ids: Collection[int]) -> dict[int, str]:
        """Return {level id: product and warehouse}."""
        return {level.id: level.display_name for level in self._model().browse(res_ids).exists()}
