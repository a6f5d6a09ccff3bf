"""Why orders are held: blocks and credit holds of their customers, payments that are not done, rules of others."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace

from odoo.api import Environment
from odoo.tools import SQL

from ...domain.commerce.facts import HoldFacts, OrderFacts
from ..credit.sale_order import Stop
from . import fact_sql

WAITING = ("pending", "authorized")
# What an order "sale" is said to be on hold for, because of which customer, and is not released from.
STANDING = SQL(
    "SELECT said.cause || ':' || said.document_id FROM retail_sync_milestone said"
    " WHERE said.res_model = 'sale.order' AND said.res_id = sale.id AND said.kind = 'held'"
    " AND said.reversal IS NOT TRUE AND said.document_model = 'res.partner'"
    " AND NOT EXISTS (SELECT FROM retail_sync_milestone back WHERE back.reverses_id = said.id)"
)


def added(env: Environment, found: dict[int, OrderFacts]) -> dict[int, OrderFacts]:
    """Return the facts with the holds of their orders. A cancelled order is held by nothing."""
    live = {order_id: facts for order_id, facts in found.items() if not facts.cancelled}
    if not live:
        return found
    holds = _blocks(env, live)
    for order_id, held in _exceptions(env, list(live)).items():
        holds[order_id] += held
    for order_id, facts in live.items():
        holds[order_id] += _payments(facts)
    return {order_id: replace(facts, holds=tuple(holds.get(order_id, ()))) for order_id, facts in found.items()}


def stoppable(env: Environment) -> SQL:
    """Return the condition of an order "sale" that a block or a credit hold of its customer may hold or release.

    Quotations, confirmed orders of which goods are to be shipped or that have none, and what is said to be on hold.
    """
    # Before a purchase is confirmed, what the supplier ships has no move.
    bought = SQL("")
    if fact_sql.present(env).has("purchase_order_line", "sale_line_id"):
        bought = SQL(
            " OR EXISTS (SELECT FROM sale_order_line line JOIN purchase_order_line bought"
            " ON bought.sale_line_id = line.id"
            " WHERE line.order_id = sale.id AND line.qty_delivered < line.product_uom_qty)"
        )
    return SQL(
        "(sale.state IN ('draft', 'sent') OR sale.state = 'sale' AND (EXISTS (SELECT FROM sale_order_line line"
        " JOIN stock_move move ON move.sale_line_id = line.id"
        " WHERE line.order_id = sale.id AND move.state NOT IN ('done', 'cancel'))"
        " OR NOT EXISTS (SELECT FROM sale_order_line line JOIN product_product product ON product.id = line.product_id"
        " JOIN product_template template ON template.id = product.product_tmpl_id"
        " WHERE line.order_id = sale.id AND line.display_type IS NULL AND template.type = 'consu')"
        "%s OR EXISTS (%s)))",
        bought,
        STANDING,
    )


def stops(env: Environment, order_ids: Collection[int]) -> dict[int, list[Stop]]:
    """Return {order id: blocks and credit holds that stop it}, without those that a user with the right has waived."""
    orders = env["sale.order"].sudo().browse(order_ids)
    env["retail.sync.block.override"].flush_model(["order_id", "kind"])
    waived = set(
        env.execute_query(
            SQL("SELECT order_id, kind FROM retail_sync_block_override WHERE order_id = ANY(%s)", orders.ids)
        )
    )
    return {
        order.id: [stop for stop in found if (order.id, stop.kind) not in waived]
        for order, found in orders._stops(orders._stopping_kinds()).items()
    }


def _blocks(env: Environment, live: dict[int, OrderFacts]) -> dict[int, list[HoldFacts]]:
    """Return the blocks and credit holds that stop orders."""
    holds: dict[int, list[HoldFacts]] = defaultdict(list)
    for order_id, found in stops(env, list(live)).items():
        for stop in found:
            blocked = stop.kind == "account_block"
            holds[order_id].append(
                HoldFacts(
                    stop.kind,
                    document_model="res.partner",
                    document_id=stop.partner.id,
                    since=stop.partner.account_block_since or None if blocked else None,
                    user_id=stop.partner.account_block_uid.id if blocked else 0,
                )
            )
    return holds


def _payments(facts: OrderFacts) -> list[HoldFacts]:
    """Return the payment on which an order waits: under way or only authorized, and none that is done."""
    payments = [item for item in facts.transactions if not item.refund]
    waiting = [item for item in payments if item.state in WAITING]
    if not waiting or any(item.state == "done" for item in payments):
        return []
    last = waiting[-1]
    return [
        HoldFacts(
            f"payment_{last.state}",
            document_model="payment.transaction",
            document_id=last.id,
            document_name=last.reference,
            since=last.changed_at,
        )
    ]


def _exceptions(env: Environment, order_ids: list[int]) -> dict[int, list[HoldFacts]]:
    """Return the rules of the OCA addon sale_exception that stop orders, where it is installed."""
    holds: dict[int, list[HoldFacts]] = defaultdict(list)
    field = env["sale.order"]._fields.get("exception_ids")
    if field is None or field.type != "many2many" or not field.store:
        return holds
    rows = env.execute_query(
        SQL(
            "SELECT link.%(order)s, link.%(rule)s FROM %(table)s link JOIN sale_order sale ON sale.id = link.%(order)s"
            " WHERE link.%(order)s = ANY(%(ids)s) AND sale.ignore_exception IS NOT TRUE",
            order=SQL.identifier(field.column1),
            rule=SQL.identifier(field.column2),
            table=SQL.identifier(field.relation),
            ids=order_ids,
        )
    )
    names = {
        rule.id: rule.display_name
        for rule in env[field.comodel_name].sudo().browse({rule_id for _order, rule_id in rows}).exists()
    }
    for order_id, rule_id in rows:
        name = names.get(rule_id, "")
        holds[order_id].append(HoldFacts("sale_exception", name, field.comodel_name, rule_id, name))
    return holds
