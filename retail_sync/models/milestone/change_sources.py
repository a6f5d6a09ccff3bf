"""Which rows of the database may change what is known of an order."""

from collections.abc import Collection, Mapping

from odoo.api import Environment

from ..outbox.change_source import ChangeSource
from . import fact_sql

MODEL = "sale.order"
LINE = ("sale_order_line", "id", "order_id")
# From an invoice to the orders whose lines it bills.
INVOICE = (
    ("account_move_line", "move_id", "id"),
    ("sale_order_line_invoice_rel", "invoice_line_id", "order_line_id"),
    LINE,
)
INVOICES = {"move_type": ("out_invoice", "out_refund")}
# What a line promises, and for how much. A text, a price with its discount, taxes or the places of lines may change
# while the totals of the order stay.
PROMISED = (
    "product_id",
    "product_uom_qty",
    "product_uom_id",
    "name",
    "sequence",
    "price_unit",
    "discount",
    "price_subtotal",
    "price_tax",
    "price_total",
    "warehouse_id",
)
# What moves by hand, and not by transfers.
BY_HAND = {"qty_delivered_method": ("manual", "analytic", "timesheet", "milestones")}
# Groups of sources, for who names different values for each.
GROUPS = ("order", "lines", "moves", "transfers", "invoices", "payments", "holds")


def order_sources(env: Environment, names: Collection[str] | Mapping[str, Collection[str]]) -> list[ChangeSource]:
    """Return the change sources of an order: its own row, and whatever tells of its goods and its money.

    Left out, because something else of the same transaction always tells: the states of transfers (their moves), rows
    of partial reconciliations (the open amount of the invoice), deliveries of goods by line (moves), the links of draft
    invoices (their posting).

    :param names: what may have changed: the same names for all, or {group: names}, see GROUPS. Sources with the same
        names share their triggers.
    """
    of = {group: tuple(sorted(names[group] if isinstance(names, Mapping) else names)) for group in GROUPS}
    there = fact_sql.present(env)
    picking = ("carrier_tracking_ref", "date_done", "scheduled_date", "date_deadline", "carrier_id")
    picking += tuple(name for name in ("delivery_state", "date_delivered") if there.has("stock_picking", name))
    columns = (
        "state",
        "date_order",
        "commitment_date",
        "amount_total",
        "partner_id",
        "partner_invoice_id",
        "company_id",
    )
    invoice = ("state", "payment_state", "amount_residual", "amount_total", "name")
    moves = ("state", "quantity", "product_uom_qty", "delay_alert_date")
    sources = [
        ChangeSource("sale_order", "id", columns, MODEL, of["order"]),
        ChangeSource("sale_order_line", "order_id", PROMISED, MODEL, of["lines"]),
        ChangeSource("sale_order_line", "order_id", ("qty_delivered",), MODEL, of["lines"], conditions=BY_HAND),
        ChangeSource("stock_move", "sale_line_id", moves, MODEL, of["moves"], hops=(LINE,)),
        ChangeSource("stock_picking", "sale_id", picking, MODEL, of["transfers"]),
        ChangeSource("account_move", "id", invoice, MODEL, of["invoices"], hops=INVOICE, conditions=INVOICES),
        # A credit note that bills no line of an order belongs to the invoice that it names.
        ChangeSource(
            "account_move", "reversed_entry_id", invoice, MODEL, of["invoices"], hops=INVOICE, conditions=INVOICES
        ),
        ChangeSource("sale_order_transaction_rel", "sale_order_id", ("transaction_id",), MODEL, of["payments"]),
        ChangeSource(
            "account_invoice_transaction_rel", "invoice_id", ("transaction_id",), MODEL, of["payments"], hops=INVOICE
        ),
        ChangeSource("retail_sync_block_override", "order_id", ("kind",), MODEL, of["holds"]),
    ]
    online = (("sale_order_transaction_rel", "transaction_id", "sale_order_id"),)
    billed = (("account_invoice_transaction_rel", "transaction_id", "invoice_id"), *INVOICE)
    # Of payments without a journal entry, only the first one changes a column of the invoice.
    paid = ("account_move__account_payment", "payment_id", "invoice_id")
    sources += [
        ChangeSource(
            "account_payment",
            "id",
            ("state", "amount"),
            MODEL,
            of["invoices"],
            hops=(paid, *INVOICE),
            conditions={"partner_type": ("customer",)},
        ),
        ChangeSource(paid[0], "invoice_id", ("payment_id",), MODEL, of["invoices"], hops=INVOICE),
    ]
    # Refunds and partial captures name the transaction that they are of; so do refunds of partial captures.
    source = (("payment_transaction", "id", "source_transaction_id"),)
    sources += [
        ChangeSource("payment_transaction", column, ("state",), MODEL, of["payments"], hops=(*up, *hops))
        for column, up in (("id", ()), ("source_transaction_id", ()), ("source_transaction_id", source))
        for hops in (online, billed)
    ]
    to_origin = [(("stock_move", "id", "sale_line_id"), LINE)]
    if there.has("stock_move", "rma_id") and there.has("rma", "order_id"):
        hops = (("rma", "id", "order_id"),)
        sources.append(ChangeSource("stock_move", "rma_id", moves, MODEL, of["moves"], hops=hops))
        to_origin.append((("stock_move", "id", "rma_id"), *hops))
    # Where returned goods went on to: such a move need not name the order, and counts once it is done.
    sources += [
        ChangeSource(
            "stock_move",
            "id",
            ("state",),
            MODEL,
            of["moves"],
            hops=(("stock_move_move_rel", "move_dest_id", "move_orig_id"), *hops),
            conditions={"state": ("done",)},
        )
        for hops in to_origin
    ]
    rules = env["sale.order"]._fields.get("exception_ids")
    if rules is not None and rules.type == "many2many" and rules.store:
        sources.append(ChangeSource(rules.relation, rules.column1, (rules.column2,), MODEL, of["holds"]))
    return sources
