"""Milestones in the words of the reader."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from odoo.api import Environment

KINDS = [
    ("quoted", "Quoted"),
    ("sent", "Quotation sent"),
    ("confirmed", "Confirmed"),
    ("held", "On hold"),
    ("partly_allocated", "Partly allocated"),
    ("allocated", "Allocated"),
    ("backordered", "Backordered"),
    ("picked", "Picked"),
    ("packed", "Packed"),
    ("tracking", "Tracking number"),
    ("shipped", "Shipped"),
    ("repromised", "New promise"),
    ("delayed", "Delayed"),
    ("delivery_exception", "Delivery exception"),
    ("delivered", "Delivered"),
    ("payment_failed", "Payment failed"),
    ("invoiced", "Invoiced"),
    ("partly_paid", "Partly paid"),
    ("paid", "Paid"),
    ("return_requested", "Return requested"),
    ("return_received", "Return received"),
    ("inspected", "Return inspected"),
    ("refund_approved", "Refund approved"),
    ("refund_issued", "Refund issued"),
    ("refund_failed", "Refund failed"),
    ("refund_paid", "Refund paid"),
    ("partly_cancelled", "Partly cancelled"),
    ("cancelled", "Cancelled"),
]


def reversal(env: Environment, kind: str) -> str:
    """Return what is said when an entry of a kind is taken back."""
    return {
        "confirmed": env._("Confirmation taken back"),
        "held": env._("Hold released"),
        "partly_allocated": env._("Reservation lost"),
        "allocated": env._("Reservation lost"),
        "backordered": env._("No longer backordered"),
        "tracking": env._("Tracking number removed"),
        "delayed": env._("No longer delayed"),
        "delivery_exception": env._("Delivery exception solved"),
        "delivered": env._("Delivery taken back"),
        "payment_failed": env._("Failed payment superseded"),
        "invoiced": env._("Invoice taken back"),
        "partly_paid": env._("Payment undone"),
        "paid": env._("Payment undone"),
        "return_requested": env._("Return cancelled"),
        "refund_approved": env._("Refund approval withdrawn"),
        "refund_issued": env._("Refund taken back"),
        "refund_failed": env._("Failed refund superseded"),
        "refund_paid": env._("Refund payment undone"),
        "partly_cancelled": env._("Cancelled quantity restored"),
        "cancelled": env._("Order reopened"),
    }.get(kind, env._("Taken back"))


def cause(env: Environment, code: str) -> str:
    """Return the sentence that stands for the code of a cause; "" where the milestone says it all."""
    return {
        "account_block": env._("The customer is blocked."),
        "credit_hold": env._("The customer is on credit hold."),
        "payment_pending": env._("The payment is pending."),
        "payment_authorized": env._("The payment is authorized, not captured."),
        "sale_exception": env._("A rule of the order stops it."),
        "short": env._("Goods are missing in stock."),
        "split": env._("The rest of a partial shipment."),
        "promise_passed": env._("The promised date has passed."),
        "planned_late": env._("The planned date is after the promised date."),
        "carrier": env._("Reported by the carrier."),
        "assumed": env._("Assumed: the carrier does not report deliveries."),
        "transaction": env._("Online payment."),
        "payment": env._("Payment."),
        "paid": env._("Payment."),
        "in_payment": env._("Payment, not yet matched with the bank."),
        "credit_note": env._("Credit note."),
        "error": env._("The provider reports an error."),
        "cancel": env._("The payment was cancelled."),
        "dropship": env._("Shipped by the supplier."),
        "exchange": env._("Exchange for returned goods."),
        "replacement": env._("Replacement for returned goods."),
        "stock": env._("Back in stock."),
        "scrap": env._("Scrapped."),
        "supplier": env._("Sent on to the supplier."),
    }.get(code, "")


def unit_names(env: Environment, journal: Iterable[Mapping[str, list[str]] | None]) -> dict[str, str]:
    """Return {name of a unit as the journal keeps it: its name in the language of the reader}; two queries at most."""
    kept = {pair[2] for quantities in journal for pair in (quantities or {}).values() if len(pair) > 2}
    if not kept:
        return {}
    units = env["uom.uom"].sudo().with_context(active_test=False, lang="en_US").search([("name", "in", sorted(kept))])
    return {unit.name: unit.with_context(lang=env.lang).name for unit in units}


def quantity(env: Environment, quantities: Mapping[str, list[str]] | None, names: Mapping[str, str]) -> str:
    """Return "3 of 5 Units" over all lines of an entry, or "5 Units" where it is all of them; "" without quantities.

    Lines in different units are not added up: "3 of 5 Units, 2 kg".

    :param quantities: {order line id: [quantity, of, unit]} as the journal keeps them; older ones have no unit
    :param names: of units in the language of the reader
    """
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for pair in (quantities or {}).values():
        unit = pair[2] if len(pair) > 2 else ""
        part, whole = sums.get(unit, (Decimal(0), Decimal(0)))
        sums[unit] = part + Decimal(pair[0]), whole + Decimal(pair[1])
    return ", ".join(_amount(env, *of_unit, names.get(unit, unit)) for unit, of_unit in sums.items())


def _amount(env: Environment, part: Decimal, whole: Decimal, unit: str) -> str:
    if part == whole:
        return f"{plain(part)} {unit}".strip()
    return env._("%(part)s of %(whole)s %(unit)s", part=plain(part), whole=plain(whole), unit=unit).strip()


def plain(number: Decimal) -> str:
    """Return a number without an exponent and without trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
