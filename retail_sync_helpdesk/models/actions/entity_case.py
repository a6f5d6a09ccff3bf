from collections import defaultdict
from typing import Any

from odoo import api, models

# From an order to its order exceptions, which are cases on platforms.
_CASES = (("retail_sync_order_exception", "order_id", "id"),)
# Table -> its column of the order, and what changes the sentence about it.
_SOURCES = (
    ("retail_sync_return", "order_id", ("state",)),
    ("retail_sync_refund", "order_id", ("state",)),
)


class RetailSyncEntityCase(models.AbstractModel):
    """A case says what the service desk has done about its order: second orders, returns, refunds."""

    _inherit = "retail.sync.entity.case"

    @api.model
    def _change_sources(self) -> list[Any]:
        names = ("description",)
        replaced = (("sale_order_line", "id", "order_id"), *_CASES)
        return [
            *super()._change_sources(),
            *(self._change_source(*source, names, hops=_CASES) for source in _SOURCES),
            self._change_source(
                "sale_order_line", "sync_replaces_line_id", ("sync_replaces_line_id", "state"), names, hops=replaced
            ),
        ]

    @api.model
    def _local_values(self, records: models.BaseModel, ctx: dict[str, Any], bases: dict[int, Any]) -> Any:
        local = super()._local_values(records, ctx, bases)
        sentences = self._service_sentences(records)
        for exception in records:
            if lines := sentences.get(exception.order_id.id):
                values = local[exception.id]
                values["description"] = "\n".join(filter(None, (values["description"], *lines)))
        return local

    @api.model
    def _service_sentences(self, records: models.BaseModel) -> dict[int, list[str]]:
        """Return {order id: sentences}, in the language of the order's company."""
        found: dict[int, list[str]] = defaultdict(list)
        for company, of_company in records.sudo().grouped("company_id").items():
            env = self.with_context(lang=company.partner_id.lang or self.env.lang).env
            order_ids = of_company.order_id.ids
            for order_id, sentence in (
                *_second_orders(env, order_ids),
                *_returns(env, order_ids),
                *_refunds(env, order_ids),
            ):
                found[order_id].append(sentence)
        return found


def _second_orders(env: Any, order_ids: list[int]) -> list[tuple[int, str]]:
    lines = (
        env["sale.order.line"]
        .sudo()
        .search([("sync_replaces_line_id.order_id", "in", order_ids), ("state", "!=", "cancel")], order="id")
    )
    pairs = dict.fromkeys((line.sync_replaces_line_id.order_id.id, line.order_id) for line in lines)
    return [(order_id, env._("Goods are sent again with order %s.", made.name)) for order_id, made in pairs]


def _returns(env: Any, order_ids: list[int]) -> list[tuple[int, str]]:
    headers = env["retail.sync.return"].sudo().search([("order_id", "in", order_ids)], order="id")
    labels = dict(headers._fields["state"]._description_selection(env))
    return [
        (header.order_id.id, env._("Return %(number)s: %(state)s.", number=header.name, state=labels[header.state]))
        for header in headers
    ]


def _refunds(env: Any, order_ids: list[int]) -> list[tuple[int, str]]:
    refunds = env["retail.sync.refund"].sudo().search([("order_id", "in", order_ids)], order="id")
    labels = dict(refunds._fields["state"]._description_selection(env))
    return [
        (
            refund.order_id.id,
            env._(
                "Refund of %(amount)s: %(state)s.",
                amount=refund.currency_id.format(refund.amount),
                state=labels[refund.state],
            ),
        )
        for refund in refunds
    ]
