from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from odoo import Command, api, models

from odoo.addons.retail_sync.adapter.contract import Connection

from ...mapping import commerce_lines, intake_lines, mirror_lines
from ...mapping.default_lines import Line, account_lines, contact_lines


@dataclass(frozen=True, slots=True)
class Publication:
    """A stream of records that Odoo alone writes. active: whether it is there before a person switches it on."""

    name: str
    entity: str
    remote_object: str
    sequence: int
    lines: list[Line]
    active: bool = True


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """The streams that a connection starts with; each sends only after an administrator has agreed to it."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def default_streams(self, connection: Connection) -> list[dict[str, Any]]:
        main_address = connection.sf_main_address or "billing"
        known = self.env["retail.sync.entity"]._all()
        return [
            self._stream_vals(self.env._("Accounts"), "Account", 10, account_lines(main_address)),
            self._stream_vals(self.env._("Contacts"), "Contact", 20, contact_lines()),
            *(self._publication_vals(found) for found in self._publications(connection) if found.entity in known),
            *(self._intake_vals(found) for found in self._intakes() if found.entity in known),
        ]

    @api.model
    def _publications(self, connection: Connection) -> Sequence[Publication]:
        """Return the streams of commerce, in the order in which their records refer to each other."""
        table = commerce_lines
        orders, order_lines = table.ORDER_OBJECT, table.order_lines()
        if connection.sf_order_target == "standard":
            orders, order_lines = mirror_lines.MIRROR_OBJECT, mirror_lines.mirror_lines()
        return (
            Publication(self.env._("Products"), "product", "Product2", 30, table.product_lines()),
            Publication(self.env._("Prices"), "price", "PricebookEntry", 40, table.price_lines()),
            Publication(self.env._("Stock"), "stock", table.STOCK_OBJECT, 50, table.stock_lines()),
            Publication(self.env._("Orders"), "order", orders, 60, order_lines),
            Publication(self.env._("Shipments"), "shipment", table.SHIPMENT_OBJECT, 70, table.shipment_lines()),
            Publication(self.env._("Invoices"), "invoice", table.INVOICE_OBJECT, 80, table.invoice_lines()),
            Publication(self.env._("Returns"), "return", table.RETURN_OBJECT, 90, table.return_lines()),
            Publication(
                self.env._("Payments"), "payment", table.PAYMENT_OBJECT, 100, table.payment_lines(), active=False
            ),
            Publication(self.env._("Cases"), "case", "Case", 110, table.case_lines()),
        )

    @api.model
    def _intakes(self) -> Sequence[Publication]:
        """Return the streams of sales that become orders of Odoo: nothing comes before an administrator says so."""
        table = intake_lines
        opportunities, orders = table.opportunity_lines(), table.sales_order_lines()
        return (
            Publication(
                self.env._("Won opportunities"), "incoming_order", "Opportunity", 120, opportunities, active=False
            ),
            Publication(self.env._("Activated orders"), "incoming_order", "Order", 130, orders, active=False),
        )

    @api.model
    def _intake_vals(self, intake: Publication) -> dict[str, Any]:
        filters = {"Opportunity": intake_lines.OPPORTUNITY_FILTER, "Order": intake_lines.ORDER_FILTER}
        return {
            **self._stream_vals(intake.name, intake.remote_object, intake.sequence, intake.lines),
            "entity": intake.entity,
            "export_policy": "never",
            "filter_text": filters[intake.remote_object],
            "active": intake.active,
        }

    @api.model
    def _stream_vals(self, name: str, remote_object: str, sequence: int, lines: list[Line]) -> dict[str, Any]:
        return {
            "name": name,
            "remote_object": remote_object,
            "sequence": sequence,
            "entity": "customer",
            "direction": "in",
            "planned_direction": "both",
            "map_ids": [Command.create(dict(vals, sequence=10 * (i + 1))) for i, vals in enumerate(lines)],
        }

    @api.model
    def _publication_vals(self, publication: Publication) -> dict[str, Any]:
        vals = self._stream_vals(publication.name, publication.remote_object, publication.sequence, publication.lines)
        return {
            **vals,
            "entity": publication.entity,
            "planned_direction": "out",
            "export_policy": "always",
            "active": publication.active,
        }
