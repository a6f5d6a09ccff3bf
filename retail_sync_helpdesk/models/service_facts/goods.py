"""Lines and transfers of orders as decisions know them, in the unit of the order line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from odoo.tools import SQL

from ...domain.currency import ZERO
from ...domain.service.order_facts import LineFacts, Shipment
from .document_rows import number

_KINDS = {"delivery": "shipping", "reward": "reward", "service": "service", "kit": "kit", "goods": "goods"}
_HANDED_OVER = ("out", "dropship", "exchange", "replacement")
_TOWARDS_CUSTOMER = (*_HANDED_OVER, "pick", "pack")


def lines(env: Any, orders: Any, engine: Mapping[int, Any]) -> dict[int, tuple[LineFacts, ...]]:
    """Return {order id: lines}. Sections, notes and down payments are no lines here."""
    replaced = _replaced(env, orders)
    expected = _expected_by_rma(env, orders)
    free = _available(env, orders)
    receptions = _receptions(env, orders)
    refused = orders._sync_goods_refused()
    found = {}
    for order in orders:
        known = engine[order.id]
        zone = ZoneInfo(order.company_id.partner_id.tz or "UTC")
        records = {line.id: line for line in order.order_line}
        deliveries = _deliveries(known, zone)
        back = _expected_back(known, receptions)
        found[order.id] = tuple(
            LineFacts(
                id=line.id,
                kind=_KINDS.get(line.kind, "other"),
                categories=_categories(records[line.id]),
                ordered=line.ordered,
                delivered=line.shipped,
                deliveries=tuple(sorted(deliveries.get(line.id, ()))),
                returned=max(line.returned - refused.get(line.id, ZERO), ZERO),
                expected_back=back.get(line.id, ZERO) + expected.get(line.id, ZERO),
                replaced=replaced.get(line.id, ZERO),
                available=free.get(line.id),
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
    """Return {line id: [(day, quantity)] of each hand-over}."""
    found: dict[int, list[tuple[date, Decimal]]] = defaultdict(list)
    for moved in known.transfers:
        at = moved.delivered_at or moved.done_at
        if moved.state != "done" or moved.role not in _HANDED_OVER or not at:
            continue
        for line_id, quantity in moved.quantities.items():
            if quantity > 0:
                found[line_id].append((_day(at, zone), quantity))
    return found


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()


def _expected_back(known: Any, receptions: set[int]) -> dict[int, Decimal]:
    """Return {line id: quantity} of open returns that no RMA has announced; of kits, whose RMAs count parts, of all."""
    found: dict[int, Decimal] = {}
    kits = {line.id for line in known.lines if line.kind == "kit"}
    for moved in known.transfers:
        if moved.role != "return" or moved.state in ("done", "cancel"):
            continue
        for line_id, quantity in moved.demand.items():
            if moved.id not in receptions or line_id in kits:
                found[line_id] = found.get(line_id, ZERO) + quantity
    return found


def _receptions(env: Any, orders: Any) -> set[int]:
    """Return ids of the transfers that receive what an RMA has announced."""
    rows = env.execute_query(
        SQL(
            "SELECT DISTINCT move.picking_id FROM rma JOIN stock_move move ON move.id = rma.reception_move_id"
            " WHERE rma.order_id = ANY(%s) AND move.picking_id IS NOT NULL",
            orders.ids,
        )
    )
    return {picking_id for (picking_id,) in rows}


def _expected_by_rma(env: Any, orders: Any) -> dict[int, Decimal]:
    """Return {line id: quantity} that RMAs have announced and that has not come yet."""
    env["rma"].flush_model()
    rows = env.execute_query(
        SQL(
            "SELECT move.sale_line_id, sum(rma.product_uom_qty * unit.factor / NULLIF(sold.factor, 0)) FROM rma"
            " JOIN stock_move move ON move.id = rma.move_id JOIN uom_uom unit ON unit.id = rma.product_uom"
            " JOIN sale_order_line line ON line.id = move.sale_line_id"
            " JOIN uom_uom sold ON sold.id = line.product_uom_id"
            " WHERE rma.order_id = ANY(%s) AND rma.state IN ('draft', 'confirmed') AND line.product_id = rma.product_id"
            " GROUP BY move.sale_line_id",
            orders.ids,
        )
    )
    return {line_id: number(quantity) for line_id, quantity in rows}


def _replaced(env: Any, orders: Any) -> dict[int, Decimal]:
    """Return {line id: quantity} that orders of ours make good, unless they are cancelled."""
    env["sale.order.line"].flush_model(["sync_replaces_line_id", "product_uom_qty", "state"])
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


def _available(env: Any, orders: Any) -> dict[int, Decimal]:
    """Return {line id: free stock in the warehouse of the order}; without those whose stock is not kept."""
    found: dict[int, Decimal] = {}
    by_warehouse: dict[Any, Any] = defaultdict(lambda: env["sale.order.line"])
    for order in orders:
        by_warehouse[order.warehouse_id] |= order.order_line.filtered(lambda line: line.product_id.is_storable)
    for warehouse, of_warehouse in by_warehouse.items():
        products = of_warehouse.product_id.with_context(warehouse_id=warehouse.id)
        free = {product.id: product.free_qty for product in products}
        for line in of_warehouse:
            unit = line.product_id.uom_id
            quantity = unit._compute_quantity(free[line.product_id.id], line.product_uom_id, round=False)
            found[line.id] = number(quantity)
    return found
