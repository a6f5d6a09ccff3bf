"""Moves and pickings as the roles that they play in an order, and the quantities that they add up to."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ...domain.commerce.facts import BACKWARD, LineFacts, TransferFacts
from ...domain.commerce.money_facts import ZERO
from .line_moves import LineMoves, Moved, Row, number

# Delivery states of the OCA addon delivery_state.
DELIVERED, INCIDENT = "customer_delivered", "incident"


def when(text: str | None) -> datetime | None:
    """Return a time as PostgreSQL writes it into JSON, to the second: some columns of Odoo know no more."""
    return datetime.fromisoformat(text).replace(microsecond=0) if text else None


def day(text: str | None) -> date | None:
    """Return a date as PostgreSQL writes it into JSON."""
    return date.fromisoformat(text) if text else None


def roles(moves: Iterable[Row], pickings: dict[int, Row]) -> list[Moved]:
    """Return the moves with their roles. What only leaves the stock, and scrapped goods, play none."""
    rows = sorted(moves, key=lambda row: row["id"])
    back = {row["id"] for row in rows if row["source"] == "customer"}
    returns = frozenset(back)
    found = []
    for row in rows:
        picking = pickings.get(row["picking"], {})
        if row["source"] == "customer":
            role = "return"
        elif row["target"] == "customer" and (row["returned"] in returns or returns.intersection(row["origins"])):
            # The return of a return: the customer gets goods for those that came back.
            role = "exchange"
        elif back.intersection(row["origins"]):
            role = "inspection"
            back.add(row["id"])
        elif row["target"] == "inventory":
            continue
        elif row["target"] == "customer" or row["target"] == "transit" and not row["goes_on"]:
            role = "replacement" if row["rma"] else ("dropship" if row["source"] == "supplier" else "out")
        else:
            role = picking.get("step", "pick")
        found.append(Moved(row, role, bool(row["rma"]) and role not in BACKWARD))
    return found


def with_exchanges(moved: Iterable[Moved], found: Iterable[TransferFacts]) -> list[Moved]:
    """Return the moves as their transfers are: what belongs to an exchange is known of whole transfers alone."""
    replacing = {transfer.id: transfer.role for transfer in found if transfer.replaces}
    return [
        Moved(item.row, replacing[item.row["picking"]] if item.role == "out" else item.role, again=True)
        if item.row["picking"] in replacing
        else item
        for item in moved
    ]


def line_facts(line: Row, moves: list[Moved], today: date, dropship: bool) -> LineFacts:
    """Return the facts of a line, without what was invoiced."""
    of_line = LineMoves(line, moves)
    values: dict[str, Any] = {
        "id": line["id"],
        "product_id": line["product"],
        "sku": line["sku"] or "",
        "name": line["name"] or "",
        "unit": line["unit"] or "",
        "kind": "kit" if of_line.kit else line["kind"],
        "ordered": number(line["ordered"]),
    }
    if line["kind"] in ("service", "delivery", "reward"):
        return LineFacts(**values, shipped=number(line["delivered"]))
    total, added = of_line.total, of_line.added
    shipped, replaced, returned = of_line.shipped()
    steps = {moved.role for moved in moves}
    picked = total(lambda moved: moved.done and moved.role == "pick") if "pick" in steps else shipped
    packed = total(lambda moved: moved.done and moved.role == "pack") if "pack" in steps else shipped

    def forward(moved: Moved) -> bool:
        return moved.open and moved.role not in BACKWARD

    def from_stock(moved: Moved) -> bool:
        return forward(moved) and moved.row["source"] != "supplier"

    def ordered(moved: Moved) -> bool:
        return forward(moved) and not moved.replaces

    wanted = added(lambda moved: from_stock(moved) and _to_reserve(moved.row, today), "demand")
    got = added(lambda moved: from_stock(moved) and _to_reserve(moved.row, today))
    return LineFacts(
        **values,
        demand=added(lambda moved: ordered(moved) and not moved.row["goes_on"], "demand"),
        reserved=added(lambda moved: ordered(moved) and from_stock(moved)),
        short=max(wanted - got, ZERO),
        picked=picked,
        packed=packed,
        shipped=shipped,
        replaced=replaced,
        returned=returned,
        dropship=dropship,
    )


def _to_reserve(row: Row, today: date) -> bool:
    """Return whether a move should be reserved by now: nothing comes before it, and no person reserves it by hand."""
    if row["state"] not in ("confirmed", "partially_available", "assigned"):
        return False
    if row["reservation_method"] == "by_date":
        on = day(row["reservation_date"])
        return bool(on and on <= today)
    return bool(row["reservation_method"] != "manual")


def transfers(
    moved: list[Moved], lines: dict[int, Row], pickings: dict[int, Row], today: date
) -> tuple[TransferFacts, ...]:
    """Return the transfers of an order, by id."""
    by_picking: dict[int, list[Moved]] = defaultdict(list)
    by_id = {item.row["id"]: item for item in moved}
    by_line: dict[int, list[Moved]] = defaultdict(list)
    for item in moved:
        by_line[item.row["line"]].append(item)
        if item.row["picking"] in pickings:
            by_picking[item.row["picking"]].append(item)
    quantities: dict[int, dict[int, Decimal]] = defaultdict(dict)
    demand: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for line_id in by_line.keys() & lines.keys():
        of_line = LineMoves(lines[line_id], by_line[line_id])
        used = {item.row["picking"] for item in of_line.moves} & by_picking.keys()
        in_order = sorted(used, key=lambda picking_id: _place(pickings[picking_id]))
        for found, column in ((quantities, "done"), (demand, "demand")):
            for picking_id, quantity in of_line.of_transfers(in_order, column).items():
                if quantity:
                    found[picking_id][line_id] = quantity
    all_of_them = [
        _transfer(pickings[picking_id], of_picking, quantities[picking_id], demand[picking_id], by_id, today)
        for picking_id, of_picking in sorted(by_picking.items())
    ]
    return tuple(_with_exchanges(all_of_them, lines, pickings))


def _place(row: Row) -> tuple[int, str, int]:
    """Return the place of a transfer among those of its order: what is done by its time, then what is open."""
    rank = {"done": 0, "cancel": 2}.get(row["state"], 1)
    return rank, (row["date_done"] or "") if not rank else "", row["id"]


def _transfer(
    row: Row,
    moves: list[Moved],
    quantities: dict[int, Decimal],
    demand: dict[int, Decimal],
    by_id: dict[int, Moved],
    today: date,
) -> TransferFacts:
    found = {moved.role for moved in moves}
    order = ("return", "inspection", "replacement", "exchange", "dropship", "out", "pack", "pick")
    role = next(name for name in order if name in found)
    origins = {moved.row["returned"] for moved in moves} if role == "return" else set()
    if role == "inspection":
        origins = {origin for moved in moves for origin in moved.row["origins"]}
    came_from = {by_id[origin].row["picking"] for origin in origins if origin in by_id} - {None}
    later = [on for moved in moves if (on := day(moved.row["reservation_date"])) and on > today and moved.open]
    alerts = [at for moved in moves if (at := when(moved.row["delay_alert_date"])) and moved.open]
    delivery = {DELIVERED: "delivered", INCIDENT: "incident"}.get(row["delivery"] or "", "")
    return TransferFacts(
        id=row["id"],
        name=row["name"] or "",
        role=role,
        state=row["state"] or "draft",
        created_at=when(row["create_date"]),
        done_at=when(row["date_done"]),
        planned_at=when(row["scheduled_date"]),
        promised_at=when(row["date_deadline"]),
        changed_at=when(row["write_date"]),
        reserve_on=min(later, default=None),
        alert_at=max(alerts, default=None),
        carrier=row["carrier"] or "",
        tracking=row["tracking"] or "",
        backorder_of=row["backorder_id"] or 0,
        return_of=tuple(sorted(came_from)),
        quantities=quantities,
        demand=demand,
        user_id=row["user_id"] or 0,
        delivery=delivery,
        delivered_at=when(row["delivered_at"]) if delivery == "delivered" else None,
        result=_result(moves) if role == "inspection" else "",
        again=any(moved.replaces for moved in moves),
    )


def _result(moves: list[Moved]) -> str:
    """Return where returned goods went: scrap, supplier or stock."""
    targets = {moved.row["target"] for moved in moves}
    return "scrap" if "inventory" in targets else ("supplier" if "supplier" in targets else "stock")


def _with_exchanges(
    found: list[TransferFacts], lines: dict[int, Row], pickings: dict[int, Row]
) -> Iterable[TransferFacts]:
    """Yield the transfers; one that brings more than was ordered, after a return was asked for, is an exchange.

    Nothing in the database ties an exchange to its return. Of several steps, each one is looked at alone.
    """
    sent: dict[Any, list[TransferFacts]] = defaultdict(list)
    returns: set[int] = set()
    exchanges: set[int] = set()
    for transfer in found:
        wanted = _wanted(transfer)
        if transfer.role == "return" and transfer.state != "cancel" and transfer.created_at:
            returns.update(wanted)
        if transfer.role not in ("out", "pick", "pack") or transfer.replaces:
            yield transfer
            continue
        # A warehouse may have several steps before the last one, each with its type of operation.
        step = transfer.role if transfer.outgoing else pickings[transfer.id]["operation"]
        over = any(
            _sent_before(transfer, line_id, sent[step]) + wanted[line_id] > number(lines[line_id]["ordered"])
            for line_id in returns.intersection(wanted)
        )
        if transfer.backorder_of in exchanges or (over and not transfer.backorder_of):
            exchanges.add(transfer.id)
            yield replace(transfer, role="exchange" if transfer.role == "out" else transfer.role, again=True)
            continue
        sent[step].append(transfer)
        yield transfer


def _wanted(transfer: TransferFacts) -> dict[int, Decimal]:
    return dict(transfer.quantities if transfer.done else transfer.demand)


def _sent_before(transfer: TransferFacts, line_id: int, earlier: Iterable[TransferFacts]) -> Decimal:
    """Return what earlier transfers brought of a line, or were to bring when this one was made.

    A rest that is cancelled later makes no first shipment of an exchange.
    """
    return sum(
        (
            _wanted(other).get(line_id, ZERO)
            for other in earlier
            if other.state != "cancel"
            or (other.changed_at and transfer.created_at and other.changed_at > transfer.created_at)
        ),
        ZERO,
    )
