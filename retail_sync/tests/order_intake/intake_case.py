"""Tests of incoming orders: a platform that sells, and a shop that takes the orders or says why not."""

from odoo import Command, fields

from ...domain.canonical import registry
from ..outbound_case import OutboundCase

SALE = "Sale"


class IntakeCase(OutboundCase):
    """A live stream of sales both ways, a customer that the platform knows, and a bike at 100 in the price list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        groups = ("sales_team.group_sale_manager", "sales_team.group_sale_salesman_all_leads", "stock.group_stock_user")
        for xmlid in groups:
            cls.connection.user_id.group_ids |= cls.env.ref(xmlid)
        cls.connection.user_id.company_ids |= cls.company
        cls.tax = cls.env["account.tax"].create(
            {"name": "21 %", "amount": 21.0, "type_tax_use": "sale", "price_include_override": "tax_excluded"}
        )
        cls.stream_of_sales = cls.env["retail.sync.stream"].create(
            {
                "name": "Sales",
                "connection_id": cls.connection.id,
                "entity": "incoming_order",
                "remote_object": SALE,
                "sequence": 50,
                "direction": "both",
                "state": "live",
                "cursor": {"since": "0", "modstamp": "0"},
                "deleted_until": "0",
                "export_policy": "never",
                "map_ids": [
                    Command.create(cls.mapping(name, spec, number))
                    for number, (name, spec) in enumerate(registry.get("incoming_order").fields.items())
                ],
            }
        )

    @classmethod
    def mapping(cls, name, spec, number):
        ref = spec.kind == "ref"
        return {
            "canonical_field": name,
            "remote_path": name,
            "part": "main",
            "transform": "ref" if ref else False,
            "options": {"object": "Firm" if name == "customer" else "Person"} if ref else {},
            "direction": "both" if spec.owner == "odoo" else "in",
            "sequence": number,
        }

    def setUp(self):
        super().setUp()
        self.platform.rows[SALE] = {}
        self.platform.deleted[SALE] = []
        self.seen[SALE] = 0
        self.customer = self.linked_firm(
            "F1", name="Rossi Srl", street="Via Roma 1", city="Milano", zip="20121", country="IT"
        )
        self.bike = self.make_product("BIKE", 100.0)
        self.today = fields.Date.today()

    def stream(self, remote_object):
        return self.stream_of_sales if remote_object == SALE else super().stream(remote_object)

    def make_product(self, sku, price=100.0, **values):
        return self.env["product.product"].create(
            {
                "name": f"Product {sku}",
                "default_code": sku,
                "list_price": price,
                "taxes_id": [Command.set(self.tax.ids)],
                **values,
            }
        )

    def money(self, amount, currency=None):
        return {"amount": f"{amount:.2f}", "currency": currency or self.company.currency_id.name}

    def line(self, key="L1", sku="BIKE", quantity="2", price=100.0, **values):
        return {
            "key": key,
            "sku": sku,
            "quantity": {"quantity": quantity},
            "unit_price": self.money(price),
            **values,
        }

    def sale(self, external_id="S1", *lines, **values):
        """Put a sale on the platform; its total is that of the lines."""
        lines = list(lines or [self.line()])
        total = sum(
            float(line["quantity"]["quantity"] or 0)
            * float(line["unit_price"]["amount"])
            * (1 - float(line.get("discount") or 0) / 100)
            for line in lines
        )
        row = {
            "title": f"Sale {external_id}",
            "customer": "F1",
            "ready": True,
            "currency": self.company.currency_id.name,
            "closed_on": self.today.isoformat(),
            "total": self.money(total),
            "lines": lines,
            **values,
        }
        return self.platform.put(SALE, external_id, **row)

    def take_sale(self, external_id="S1", *lines, **values):
        self.sale(external_id, *lines, **values)
        return self.take(SALE)

    def retry(self, message):
        message.action_retry()
        self.run_jobs()

    def order(self, external_id="S1"):
        link = self.env["retail.sync.link"].search(
            [("external_id", "=", external_id), ("remote_object", "=", SALE), ("role", "=", "incoming_order")]
        )
        return self.env["sale.order"].browse(link.res_id).exists()

    def orders(self):
        return self.env["sale.order"].search([("partner_id", "=", self.customer.id)])

    def exception(self, external_id="S1"):
        return self.env["retail.sync.message"].search(
            [
                ("stream_id", "=", self.stream_of_sales.id),
                ("external_id", "=", external_id),
                ("is_exception", "=", True),
            ]
        )

    def findings(self, external_id="S1"):
        return [finding.code for finding in self.exception(external_id)._intake_findings()]
