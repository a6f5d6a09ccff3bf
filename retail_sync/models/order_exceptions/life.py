"""Exceptions open once per occurrence of their cause, and end with it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg2.errors import UniqueViolation

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.commerce.expectations import INVOICE, TRANSFER, Watch
from ...domain.commerce.order_exceptions import SOLVED, Known, Step, key_of, next_step, priority_of
from ...runtime.transactions import LostRaceError
from . import notify, values

# What a change of makes an open exception another one to readers.
_SHOWN = ("due_at", "picking_id", "return_picking_id", "move_id", "detail", "partner_id", "contact_id")

Caused = Mapping[tuple[int, int], Sequence[Watch]]


def step(
    env: Environment, order_ids: Sequence[int], rules: models.BaseModel, caused: Caused, now: datetime
) -> models.BaseModel:
    """Open, keep or end the exceptions of orders; return those that were opened.

    :param rules: the active rules; an exception of any other rule ends
    :param caused: {(order id, rule id): overdue watches, the first due in front}
    """
    exceptions = env["retail.sync.order.exception"].sudo()
    latest = _latest(env, order_ids)
    rule_ids = {rule.code: rule.id for rule in rules}
    orders = {order.id: order for order in env["sale.order"].sudo().browse(order_ids)}
    places = dict.fromkeys([*((order_id, rules.browse(rule_id).code) for order_id, rule_id in caused), *latest])
    opened, ended, kept = [], [], {}
    for order_id, code in sorted(places):
        row = latest.get((order_id, code))
        seen = caused.get((order_id, rule_ids.get(code, 0)))
        what, ordinal = next_step(Known(row[1], row[2]) if row else None, bool(seen))
        if what is Step.open and seen:
            opened.append(_vals(orders[order_id], rules.browse(rule_ids[code]), ordinal, seen, row and row[0], now))
        elif what is Step.solve and row:
            ended.append(row[0])
        elif seen and row:
            kept[row[0]] = seen[0]
    _keep(exceptions.browse(kept), kept)
    if ended:
        exceptions.browse(ended)._solve(now)
    if not opened:
        return exceptions
    created = _create(exceptions, opened)
    notify.opened(created)
    return created


def _latest(env: Environment, order_ids: Sequence[int]) -> dict[tuple[int, str], tuple[int, int, str]]:
    """Return {(order id, rule code): (id, ordinal, state) of the latest exception}."""
    env["retail.sync.order.exception"].flush_model(["order_id", "rule_code", "ordinal", "state"])
    rows = env.execute_query(
        SQL(
            """
            SELECT DISTINCT ON (order_id, rule_code) order_id, rule_code, id, ordinal, state
              FROM retail_sync_order_exception
             WHERE order_id = ANY(%s)
             ORDER BY order_id, rule_code, ordinal DESC
            """,
            list(order_ids),
        )
    )
    return {(order_id, code): (row_id, ordinal, state) for order_id, code, row_id, ordinal, state in rows}


def _vals(
    order: models.BaseModel,
    rule: models.BaseModel,
    ordinal: int,
    seen: Sequence[Watch],
    earlier_id: int | None,
    now: datetime,
) -> dict[str, Any]:
    return {
        "order_id": order.id,
        "rule_id": rule.id,
        "rule_code": rule.code,
        "ordinal": ordinal,
        "key": key_of(order.id, rule.code, ordinal),
        "state": "open",
        "opened_at": now,
        "earlier_id": earlier_id or False,
        "company_id": order.company_id.id,
        "raises_case": rule.raises_case,
        "queue": rule.queue,
        "user_id": False,
        **_shown(order, seen[0]),
    }


def _shown(order: models.BaseModel, watch: Watch) -> dict[str, Any]:
    """Return what an exception shows of its cause, and of whom it is about."""
    model, record_id = watch.document
    picking = order.env["stock.picking"].sudo().browse(record_id if model == TRANSFER else False).exists()
    is_return = bool(picking) and picking.picking_type_code == "incoming"
    head = order.partner_id.commercial_partner_id
    return {
        "due_at": watch.due_at,
        "since": watch.since,
        "detail": watch.detail or False,
        "picking_id": False if is_return else picking.id,
        "return_picking_id": picking.id if is_return else False,
        "move_id": order.env["account.move"].sudo().browse(record_id if model == INVOICE else False).exists().id,
        "partner_id": head.id,
        "contact_id": order.partner_id.id if order.partner_id != head and not order.partner_id.is_company else False,
    }


def _keep(exceptions: models.BaseModel, kept: Mapping[int, Watch]) -> None:
    """Bring what exceptions show up to date, where their cause is another document or another time by now."""
    for exception in exceptions:
        shown = _shown(exception.order_id, kept[exception.id])
        changed = {
            name: value
            for name, value in shown.items()
            if name in _SHOWN and (getattr(exception[name], "id", exception[name]) or False) != (value or False)
        }
        if changed:
            exception.write(changed)


def _create(exceptions: models.BaseModel, vals_list: list[dict[str, Any]]) -> models.BaseModel:
    """Create exceptions with their priority; raise LostRaceError where another transaction has opened one just now."""
    worth = values.of_orders(exceptions.env, [vals["order_id"] for vals in vals_list])
    thresholds = values.thresholds(exceptions.env)
    rules = exceptions.env["retail.sync.order.rule"].browse({vals["rule_id"] for vals in vals_list})
    by_id = {rule.id: rule for rule in rules}
    for vals in vals_list:
        rule = by_id[vals["rule_id"]]
        value = worth.get(vals["order_id"], Decimal(0)) if rule.by_value else Decimal(0)
        vals["priority"] = priority_of(value, thresholds, rule.priority)
    try:
        with exceptions.env.cr.savepoint():
            return exceptions.create(vals_list)
    except UniqueViolation as error:
        raise LostRaceError("Another worker has just opened the same exception of an order") from error


def end_of_rules(env: Environment, rules: models.BaseModel, now: datetime, order_ids: Sequence[int] = ()) -> int:
    """End the open exceptions of rules that no longer check orders; return how many."""
    domain = [("rule_id", "in", rules.ids), ("state", "!=", SOLVED)]
    ended = env["retail.sync.order.exception"].sudo().search(domain, limit=None)
    ended._solve(now, "rule_off")
    return len(ended)


def by_rule(found: Caused) -> dict[int, set[int]]:
    """Return {rule id: ids of the orders of which it has a cause}."""
    orders: dict[int, set[int]] = defaultdict(set)
    for order_id, rule_id in found:
        orders[rule_id].add(order_id)
    return orders
