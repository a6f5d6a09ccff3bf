from typing import Any, Self

from odoo import api, fields, models
from odoo.fields import Domain

from ...runtime import actions
from . import stale, stock_scope
from .product_values import WITHOUT_SKU

CHOICES = {
    "stock": ("stock_warehouse_ids",),
    "price": ("price_pricelist_ids", "publish_base_price"),
}
# What of a stream decides whether anything is published.
STEERING = ("entity", "direction", "planned_direction", "active", "connection_id")
KINDS = {"stock": stale.STOCK_ALL, "price": stale.PRICE_ALL}


class RetailSyncStream(models.Model):
    """Which prices and whose stock a stream publishes."""

    _inherit = "retail.sync.stream"

    stock_warehouse_ids = fields.Many2many(
        "stock.warehouse",
        "retail_sync_stream_warehouse_rel",
        string="Published warehouses",
        help="Stock in these warehouses is published. Empty: in all warehouses of the company.",
    )
    price_pricelist_ids = fields.Many2many(
        "product.pricelist",
        "retail_sync_stream_pricelist_rel",
        string="Published pricelists",
        help="Prices of these pricelists are published: for one piece, as they are today.",
    )
    publish_base_price = fields.Boolean(
        "Publish the sales price",
        default=True,
        help="The sales price of the product is published beside the pricelists, in the currency of the company.",
    )

    left_out_count = fields.Integer(
        "Products without SKU",
        compute="_compute_left_out_count",
        help="Products that are sold and that this stream cannot send, because nothing names them on the platform.",
    )

    def _compute_left_out_count(self) -> None:
        products = self.env["product.product"].sudo()
        for stream in self:
            sends = stream.entity == "product"
            stream.left_out_count = products.search_count(stream._left_out_domain()) if sends else 0

    def _left_out_domain(self) -> Domain:
        """Return the products that are sold and that nothing can name on the platform."""
        company = self.connection_id.company_id.id
        of_company = Domain("company_id", "in", [False, company]) if company else Domain.TRUE
        return Domain(WITHOUT_SKU) & of_company

    def action_left_out(self) -> dict[str, Any]:
        """Show the products that have no SKU."""
        self.ensure_one()
        self.check_access("read")
        return actions.list_of(self.env, "retail_sync.action_product", list(self._left_out_domain()))

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Self:
        streams = super().create(vals_list)
        streams._compute_catalogue()
        return streams

    def write(self, vals: dict[str, Any]) -> bool:
        chosen = self.filtered(lambda stream: vals.keys() & set(CHOICES.get(stream.entity, ())))
        before = {stream.id: stream._choice() for stream in chosen}
        result = super().write(vals)
        for stream in chosen:
            stream._tell_choice(before[stream.id] ^ stream._choice())
        (self if vals.keys() & set(STEERING) else chosen)._compute_catalogue()
        return result

    def unlink(self) -> bool:
        env, kinds = self.env, {KINDS[stream.entity] for stream in self if stream.entity in KINDS}
        result = super().unlink()
        stale.add(env(su=True), {(kind, 0) for kind in kinds})
        return result

    def _compute_catalogue(self) -> None:
        """Have all prices or stock levels computed that these streams publish."""
        stale.add(self.env(su=True), {(KINDS[stream.entity], 0) for stream in self if stream.entity in KINDS})

    def _choice(self) -> set[int]:
        """Return the ids of what the stream publishes: warehouses, or pricelists and 0 for the sales price."""
        self.ensure_one()
        if self.entity == "stock":
            return set(stock_scope.of_stream(self).ids)
        return {*self.sudo().price_pricelist_ids.ids, *([0] if self.publish_base_price else [])}

    def _tell_choice(self, changed: set[int]) -> None:
        """Tell the router of records that are published now, or no longer: what is stored of them may stay the same."""
        self.ensure_one()
        if not changed:
            return
        model = self.env[self._entity()._res_model].sudo().with_context(active_test=False)
        column = "warehouse_id" if self.entity == "stock" else "pricelist_id"
        found = model._search(Domain(column, "in", [found or False for found in changed]))
        self.env["retail.sync.change"].sudo()._raise(model._name, found.get_result_ids(), {"active"})
