from collections.abc import Iterable

from odoo import api, models

from ...domain.commerce.order_exceptions import OPEN
from ..outbox.change_source import ChangeSource


class RetailSyncEntityOrder(models.AbstractModel):
    """What is wrong with an order, as platforms see it."""

    _inherit = "retail.sync.entity.order"

    @api.model
    def _exception_texts(self, order_ids: Iterable[int]) -> dict[int, str]:
        """Return {order id: open exceptions of the order by rule, the most urgent one first}."""
        texts = super()._exception_texts(order_ids)
        found = (
            self.env["retail.sync.order.exception"]
            .sudo()
            .search([("order_id", "in", list(order_ids)), ("state", "=", OPEN)], order="priority_rank desc, due_at, id")
        )
        for order, exceptions in found.grouped("order_id").items():
            # In the language of the company: people on the platform read it.
            names = exceptions.with_context(lang=order.company_id.partner_id.lang).rule_id.mapped("name")
            texts[order.id] = ", ".join(filter(None, (texts.get(order.id), *names)))
        return texts

    @api.model
    def _change_sources(self) -> list[ChangeSource]:
        return [
            *super()._change_sources(),
            ChangeSource(
                "retail_sync_order_exception", "order_id", ("state", "priority"), "sale.order", ("exceptions",)
            ),
        ]
