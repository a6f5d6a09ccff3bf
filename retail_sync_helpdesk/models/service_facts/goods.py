"""Lines and transfers of orders as decisions know them, in the unit of the order line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from odoo.tools import SQL

from ...domain.currency import ZERO
from ...domain.service.money_facts import MoneyFacts, credited_by_price
from ...domain.service.order_facts import LineFacts, Shipment
from . import coming_back
from .document_rows import number

_KINDS = {"delivery": "shipping", "reward": "reward", "service": "service", "kit": "kit", "goods": "goods"}
_HANDED_OVER = ("out", "dropship", "exchange", "replacement")
_TOWARDS_CUSTOMER = (*_HANDED_OVER, "pick", "pack")


def lines(
    env: Any, orders: Any, engine: Mapping[int, Any], moneys: Mapping[int, MoneyFacts]
) -> dict[int, tuple[LineFacts, ...]]:
    """Return {order id: lines}. Sections, notes and down payments are no lines here.

    What replaces returned goods within the order fulfils nothing: goods that were sent once more for goods that came
    back are neither delivered nor returned here, and made good once.
    """
    replaced = _replaced(env, orders)
    rmas = coming_back.by_rma(env, orders)
    free = _available(orders, engine)
    refused = orders._sync_goods_refused()
    reasons = orders._sync_back_reasons()
    owed = _owed(env, orders, moneys)
    found = {}
    for order in orders:
        known = engine[order.id]
        zone = ZoneInfo(order.company_id.partner_id.tz or "UTC")
        records = {line.id: line for line in order.order_line}
        deliveries = _deliveries(known, zone)
        back = coming_back.of_order(known, rmas)
        again = _again(known)
        found[order.id] = tuple(
            LineFacts(
                id=line.id,
                kind=_KINDS.get(line.kind, "other"),
                categories=_categories(records[line.id]),
                ordered=line.ordered,
                delivered=line.fulfilled,
                deliveries=_within(deliveries.get(line.id, ()), line.fulfilled),
                returned=max(back.received.get(line.id, ZERO) - line.replaced - refused.get(line.id, ZERO), ZERO),
                expected_back=back.expected.get(line.id, ZERO),
                replaced=replaced.get(line.id, ZERO) + line.replaced + again.get(line.id, ZERO),
                available=free.get(line.id),
                owed_back=owed.get(line.id, ZERO),
                back_reasons=reasons.get(line.id, frozenset()),
            )
            for line in known.lines
            if line.id in records
        )
    return found


def shipments(env: Any, engine: Mapping[int, Any]) -> dict[int, tuple[Shipment, ...]]:
    """Return {order id: transfers on the way to the customer}, each step of several."""
    ids = [moved.id for known in engine.values() for moved in known.transfers if moved.role in _TOWARDS_CUSTOMER]
    marks: dict[int, tuple[bool, bool]] = {}
    if ids:
        rows = env.execute_query(
            SQL(
                "SELECT picking.id, picking.printed, bool_or(move.picked AND move.state NOT IN ('done', 'cancel'))"
                " FROM stock_picking picking LEFT JOIN stock_move move ON move.picking_id = picking.id"
                " WHERE picking.id = ANY(%s) GROUP BY picking.id",
                ids,
            )
        )
        marks = {row_id: (bool(printed), bool(picked)) for row_id, printed, picked in rows}
    return {
        order_id: tuple(
            Shipment(moved.name, moved.state, *marks.get(moved.id, (False, False)), moved.tracking)
            for moved in known.transfers
            if moved.role in _TOWARDS_CUSTOMER
        )
        for order_id, known in engine.items()
    }


def _categories(line: Any) -> tuple[int, ...]:
    """Return the categories of a product, the nearest first."""
    path = line.product_id.categ_id.parent_path or ""
    return tuple(int(part) for part in reversed(path.split("/")) if part)


def _deliveries(known: Any, zone: ZoneInfo) -> dict[int, list[tuple[date, Decimal]]]:
    """Return {line id: [(day, quantity)] of each hand-over of what was ordered}."""
    found: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    for moved in known.transfers:
        at = moved.delivered_at or moved.done_at
        if not moved.done or moved.role not in _HANDED_OVER or moved.replaces or not at:
            continue
        for line_id, quantity in moved.quantities.items():
            if quantity > 0:
                found[line_id].append((_day(at, zone), quantity))
    return found


def _within(deliveries: Iterable[tuple[date, Decimal]], most: Decimal) -> tuple[tuple[date, Decimal], ...]:
    """Return hand-overs by day, of which there are no more than were delivered in all."""
    found = []
    for day, quantity in sorted(deliveries):
        part = min(quantity, most)
        most -= part
        if part > 0:
            found.append((day, part))
    return tuple(found)


def _again(known: Any) -> dict[int, Decimal]:
    """Return {line id: quantity} that open transfers of the order will bring in the place of returned goods."""
    found: dict[int, Decimal] = {}
    for moved in known.transfers:
        if moved.open and moved.outgoing and moved.replaces:
            for line_id, quantity in moved.demand.items():
                found[line_id] = found.get(line_id, ZERO) + quantity
    return found


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()


def _replaced(env: Any, orders: Any) -> dict[int, Decimal]:
    """Return {line id: quantity} that orders of ours make good, unless they are cancelled."""
    env["sale.order.line"].flush_model(
        ["sync_replaces_line_id", "product_uom_qty", "state", "sync_exchange_left", "sync_credited_before"]
    )
    rows = env.execute_query(
        SQL(
            "SELECT line.sync_replaces_line_id, sum(line.product_uom_qty * unit.factor / NULLIF(sold.factor, 0))"
            " FROM sale_order_line line JOIN sale_order made ON made.id = line.order_id"
            " JOIN sale_order_line former ON former.id = line.sync_replaces_line_id"
            " JOIN uom_uom unit ON unit.id = line.product_uom_id JOIN uom_uom sold ON sold.id = former.product_uom_id"
            " WHERE former.order_id = ANY(%s) AND made.state <> 'cancel' GROUP BY line.sync_replaces_line_id",
            orders.ids,
        )
    )
    return {line_id: number(quantity) for line_id, quantity in rows}


def _owed(env: Any, orders: Any, moneys: Mapping[int, MoneyFacts]) -> dict[int, Decimal]:
    """Return {line id: what exchanges have left to be paid back}, without what was credited by price since."""
    rows = env.execute_query(
        SQL(
            "SELECT line.sync_replaces_line_id, former.order_id, sum(line.sync_exchange_left),"
            " min(line.sync_credited_before) FROM sale_order_line line"
            " JOIN sale_order made ON made.id = line.order_id"
            " JOIN sale_order_line former ON former.id = line.sync_replaces_line_id"
            " WHERE former.order_id = ANY(%s) AND made.state <> 'cancel' AND line.sync_exchange_left > 0"
            " GROUP BY line.sync_replaces_line_id, former.order_id",
            orders.ids,
        )
    )
    found = {}
    for line_id, order_id, left, before in rows:
        money = moneys[order_id]
        whole = Decimal(str(left)) + Decimal(str(before or 0)) - credited_by_price(money, line_id)
        found[line_id] = max(money.currency.round(whole), ZERO)
    return found


def _available(orders: Any, engine: Mapping[int, Any]) -> dict[int, Decimal]:
    """Return {line id: free stock in the warehouse of the order}.

    Without what is not kept in stock, and what the supplier ships: nothing is known of its stock.
    """
    found: dict[int, Decimal] = {}
    kept = {
        line.id: line.kind
        for known in engine.values()
        for line in known.lines
        if line.kind in ("goods", "kit") and not line.dropship
    }
    by_warehouse: dict[Any, Any] = defaultdict(lambda: orders.order_line.browse())
    for order in orders:
        by_warehouse[order.warehouse_id] |= order.order_line.filtered(
            lambda line: line.id in kept and (line.product_id.is_storable or kept[line.id] == "kit")
        )
    for warehouse, of_warehouse in by_warehouse.items():
        levels = of_warehouse.product_id._retail_sync_levels(warehouse) if warehouse else {}
        for line in of_warehouse:
            level = levels.get((line.product_id.id, warehouse.id))
            if level:
                unit = line.product_id.uom_id
                found[line.id] = number(unit._compute_quantity(level.free, line.product_uom_id, round=False))
    return found
