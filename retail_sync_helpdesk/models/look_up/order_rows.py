"""Orders in a list: where each of them stands, in a fixed number of queries for any number of orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from odoo import fields
from odoo.tools import SQL

from odoo.addons.retail_sync.domain.commerce.order_money import OrderMoney, money_of
from odoo.addons.retail_sync.domain.commerce.stage import delay_of, stage_of

from ...api.schemas.order import OrderRow
from .looking import Looking, aware, currency_of, money, read_companies

__all__ = ["Standing", "holds_of", "rows_of", "standings"]

# The engine's word for what an order is paid -> ours. A payment that failed has paid nothing.
PAYMENT = {
    "none": "nothing_due",
    "due": "unpaid",
    "failed": "unpaid",
    "partly": "partly_paid",
    "paid": "paid",
    "refunded": "refunded",
}
# Read before the engine asks for them: else it reads whole partners, contact data included.
_PARTY_FIELDS = (
    "commercial_partner_id",
    "account_block",
    "account_block_until",
    "account_block_since",
    "account_block_uid",
)


class Standing(NamedTuple):
    """Where an order stands now: the engine's facts, its journal, and what follows from both."""

    facts: Any
    journal: Sequence[Any]
    money: OrderMoney
    stage: str
    late: bool
    holds: tuple[str, ...]

    @property
    def payment(self) -> Any:
        """Return what of the order is paid, in the words of the API."""
        return PAYMENT[self.money.state]


def standings(look: Looking, order_ids: Sequence[int]) -> dict[int, Standing]:
    """Return {order id: where it stands}; the number of queries does not depend on the number of orders."""
    # Field by field: what is not named here is not read.
    orders = look.env["sale.order"].with_context(prefetch_fields=False).browse(order_ids)
    orders.fetch(["company_id", "partner_id", "partner_invoice_id"])
    parties = orders.partner_id | orders.partner_invoice_id
    parties.fetch(_PARTY_FIELDS)
    parties.commercial_partner_id.fetch(_PARTY_FIELDS)
    read_companies(look.env, orders.company_id.ids)
    shares = orders._retail_sync_shares()
    now = fields.Datetime.now()
    return {
        order_id: _standing(facts, journal, shares.get(order_id, {}), now)
        for order_id, (facts, journal) in orders._retail_sync_facts().items()
    }


def _standing(facts: Any, journal: Sequence[Any], shares: dict[int, Decimal], now: datetime) -> Standing:
    late = not facts.cancelled and delay_of(facts, now) is not None
    return Standing(facts, journal, money_of(facts, shares), stage_of(facts, journal), late, holds_of(facts))


def holds_of(facts: Any) -> tuple[str, ...]:
    """Return the codes of what stops an order; nothing stops one whose goods have all left."""
    if facts.confirmed and facts.shipped_all:
        return ()
    return tuple(dict.fromkeys(hold.key for hold in facts.holds))


def rows_of(look: Looking, order_ids: Sequence[int]) -> tuple[OrderRow, ...]:
    """Return orders as rows of a list, in the given order. They are in the caller's reach already."""
    if not order_ids:
        return ()
    heads = {
        row["id"]: row
        for row in look.env.execute_query_dict(
            SQL(
                "SELECT sale.id, sale.name, sale.date_order, sale.state, sale.amount_total, currency.name AS currency,"
                " currency.rounding, (SELECT count(*) FROM retail_sync_order_exception trouble"
                " WHERE trouble.order_id = sale.id AND trouble.state = 'open') AS exceptions"
                " FROM sale_order sale JOIN res_currency currency ON currency.id = sale.currency_id"
                " WHERE sale.id = ANY(%s)",
                list(order_ids),
            )
        )
    }
    found = standings(look, order_ids)
    return tuple(_row(heads[order_id], found[order_id]) for order_id in order_ids if order_id in found)


def _row(head: dict[str, Any], standing: Standing) -> OrderRow:
    currency = currency_of(head["currency"], head["rounding"])
    return OrderRow(
        id=head["id"],
        number=head["name"],
        ordered_at=aware(head["date_order"]),
        state=head["state"],
        stage=standing.stage,
        payment=standing.payment,
        total=money(head["amount_total"], currency),
        currency=currency.code,
        late=standing.late,
        holds=standing.holds,
        exceptions=head["exceptions"],
    )
