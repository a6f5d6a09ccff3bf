"""The canonical lines of orders: prices and totals as Odoo has them, quantities by the facts."""

from decimal import Decimal
from typing import Any

from odoo import models

from ...domain.commerce.facts import LineFacts, OrderFacts
from .document_values import moment, money, price, quantity, text


def of_order(order: models.BaseModel, facts: OrderFacts) -> list[dict[str, Any]] | None:
    """Return the lines of an order that are promises, in its order: no sections, notes or down payments."""
    by_id = {line.id: line for line in facts.lines}
    found = [line for line in order.order_line if line.id in by_id]
    return [_line(order, line, by_id[line.id]) for line in sorted(found, key=_place)] or None


def _place(line: models.BaseModel) -> tuple[int, int]:
    return line.sequence, line.id


def _line(order: models.BaseModel, line: models.BaseModel, facts: LineFacts) -> dict[str, Any]:
    currency, unit = order.currency_id, line.product_uom_id.name

    def counted(value: Decimal) -> Any:
        return quantity(value, unit)

    return {
        "key": str(line.id),
        "sku": text(facts.sku),
        "name": text(line.name),
        "unit": text(unit),
        "kind": facts.kind,
        "ordered": counted(facts.ordered),
        "reserved": counted(facts.reserved),
        "picked": counted(facts.picked),
        "shipped": counted(facts.shipped),
        "returned": counted(facts.returned),
        "invoiced": counted(facts.invoiced),
        "credited": counted(facts.credited),
        "unit_price": price(line.price_unit, currency),
        "discount": round(line.discount, 2),
        "subtotal": money(line.price_subtotal, currency),
        # A float with noise behind its cents.
        "tax": money(line.price_tax, currency),
        "total": money(line.price_total, currency),
        "warehouse": text((line.warehouse_id or order.warehouse_id).name),
        "promised_at": moment(order.commitment_date or None),
    }
