from collections.abc import Collection
from typing import Any

from odoo import api, models
from odoo.fields import Domain

from ...domain.canonical.entity_spec import Effect
from ..mapping.entity import ARCHIVING
from ..outbox.change_source import ChangeSource
from . import stale
from .product_values import VARIANTS

MODEL, CAUSES = "retail.sync.price", "retail.sync.stale"
BASE_KEY = "base"
# Rules of these kinds are about more products than a look-up in a trigger should name.
WIDE = ("3_global", "2_product_category")
# Columns of a rule that say nothing about a price.
NO_PRICE = {"id", "create_uid", "create_date", "write_uid", "write_date", "product_id"}


class RetailSyncEntityPrice(models.AbstractModel):
    """The published price of a product on a pricelist, or its sales price, as the last computation has stored it.

    What may change a price marks its products as stale, a job computes them in pages, and only what differs is written
    and sent.
    """

    _name = "retail.sync.entity.price"
    _inherit = ["retail.sync.entity"]
    _description = "Prices of products in Odoo"

    _entity = "price"
    _res_model = MODEL
    _plain = {"product": "product_id", "amount": "amount", "active": "active"}
    _title_field = "pricelist"
    _precedence = "last"

    @api.model
    def _columns(self) -> dict[str, tuple[str, ...]]:
        """Return the columns of the canonical values; a price never changes its pricelist or currency."""
        return {**super()._columns(), "pricelist_key": ("pricelist_id",), "currency": ("currency_id",)}

    @api.model
    def _cause_words(self) -> tuple[str, ...]:
        return stale.JOBS["prices"]

    @api.model
    def _change_sources(self) -> list[ChangeSource]:
        """Return the causes of prices, and the name of the pricelist."""
        of_pricelist = ("retail_sync_price", "pricelist_id", "id")
        product, all_of_list = (stale.PRICE,), (stale.PRICE_PRICELIST,)
        template_columns = ("list_price", "categ_id", "uom_id", "sale_ok", "active", "company_id", "type")
        return [
            *super()._change_sources(),
            ChangeSource("product_pricelist", "id", ("name",), MODEL, ("pricelist",), hops=(of_pricelist,)),
            ChangeSource("product_template", "id", template_columns, CAUSES, product, hops=(VARIANTS,)),
            ChangeSource("product_product", "id", ("active", "default_code", "standard_price"), CAUSES, product),
            ChangeSource(
                "product_template_attribute_value",
                "id",
                ("price_extra",),
                CAUSES,
                product,
                hops=(
                    (
                        "product_variant_combination",
                        "product_template_attribute_value_id",
                        "product_product_id",
                    ),
                ),
            ),
            ChangeSource(
                "product_category",
                "id",
                # Rules of a category are about all below it: Odoo writes the path of each when one of them moves.
                ("parent_path",),
                CAUSES,
                product,
                hops=(("product_template", "categ_id", "id"), VARIANTS),
            ),
            *self._rule_sources(product, all_of_list),
            ChangeSource("product_pricelist", "id", ("currency_id", "active", "company_id"), CAUSES, all_of_list),
            ChangeSource(
                "res_currency_rate", "currency_id", ("rate", "name", "company_id"), CAUSES, (stale.PRICE_RATE,)
            ),
        ]

    @api.model
    def _rule_sources(self, product: tuple[str, ...], all_of_list: tuple[str, ...]) -> list[ChangeSource]:
        """Return the sources of rules of pricelists, by what they are about."""
        item = self.env["product.pricelist.item"]
        columns = tuple(
            sorted(
                name
                for name, field in item._fields.items()
                if field.store and field.column_type and name not in NO_PRICE
            )
        )
        table = item._table
        return [
            ChangeSource(
                table, "product_id", columns, CAUSES, product, conditions={"applied_on": ("0_product_variant",)}
            ),
            ChangeSource(
                table,
                "product_tmpl_id",
                columns,
                CAUSES,
                product,
                hops=(VARIANTS,),
                conditions={"applied_on": ("1_product",)},
            ),
            ChangeSource(table, "pricelist_id", columns, CAUSES, all_of_list, conditions={"applied_on": WIDE}),
        ]

    # -- which records

    @api.model
    def _export_domain(self, stream: models.BaseModel) -> Domain:
        """Return the published prices that the stream has chosen, of products with a SKU."""
        chosen = Domain("pricelist_id", "in", stream.sudo().price_pricelist_ids.ids)
        if stream.publish_base_price:
            chosen |= Domain("pricelist_id", "=", False)
        return (
            super()._export_domain(stream)
            & chosen
            & Domain([("active", "=", True), ("product_id.default_code", "not in", [False, ""])])
        )

    @api.model
    def _ended_values(self, effect: Effect) -> dict[str, Any]:
        """Return what tells the platform that a price is no longer published."""
        return {"active": False} if effect in ARCHIVING else super()._ended_values(effect)

    # -- which values

    @api.model
    def _context(self, connection: models.BaseModel, items: Any) -> dict[str, Any]:
        """Return what the connection publishes too: ids of pricelists, False for the sales price."""
        streams = connection.sudo().stream_ids.filtered(lambda stream: stream.entity == "price")
        lists = {*streams.price_pricelist_ids.ids, *([False] if any(streams.mapped("publish_base_price")) else [])}
        return dict(super()._context(connection, items), pricelists=lists)

    @api.model
    def _local_values(
        self, records: models.BaseModel, ctx: dict[str, Any], bases: dict[int, Any]
    ) -> dict[int, dict[str, Any]]:
        """Return the stored prices with the names of their pricelists."""
        local = super()._local_values(records, ctx, bases)
        for price in records:
            values = local[price.id]
            values["pricelist"] = price.pricelist_id.name or None
            values["pricelist_key"] = str(price.pricelist_id.id) if price.pricelist_id else BASE_KEY
            values["currency"] = price.currency_id.name
            values["active"] = bool(price.active and (price.pricelist_id.id or False) in ctx.get("pricelists", ()))
        return local

    @api.model
    def _titles(self, res_ids: Collection[int]) -> dict[int, str]:
        """Return {price id: product and pricelist}."""
        return {price.id: price.display_name for price in self._model().browse(res_ids).exists()}
