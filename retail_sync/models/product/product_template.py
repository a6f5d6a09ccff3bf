from odoo import api, fields, models

from ..links.sync_mixin import BADGES, INTERNAL

# What a template says of variants that differ: the first of these that one of them has.
_RANK = ("attention", "in_sync", "missing", "deleted", "none")


class ProductTemplate(models.Model):
    """What the variants of a product share; a change of it concerns all of them."""

    _name = "product.template"
    _inherit = ["product.template", "retail.sync.source.mixin"]

    successor_id = fields.Many2one(
        "product.product",
        compute="_compute_successor_id",
        inverse="_inverse_successor_id",
        search="_search_successor_id",
        domain="[('product_tmpl_id', '!=', id), ('sale_ok', '=', True)]",
        help="The product that takes the place of this one. It is offered where an order names this one and it is no "
        "longer sold. With several variants, each has its own.",
    )
    stock_published = fields.Boolean(
        "Publish stock",
        help="The stock of this product is published by warehouse, and follows within seconds. Choose it for products "
        "whose stock agents or shops ask for: each change of it is sent.",
    )
    sync_state = fields.Selection(
        BADGES,
        compute="_compute_sync_state",
        compute_sudo=True,
        search="_search_sync_state",
        string="Sync",
        groups=INTERNAL,
        help="Whether the product is in sync with its platforms.",
    )

    def _compute_sync_state(self) -> None:
        for template in self:
            states = set(template.product_variant_ids.mapped("sync_state"))
            template.sync_state = next((state for state in _RANK if state in states), "none")

    @api.model
    def _search_sync_state(self, operator, value):
        # Odoo asks for the right to a field before it reads it, and not before it searches by a method.
        self._check_field_access(self._fields["sync_state"], "read")
        if operator != "in":
            return NotImplemented
        found = fields.Domain.FALSE
        for place, state in enumerate(_RANK):
            if state in value:
                # "none" is also said of a template without variants.
                has = (
                    fields.Domain.TRUE
                    if state == "none"
                    else fields.Domain("product_variant_ids.sync_state", "=", state)
                )
                found |= has & ~fields.Domain("product_variant_ids.sync_state", "in", list(_RANK[:place]))
        return found

    @api.depends("product_variant_ids.successor_id")
    def _compute_successor_id(self) -> None:
        self._compute_template_field_from_variant_field("successor_id")

    def _inverse_successor_id(self) -> None:
        self._set_product_variant_field("successor_id")

    @api.model
    def _search_successor_id(self, operator, value):
        return [("product_variant_ids.successor_id", operator, value)]

    @api.model
    def _get_related_fields_variant_template(self) -> list[str]:
        """Return the fields that a new template hands to its only variant."""
        return [*super()._get_related_fields_variant_template(), "successor_id"]
