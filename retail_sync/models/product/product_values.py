from collections.abc import Collection
from typing import Any

from odoo import api, models
from odoo.fields import Domain

from ...domain.canonical.entity_spec import Effect
from ..mapping.entity import ARCHIVING
from ..outbox.change_source import ChangeSource
from . import duplicate_skus, weight_unit

# From the row of a template to its variants.
VARIANTS = ("product_product", "product_tmpl_id", "id")
# Columns of the template -> canonical values of its variants.
TEMPLATE_COLUMNS = {
    "name": "name",
    "description_sale": "description",
    "categ_id": "category",
    "uom_id": "unit",
    "sale_ok": "active",
    "active": "active",
    "is_storable": "storable",
}
MODEL = "product.product"
# Products that are sold, and of those the ones that a platform can name, and cannot.
_SALE = (("sale_ok", "=", True), ("type", "!=", "combo"))
SOLD = [*_SALE, ("default_code", "not in", [False, ""])]
WITHOUT_SKU = [*_SALE, ("default_code", "in", [False, ""])]


class RetailSyncEntityProduct(models.AbstractModel):
    """A product that is sold: a variant with a SKU, but no combo.

    Of a combo, the products that the customer chose are sold, each on a line of its own; it has no stock, and its
    price depends on the choice. So it is not published.
    """

    _name = "retail.sync.entity.product"
    _inherit = ["retail.sync.entity"]
    _description = "Products in Odoo"

    _entity = "product"
    _res_model = MODEL
    _plain = {"sku": "default_code", "barcode": "barcode", "weight": "weight", "active": "active"}
    _title_field = "name"
    _precedence = "last"

    @api.model
    def _context(self, connection: models.BaseModel, items: Any) -> dict[str, Any]:
        """Return the language of the names too: that of the company, whoever has changed a product."""
        company = connection.company_id or self.env.company
        return dict(super()._context(connection, items), lang=company.partner_id.lang or "en_US")

    # -- which changes

    @api.model
    def _steering_columns(self) -> set[str]:
        """Return the columns of a variant that decide whether it is sent."""
        return super()._steering_columns() | {"default_code"}

    @api.model
    def _change_sources(self) -> list[ChangeSource]:
        """Return what changes the values of a variant outside its own row."""
        by_name: dict[str, list[str]] = {}
        for column, name in TEMPLATE_COLUMNS.items():
            by_name.setdefault(name, []).append(column)
        values = [("product_template", "id", tuple(columns), (name,)) for name, columns in by_name.items()]
        # That a value was added or taken away decides whether the others are part of the name.
        values.append(("product_template_attribute_value", "product_tmpl_id", ("ptav_active",), ("name",)))
        in_template = [
            ChangeSource(table, id_column, columns, MODEL, names, hops=(VARIANTS,))
            for table, id_column, columns, names in values
        ]
        return [
            *super()._change_sources(),
            *in_template,
            ChangeSource(
                "product_category",
                "id",
                ("complete_name",),
                MODEL,
                ("category",),
                hops=(("product_template", "categ_id", "id"), VARIANTS),
            ),
            ChangeSource(
                "uom_uom", "id", ("name",), MODEL, ("unit",), hops=(("product_template", "uom_id", "id"), VARIANTS)
            ),
            ChangeSource(
                "product_attribute_value",
                "id",
                ("name",),
                MODEL,
                ("name",),
                hops=(
                    ("product_template_attribute_value", "product_attribute_value_id", "id"),
                    ("product_variant_combination", "product_template_attribute_value_id", "product_product_id"),
                ),
            ),
            ChangeSource("product_variant_combination", "product_product_id", (), MODEL, ("name",)),
            ChangeSource(MODEL.replace(".", "_"), "id", ("successor_id",), MODEL, ("successor",)),
            # The SKU of the successor.
            ChangeSource(
                "product_product",
                "id",
                ("default_code",),
                MODEL,
                ("successor",),
                hops=(("product_product", "successor_id", "id"),),
            ),
        ]

    # -- which records

    @api.model
    def _export_domain(self, stream: models.BaseModel) -> Domain:
        """Return the products that are sold and have a SKU, without combos."""
        return super()._export_domain(stream) & Domain(SOLD)

    @api.model
    def _outbound_refusals(self, stream, records, local, bases):
        return duplicate_skus.refusals(self.env, stream, local, bases)

    @api.model
    def _ended_values(self, effect: Effect) -> dict[str, Any]:
        """Return what tells the platform that a product is no longer sold."""
        return {"active": False} if effect in ARCHIVING else super()._ended_values(effect)

    # -- which values

    @api.model
    def _local_values(
        self, records: models.BaseModel, ctx: dict[str, Any], bases: dict[int, Any]
    ) -> dict[int, dict[str, Any]]:
        """Return the values of variants, those of their templates included."""
        records = records.with_context(lang=ctx.get("lang"), active_test=False)
        local = super()._local_values(records, ctx, bases)
        kilograms = weight_unit.kilograms(self.env)
        for product in records:
            values = local[product.id]
            values["weight"] = round(product.weight * kilograms, 3)
            values["name"] = name_of(product)
            values["description"] = product.description_sale or None
            values["category"] = product.categ_id.complete_name or None
            values["unit"] = product.uom_id.name or None
            values["active"] = bool(product.active and product.sale_ok)
            values["storable"] = bool(product.is_storable)
            values["successor"] = product.successor_id.default_code or None
        return local

    @api.model
    def _titles(self, res_ids: Collection[int]) -> dict[int, str]:
        """Return {product id: name and SKU}."""
        return {product.id: product.display_name for product in self._model().browse(res_ids).exists()}


def name_of(product: models.BaseModel) -> str:
    """Return the name of a variant with the attributes that tell it from the others of its template."""
    attributes = product.product_template_attribute_value_ids._get_combination_name()
    return f"{product.name} ({attributes})" if attributes else product.name
