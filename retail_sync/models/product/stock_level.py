from odoo import api, fields, models

from ...runtime.erasure import Erasure


class RetailSyncStockLevel(models.Model):
    """What of a published product is in a warehouse, as it was computed last; written by the engine alone."""

    _name = "retail.sync.stock.level"
    _inherit = ["retail.sync.mixin"]
    _description = "Published stock of a product in a warehouse"
    _erasure = Erasure(why="Quantities of goods by warehouse.")
    _order = "product_id, warehouse_id"
    _rec_name = "product_id"

    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade", index=True)
    warehouse_id = fields.Many2one("stock.warehouse", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    free = fields.Float(digits="Product Unit", readonly=True, help="On hand and not reserved.")
    on_hand = fields.Float("On hand", digits="Product Unit", readonly=True)
    incoming = fields.Float(
        digits="Product Unit", readonly=True, help="On its way: receipts and transfers from other warehouses."
    )
    forecast = fields.Float(
        digits="Product Unit", readonly=True, help="On hand, plus what comes in, less what is to go out."
    )
    as_of = fields.Datetime("As of", readonly=True, help="When these quantities came to be.")
    active = fields.Boolean(
        "Published", default=True, readonly=True, help="No: the quantities are no longer kept up to date."
    )

    _product_uniq = models.UniqueIndex("(product_id, warehouse_id)", "There is one stock level per warehouse.")

    @api.depends("product_id", "warehouse_id")
    def _compute_display_name(self) -> None:
        for level in self:
            level.display_name = f"{level.product_id.display_name}, {level.warehouse_id.name}"


class RetailSyncStockWatch(models.Model):
    """Products whose stock decides about the published stock of a product: its own, and that of a kit's components."""

    _name = "retail.sync.stock.watch"
    _description = "Product whose stock is watched"
    _erasure = Erasure(why="Pairs of products.")
    _log_access = False

    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade")
    published_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade", index=True)

    _pair_uniq = models.UniqueIndex("(product_id, published_id)", "A pair is watched once.")
