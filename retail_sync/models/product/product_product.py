from odoo import fields, models

from . import stock_levels


class ProductProduct(models.Model):
    """A variant: it is what has a SKU, so it is what platforms know."""

    _name = "product.product"
    _inherit = ["product.product", "retail.sync.mixin"]

    successor_id = fields.Many2one(
        "product.product",
        domain="[('id', '!=', id), ('sale_ok', '=', True)]",
        ondelete="set null",
        index="btree_not_null",
        check_company=True,
        help="The product that takes the place of this one. It is offered where an order names this one and it is no "
        "longer sold.",
    )

    def _retail_sync_levels(self, warehouses: models.BaseModel) -> dict[tuple[int, int], stock_levels.Level]:
        """Return {(product id, warehouse id): level as it is now}, in all of the warehouses."""
        return stock_levels.compute(self.env, self.ids, warehouses)
