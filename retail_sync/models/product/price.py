from odoo import api, fields, models

from ...runtime.erasure import Erasure


class RetailSyncPrice(models.Model):
    """The price of a product as it is published, as it was computed last; written by the engine alone.

    For one piece, on the day of the computation: quantity tiers and dated rules do not fit one price, the order check
    decides about them.
    """

    _name = "retail.sync.price"
    _inherit = ["retail.sync.mixin"]
    _description = "Published price of a product"
    _erasure = Erasure(why="Prices of goods.")
    _order = "product_id, pricelist_id, id"
    _rec_name = "product_id"

    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade", index=True)
    pricelist_id = fields.Many2one(
        "product.pricelist",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: the sales price of the product.",
    )
    book = fields.Char("Pricelist", compute="_compute_book", help="A pricelist, or the sales price of the product.")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True, ondelete="cascade")
    amount = fields.Float("Price", digits="Product Price", readonly=True, help="For one piece, today.")
    active = fields.Boolean(
        "Published", default=True, readonly=True, help="No: the product is not sold, or its pricelist not published."
    )

    _product_uniq = models.UniqueIndex(
        "(product_id, COALESCE(pricelist_id, 0), currency_id, COALESCE(company_id, 0))",
        "There is one price per product, pricelist and currency.",
    )

    @api.depends("pricelist_id.name")
    @api.depends_context("lang")
    def _compute_book(self) -> None:
        for price in self:
            price.book = price.pricelist_id.name or self.env._("Sales price")

    @api.depends("product_id", "pricelist_id", "currency_id")
    def _compute_display_name(self) -> None:
        for price in self:
            book = price.pricelist_id.name or self.env._("sales price")
            price.display_name = f"{price.product_id.display_name}, {book} ({price.currency_id.name})"
