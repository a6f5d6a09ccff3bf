"""Two more entities, for tests: the engine must serve them without a line of its own about them.

A product (entity "article": "product" is declared by the addon) is found by its SKU and written by Odoo alone. A
document (a quotation) has lines, and both sides write it.
"""

from odoo import api, models

from ...domain.canonical.entity_spec import (
    Authority,
    Effect,
    FieldSpec,
    Identity,
    Lifecycle,
    OnMissing,
    ReferenceSpec,
    declare,
)
from ..fake_mapping import FIRM, field_mapping

PRODUCT_OBJECT, DOCUMENT_OBJECT = "Product", "Document"

PRODUCT = declare(
    "article",
    1,
    (
        FieldSpec("sku", "code", label="SKU"),
        FieldSpec("title", "text", label="Title"),
        FieldSpec("price", "number", label="Sales price", digits=2),
        FieldSpec("on_sale", "bool", label="On sale"),
    ),
    identity=Identity.by_key("sku"),
    authority=Authority.odoo,
    lifecycle=Lifecycle(local_archive=Effect.deactivate, local_deletion=Effect.deactivate),
)

DOCUMENT = declare(
    "document",
    1,
    (
        FieldSpec("number", "code", label="Number"),
        FieldSpec("valid_until", "date", label="Valid until"),
        FieldSpec("customer", "ref", label="Customer of the document", entity="customer"),
        FieldSpec("remarks", "text", label="Remarks"),
        FieldSpec("total", "amount", label="Total", owner="odoo"),
        FieldSpec(
            "lines",
            "lines",
            label="Lines",
            lines=(
                FieldSpec("product", "ref", label="Product", entity="article"),
                FieldSpec("quantity", "quantity", label="Quantity", digits=2),
                FieldSpec("unit_price", "amount", label="Unit price"),
            ),
            line_key="sku",
        ),
    ),
    references=(
        ReferenceSpec("customer", "customer", "customer", OnMissing.wait),
        ReferenceSpec("product", "lines.product", "article", OnMissing.wait),
    ),
    identity=Identity.by_key("number"),
    lifecycle=Lifecycle(
        remote_deletion=Effect.cancel,
        remote_cancellation=Effect.cancel,
        local_deletion=Effect.cancel,
        local_cancellation=Effect.cancel,
    ),
)

PRODUCT_LINES = [
    field_mapping("sku", "code", "line", required=True),
    field_mapping("title", "title", "line"),
    field_mapping("price", "price"),
    field_mapping("on_sale", "on_sale", "bool"),
]
DOCUMENT_LINES = [
    field_mapping("number", "number", "line", required=True),
    field_mapping("valid_until", "valid_until"),
    field_mapping("customer", "customer", "ref", options={"object": FIRM}),
    field_mapping("remarks", "remarks", "line"),
    field_mapping("total", "total", direction="out"),
    field_mapping("lines", "lines"),
]


class ProductEntity(models.AbstractModel):
    _module = None  # part of no addon: registered by the tests that need it
    _name = "retail.sync.entity.article"
    _inherit = ["retail.sync.entity"]
    _description = "Products in Odoo, for tests"

    _entity = "article"
    _res_model = "product.product"
    _plain = {"sku": "default_code", "title": "name", "price": "list_price", "on_sale": "active"}


class DocumentEntity(models.AbstractModel):
    _module = None
    _name = "retail.sync.entity.document"
    _inherit = ["retail.sync.entity"]
    _description = "Quotations in Odoo, for tests"

    _entity = "document"
    _res_model = "sale.order"
    _plain = {
        "number": "client_order_ref",
        "valid_until": "validity_date",
        "customer": "partner_id",
        "remarks": "origin",
    }

    @api.model
    def _vals(self, values, item, ctx):
        vals = super()._vals(values, item, ctx)
        if "lines" in values:
            vals["order_line"] = self._line_commands(values["lines"] or [], item)
        return vals

    @api.model
    def _vals_for_write(self, record, values, item, ctx):
        vals = super()._vals_for_write(record, values, item, ctx)
        if "lines" in values:
            vals["order_line"] = [(2, line.id, 0) for line in record.order_line] + vals["order_line"]
        return vals

    @api.model
    def _line_commands(self, lines, item):
        targets = item.references.get("product", {})
        return [
            (
                0,
                0,
                {
                    "product_id": targets[line["product"]],
                    "product_uom_qty": float(line["quantity"]["quantity"]),
                    "price_unit": float(line["unit_price"]["amount"]),
                },
            )
            for line in lines
        ]

    @api.model
    def _local_values(self, records, ctx, bases):
        local = super()._local_values(records, ctx, bases)
        for order in records:
            currency = order.currency_id.name
            local[order.id]["total"] = {"amount": f"{order.amount_total:.2f}", "currency": currency}
            local[order.id]["lines"] = [
                {
                    "sku": line.product_id.default_code,
                    "product": f"odoo/{line.product_id.id}",
                    "quantity": {"quantity": f"{line.product_uom_qty:.2f}", "unit": None},
                    "unit_price": {"amount": f"{line.price_unit:.2f}", "currency": currency},
                }
                for line in order.order_line
            ] or None
        return local

    @api.model
    def _local_references(self, stream, records, local):
        result = super()._local_references(stream, records, local)
        products = {line.product_id.id for order in records.values() for line in order.order_line}
        refs = self._refs(stream, "article", products)
        for values in local.values():
            for line in values["lines"] or ():
                line["product"] = refs.get(int(line["product"].partition("/")[2]), line["product"])
        return result

    @api.model
    def _ended(self, records):
        return records.filtered(lambda order: order.state == "cancel")

    @api.model
    def _end_records(self, records, effect):
        records._action_cancel()
