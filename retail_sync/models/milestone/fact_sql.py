"""The one statement that reads everything about orders: one snapshot, whatever is committed meanwhile.

Each row is (part, order id, values as JSON). Numbers stay exact, and columns that only some databases have are named
by what is installed.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from odoo.api import Environment
from odoo.tools import SQL

from ...runtime import prepared

# More orders than these are worth a plan of their own.
FEW = 50
# Columns that addons add which need not be installed.
OPTIONAL = (
    ("stock_move", "bom_line_id"),
    ("stock_move", "rma_id"),
    ("stock_picking", "delivery_state"),
    ("stock_picking", "date_delivered"),
    ("sale_order", "cancel_reason_id"),
    ("sale_order_line", "reward_id"),
    ("sale_order_line", "combo_item_id"),
    ("rma", "order_id"),
    ("mrp_bom", "type"),
    ("purchase_order_line", "sale_line_id"),
)


class Present(NamedTuple):
    """Which optional (table, column) pairs the database has."""

    columns: frozenset[tuple[str, str]]

    def has(self, table: str, column: str) -> bool:
        """Return whether the database has a column."""
        return (table, column) in self.columns


def present(env: Environment) -> Present:
    """Return which optional columns the database has."""
    rows = env.execute_query(
        SQL(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema AND (table_name, column_name) IN %s",
            OPTIONAL,
        )
    )
    return Present(frozenset(rows))


_LINES = """
    SELECT line.id, line.order_id, line.product_id AS product, product.default_code AS sku, line.name,
           line.product_uom_qty AS ordered, line.qty_delivered AS delivered, unit.factor AS factor,
           unit.name ->> 'en_US' AS unit, template.id AS template, {bought} AS bought,
           CASE WHEN line.is_delivery THEN 'delivery'
                WHEN {reward} AND template.type = 'service' THEN 'reward'
                WHEN template.type = 'service' THEN 'service'
                WHEN {kit} THEN 'kit' ELSE 'goods' END AS kind
      FROM sale_order_line line
      JOIN product_product product ON product.id = line.product_id
      JOIN product_template template ON template.id = product.product_tmpl_id
      LEFT JOIN uom_uom unit ON unit.id = line.product_uom_id
     WHERE line.order_id = ANY(%(ids)s) AND line.display_type IS NULL AND line.is_downpayment IS NOT TRUE
       AND template.type <> 'combo'
"""
_KIT = """EXISTS (
    SELECT FROM mrp_bom bom WHERE bom.type = 'phantom' AND bom.active
       AND (bom.company_id IS NULL OR bom.company_id = line.company_id)
       AND (bom.product_id = product.id
            OR bom.product_id IS NULL AND bom.product_tmpl_id = product.product_tmpl_id))"""
# What a component of a kit needs for one kit, both in their units of reference. Of a kit within a kit it is not known.
_NEED = """(
    SELECT bom_line.product_qty * part_unit.factor / NULLIF(bom.product_qty * kit_unit.factor, 0)
      FROM mrp_bom_line bom_line JOIN mrp_bom bom ON bom.id = bom_line.bom_id
      JOIN uom_uom part_unit ON part_unit.id = bom_line.product_uom_id
      JOIN uom_uom kit_unit ON kit_unit.id = bom.product_uom_id
     WHERE bom_line.id = move.bom_line_id AND bom.product_tmpl_id = {template})"""
_MOVE = """
    move.id, {order} AS order_id, {line} AS line, move.product_id AS product, move.picking_id AS picking, move.state,
    move.product_uom_qty * unit.factor AS demand, move.quantity * unit.factor AS done,
    source.usage AS source, target.usage AS target, move.origin_returned_move_id AS returned, move.reservation_date,
    move.delay_alert_date, operation.reservation_method, move.create_date, move.scrap_id, {rma} AS rma, {need} AS need,
    ARRAY(SELECT link.move_orig_id FROM stock_move_move_rel link WHERE link.move_dest_id = move.id) AS origins,
    -- A return follows what it returns, too, and takes nothing on.
    EXISTS (SELECT FROM stock_move_move_rel link JOIN stock_move next ON next.id = link.move_dest_id
              JOIN stock_location start ON start.id = next.location_id
             WHERE link.move_orig_id = move.id AND next.state <> 'cancel' AND start.usage <> 'customer') AS goes_on
"""
_PLACES = """
      JOIN uom_uom unit ON unit.id = move.product_uom
      JOIN stock_location source ON source.id = move.location_id
      JOIN stock_location target ON target.id = move.location_dest_id
      LEFT JOIN stock_picking_type operation ON operation.id = move.picking_type_id
"""
_PICKINGS = """
    SELECT picking.id, used.order_id, picking.name, picking.state, picking.create_date, picking.date_done,
           picking.scheduled_date, picking.date_deadline, picking.write_date, picking.backorder_id,
           picking.return_id, picking.picking_type_id AS operation,
           COALESCE(picking.user_id, picking.write_uid) AS user_id,
           picking.carrier_tracking_ref AS tracking, carrier.name ->> 'en_US' AS carrier,
           CASE WHEN warehouse.pack_type_id = picking.picking_type_id THEN 'pack' ELSE 'pick' END AS step,
           {delivery} AS delivery, {delivered_at} AS delivered_at
      FROM (SELECT DISTINCT order_id, picking FROM moves) used
      JOIN stock_picking picking ON picking.id = used.picking
      LEFT JOIN delivery_carrier carrier ON carrier.id = picking.carrier_id
      LEFT JOIN stock_picking_type operation ON operation.id = picking.picking_type_id
      LEFT JOIN stock_warehouse warehouse ON warehouse.id = operation.warehouse_id
"""
# Down payments are lines that are left out above, and invoices all the same.
_BILLED = """
    SELECT line.order_id, item.move_id AS invoice, line.id AS line, unit.factor / NULLIF(sold.factor, 0) AS factor,
           item.quantity
      FROM sale_order_line line
      JOIN sale_order_line_invoice_rel link ON link.order_line_id = line.id
      JOIN account_move_line item ON item.id = link.invoice_line_id
      LEFT JOIN uom_uom unit ON unit.id = item.product_uom_id
      LEFT JOIN uom_uom sold ON sold.id = line.product_uom_id
     WHERE line.order_id = ANY(%(ids)s)
"""
# A credit note that credits no line of any order belongs to the orders of the invoice that it names. One that credits
# lines belongs to the orders of these lines alone: its invoice may bill other orders, too.
_INVOICE_IDS = """
    SELECT order_id, invoice FROM billed
     UNION SELECT billed.order_id, credit.id FROM billed
      JOIN account_move credit ON credit.reversed_entry_id = billed.invoice AND credit.move_type = 'out_refund'
     WHERE NOT EXISTS (SELECT FROM account_move_line item
                         JOIN sale_order_line_invoice_rel link ON link.invoice_line_id = item.id
                        WHERE item.move_id = credit.id)
"""
_INVOICES = """
    SELECT used.order_id, move.id, move.name, move.move_type, move.state, move.payment_state, move.invoice_date,
           move.invoice_date_due, move.create_date, move.write_date, currency.name AS currency, move.amount_total,
           move.amount_residual, move.amount_total_signed, move.ref, move.reversed_entry_id,
           COALESCE(move.invoice_user_id, move.create_uid) AS user_id,
           COALESCE((SELECT jsonb_agg(jsonb_build_array(billed.line, billed.quantity * COALESCE(billed.factor, 1)))
                       FROM billed WHERE billed.invoice = move.id AND billed.order_id = used.order_id), '[]') AS lines
      FROM invoice_ids used
      JOIN account_move move ON move.id = used.invoice
      JOIN res_currency currency ON currency.id = move.currency_id
     WHERE move.move_type IN ('out_invoice', 'out_refund')
"""
_RECONCILED = """
    SELECT used.order_id, item.move_id AS invoice, partial.id, partial.max_date, partial.create_date,
           CASE WHEN partial.debit_move_id = item.id THEN partial.debit_amount_currency
                ELSE partial.credit_amount_currency END AS amount,
           other.move_id AS other, other_move.name AS other_name, other_move.move_type AS other_type,
           payment.id AS payment, payment.name AS payment_name, payment.payment_transaction_id AS transaction
      FROM invoice_ids used
      JOIN account_move_line item ON item.move_id = used.invoice
      JOIN account_partial_reconcile partial ON item.id IN (partial.debit_move_id, partial.credit_move_id)
      JOIN account_move_line other
        ON other.id = CASE WHEN partial.debit_move_id = item.id THEN partial.credit_move_id
                           ELSE partial.debit_move_id END
      JOIN account_move other_move ON other_move.id = other.move_id
      LEFT JOIN account_payment payment ON payment.move_id = other.move_id
"""
# Payments without a journal entry, which wait for the bank. One for several documents pays each by its open amount.
_WAITING = """
    SELECT used.order_id, used.invoice, payment.id, payment.name, payment.state, payment.date, payment.create_date,
           payment.payment_transaction_id AS transaction,
           round(CASE WHEN payment.currency_id = bill.currency_id THEN payment.amount
                      ELSE abs(payment.amount_company_currency_signed) * bill.amount_residual
                           / NULLIF(abs(bill.amount_residual_signed), 0) END
                 * abs(bill.amount_residual_signed) / NULLIF((
                   SELECT sum(abs(paid.amount_residual_signed)) FROM account_move__account_payment other
                     JOIN account_move paid ON paid.id = other.invoice_id AND paid.state = 'posted'
                    WHERE other.payment_id = payment.id), 0), currency.decimal_places) AS amount
      FROM invoice_ids used
      JOIN account_move bill ON bill.id = used.invoice
      JOIN res_currency currency ON currency.id = bill.currency_id
      JOIN account_move__account_payment link ON link.invoice_id = bill.id
      JOIN account_payment payment ON payment.id = link.payment_id AND payment.move_id IS NULL
       AND payment.payment_type = CASE bill.move_type WHEN 'out_refund' THEN 'outbound' ELSE 'inbound' END
     WHERE bill.state = 'posted' AND payment.state IN ('in_process', 'paid')
"""
# A transaction that names orders is theirs, with its captures and refunds, whatever else its invoice bills. One that
# names none is for the orders of the invoices for which it was made. Its part for an invoice goes by their totals.
_TRANSACTIONS = """
    WITH RECURSIVE family AS (
        SELECT link.sale_order_id AS order_id, link.transaction_id AS id, NULL::int AS invoice, 1::numeric AS part
          FROM sale_order_transaction_rel link
         WHERE link.sale_order_id = ANY(%(ids)s)
         UNION SELECT used.order_id, paying.id, used.invoice, COALESCE(bill.amount_total / NULLIF((
               SELECT sum(one.amount_total) FROM account_invoice_transaction_rel other
                 JOIN account_move one ON one.id = other.invoice_id WHERE other.transaction_id = paying.id), 0), 1)
          FROM invoice_ids used
          JOIN account_move bill ON bill.id = used.invoice
          JOIN account_invoice_transaction_rel link ON link.invoice_id = used.invoice
          JOIN payment_transaction paying ON paying.id = link.transaction_id
         WHERE NOT EXISTS (SELECT FROM sale_order_transaction_rel named
                            WHERE named.transaction_id IN (paying.id, paying.source_transaction_id))
         UNION SELECT family.order_id, child.id, family.invoice, family.part
          FROM family
          JOIN payment_transaction child ON child.source_transaction_id = family.id
    )
    SELECT family.order_id, own.id, own.reference, own.state, own.state_message, own.last_state_change, own.amount,
           currency.name AS currency, own.operation, own.source_transaction_id, own.provider_reference,
           family.invoice, family.part
      FROM family
      JOIN payment_transaction own ON own.id = family.id
      LEFT JOIN res_currency currency ON currency.id = own.currency_id
"""
_ORDERS = """
    SELECT sale.id, sale.id AS order_id, sale.name, sale.state, sale.company_id, currency.name AS currency,
           sale.amount_total, sale.create_date, sale.date_order, sale.commitment_date, sale.write_date, sale.user_id,
           sale.write_uid, {cancel_reason} AS cancel_reason
      FROM sale_order sale LEFT JOIN res_currency currency ON currency.id = sale.currency_id
     WHERE sale.id = ANY(%(ids)s)
"""


@lru_cache(maxsize=8)
def _statement(there: Present) -> str:
    """Return the statement for a database that has these optional columns; all its parts are texts of this file."""
    kits = there.has("stock_move", "bom_line_id")
    rma = there.has("stock_move", "rma_id") and there.has("rma", "order_id")
    lines = _LINES.format(
        reward="line.reward_id IS NOT NULL" if there.has("sale_order_line", "reward_id") else "FALSE",
        bought="EXISTS (SELECT FROM purchase_order_line bought WHERE bought.sale_line_id = line.id)"
        if there.has("purchase_order_line", "sale_line_id")
        else "FALSE",
        kit=_KIT if there.has("mrp_bom", "type") else "FALSE",
    )
    need = _NEED.format(template="line.template") if kits else "NULL::numeric"
    rma_id = "move.rma_id" if rma else "NULL::int"
    by_line = _MOVE.format(order="line.order_id", line="line.id", rma=rma_id, need=need)
    loose = _MOVE.format(order="{order}", line="NULL::int", rma=rma_id, need="NULL::numeric")
    moves = f"SELECT {by_line} FROM lines line JOIN stock_move move ON move.sale_line_id = line.id {_PLACES}"
    if rma:
        moves += (
            f" UNION ALL SELECT {loose.format(order='rma.order_id')} FROM rma"
            f" JOIN stock_move move ON move.rma_id = rma.id {_PLACES}"
            " WHERE rma.order_id = ANY(%(ids)s) AND move.sale_line_id IS NULL"
        )
    # Where returned goods went on to: these moves need not name the order.
    moves_on = (
        f"SELECT {loose.format(order='own.order_id')} FROM own_moves own"
        f" JOIN stock_move_move_rel step ON step.move_orig_id = own.id JOIN stock_move move ON move.id ="
        f" step.move_dest_id {_PLACES} WHERE own.source = 'customer' AND move.sale_line_id IS NULL"
    )
    pickings = _PICKINGS.format(
        delivery="picking.delivery_state" if there.has("stock_picking", "delivery_state") else "NULL::text",
        delivered_at="picking.date_delivered" if there.has("stock_picking", "date_delivered") else "NULL::timestamp",
    )
    reason = "(SELECT reason.name::text FROM sale_order_cancel_reason reason WHERE reason.id = sale.cancel_reason_id)"
    orders = _ORDERS.format(cancel_reason=reason if there.has("sale_order", "cancel_reason_id") else "NULL::text")
    parts = ("orders", "lines", "moves", "pickings", "invoices", "reconciled", "waiting", "transactions")
    chosen = " UNION ALL ".join(f"SELECT '{part}', order_id, to_jsonb({part})::text FROM {part}" for part in parts)
    return (
        f"WITH orders AS ({orders}), lines AS ({lines}), own_moves AS ({moves}),"
        f" moves AS (SELECT * FROM own_moves UNION ALL {moves_on}), pickings AS ({pickings}), billed AS ({_BILLED}),"
        f" invoice_ids AS ({_INVOICE_IDS}), invoices AS ({_INVOICES}), reconciled AS ({_RECONCILED}),"
        f" waiting AS ({_WAITING}),"
        f" transactions AS ({_TRANSACTIONS}) {chosen}"
    )


def rows(env: Environment, order_ids: Iterable[int]) -> list[tuple[str, int, str]]:
    """Return (part, order id, values as JSON) of everything about these orders; see the parts of the statement."""
    env.flush_all()
    ids = list(order_ids)
    # Every part of the statement is a text of this file; the ids are passed beside it.
    statement = SQL(_statement(env["sale.order"]._fact_columns()), ids=ids)  # pylint: disable=sql-injection
    found: list[tuple[str, int, str]]
    found = prepared.rows(env, statement) if len(ids) <= FEW else env.execute_query(statement)
    return found
