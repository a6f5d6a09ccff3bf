"""What two clerks would find who compare a shop's documents with the platform's records.

The comparison reads Odoo's own tables by SQL and the simulator's own rows: nothing of the addon's code takes part.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .two_way import BothWays

KEY = "Odoo_External_Id__c"


def stock_differences(connection: BothWays) -> list[str]:
    """What differs between Odoo's free quantities and what the platform shows, by product."""
    rows = connection.query(
        "SELECT level.id, sum(quant.quantity - quant.reserved_quantity) AS free FROM retail_sync_stock_level level"
        " JOIN stock_warehouse warehouse ON warehouse.id = level.warehouse_id JOIN stock_location place ON"
        " place.parent_path LIKE '%%/' || warehouse.view_location_id || '/%%' AND place.usage = 'internal'"
        " JOIN stock_quant quant ON quant.location_id = place.id AND quant.product_id = level.product_id"
        " GROUP BY level.id"
    )
    records = there(connection, "ERP_Stock__c", "retail.sync.stock.level")
    return [
        f"stock level {row['id']}: {row['free']} / {records.get(row['id'], {}).get('Free__c')}"
        for row in rows
        if money(row["free"]) != money(records.get(row["id"], {}).get("Free__c"))
    ]


def there(connection: BothWays, remote_object: str, res_model: str) -> dict[int, dict[str, Any]]:
    """The platform's records of an object that carry our id, by the id of Odoo's record. Two of one id are refused."""
    found: dict[int, dict[str, Any]] = {}
    for record in connection.simulator.records(remote_object):
        database, _, rest = str(record.get(KEY) or "").partition(":")
        model, _, number = rest.rpartition(":")
        if record.get("IsDeleted") or model != res_model or not database:
            continue
        if int(number) in found:
            raise AssertionError(f"{remote_object} has two records of {res_model} {number}")
        found[int(number)] = defaultdict(lambda: None, record)
    return found


def differences(connection: BothWays) -> list[str]:
    """What differs between Odoo's documents and the platform's records, in words; an empty list is a proof."""
    return [
        *_orders(connection),
        *_shipments(connection),
        *_invoices(connection),
        *_returns(connection),
        *journal_faults(connection),
    ]


def money(value: Any) -> Decimal:
    """A number of either side to the cent; canonical amounts and quantities too."""
    if isinstance(value, Mapping):
        value = value.get("amount", value.get("quantity"))
    return Decimal(str(value or 0)).quantize(Decimal("0.01"))


def _unequal(title: str, pairs: Mapping[str, tuple[Any, Any]]) -> list[str]:
    """In words, what differs of {name: (Odoo's value, the platform's value)}."""
    return [f"{title}: {name} {pair}" for name, pair in pairs.items() if pair[0] != pair[1]]


def json_lines(text: str | None) -> list[dict[str, Any]]:
    """The lines of a long text field."""
    return json.loads(text)["lines"] if text else []


def _orders(connection: BothWays) -> list[str]:
    rows = connection.query(
        "SELECT o.id, o.name, o.state, o.amount_untaxed, o.amount_tax, o.amount_total, currency.name AS currency,"
        " (SELECT min(l.external_id) FROM retail_sync_link l WHERE l.connection_id = %s AND l.part = 'main'"
        "   AND l.res_model = 'res.partner' AND l.res_id = p.commercial_partner_id AND l.is_primary) AS customer"
        " FROM sale_order o JOIN res_partner p ON p.id = o.partner_id JOIN res_currency currency"
        " ON currency.id = o.currency_id WHERE o.state = 'sale' OR o.state = 'cancel' AND EXISTS (SELECT FROM"
        " stock_picking picking WHERE picking.sale_id = o.id)",
        connection.id,
    )
    lines = _line_facts(connection)
    records = there(connection, "ERP_Order__c", "sale.order")
    found = []
    for row in rows:
        record = records.get(row["id"])
        if record is None:
            # One that was cancelled before the platform had ever heard of it stays at home.
            found += [f"order {row['name']} is not there"] if row["state"] == "sale" else []
            continue
        wanted = {
            "Name": (row["name"], record["Name"]),
            "untaxed": (money(row["amount_untaxed"]), money(record["Amount_Untaxed__c"])),
            "tax": (money(row["amount_tax"]), money(record["Amount_Tax__c"])),
            "total": (money(row["amount_total"]), money(record["Amount_Total__c"])),
            "currency": (row["currency"], record["Currency__c"]),
            "customer": (row["customer"], record["Account__c"] or record["Contact__c"]),
            "cancelled": (row["state"] == "cancel", record["Stage__c"] == "Cancelled"),
        }
        found += _unequal(f"order {row['name']}", wanted)
        shown = {int(line["key"]): line for line in json_lines(record["Lines__c"])}
        if shown.keys() != lines[row["id"]].keys():
            found.append(f"order {row['name']}: lines {sorted(shown)} for {sorted(lines[row['id']])}")
            continue
        for line_id, facts in lines[row["id"]].items():
            for name, value in facts.items():
                if money(shown[line_id].get(name)) != money(value):
                    found.append(f"order {row['name']} line {line_id}: {name} {value} / {shown[line_id].get(name)}")
    return found


def _line_facts(connection: BothWays) -> dict[int, dict[int, dict[str, Any]]]:
    """{order: {line: what was ordered, shipped, returned, invoiced, credited}} from the documents themselves."""
    rows = connection.query(
        "SELECT line.order_id, line.id, line.product_uom_qty AS ordered, line.price_subtotal AS subtotal,"
        " line.price_total AS total,"
        " COALESCE((SELECT sum(m.quantity) FROM stock_move m JOIN stock_location there ON there.id ="
        "   m.location_dest_id WHERE m.sale_line_id = line.id AND m.state = 'done' AND there.usage = 'customer'), 0)"
        "   AS shipped,"
        " COALESCE((SELECT sum(m.quantity) FROM stock_move m JOIN stock_location here ON here.id = m.location_id"
        "   WHERE m.sale_line_id = line.id AND m.state = 'done' AND here.usage = 'customer'), 0) AS returned,"
        " COALESCE((SELECT sum(ml.quantity) FROM sale_order_line_invoice_rel rel JOIN account_move_line ml ON ml.id ="
        "   rel.invoice_line_id JOIN account_move am ON am.id = ml.move_id WHERE rel.order_line_id = line.id"
        "   AND am.state = 'posted' AND am.move_type = 'out_invoice'), 0) AS invoiced,"
        " COALESCE((SELECT sum(ml.quantity) FROM sale_order_line_invoice_rel rel JOIN account_move_line ml ON ml.id ="
        "   rel.invoice_line_id JOIN account_move am ON am.id = ml.move_id WHERE rel.order_line_id = line.id"
        "   AND am.state = 'posted' AND am.move_type = 'out_refund'), 0) AS credited"
        " FROM sale_order_line line WHERE line.display_type IS NULL AND line.is_downpayment IS NOT TRUE"
    )
    found: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
    for row in rows:
        found[row.pop("order_id")][row.pop("id")] = row
    return found


def _shipments(connection: BothWays) -> list[str]:
    rows = connection.query(
        "SELECT picking.id, picking.name, picking.state, picking.carrier_tracking_ref AS tracking, picking.sale_id"
        " FROM stock_picking picking JOIN stock_location there ON there.id = picking.location_dest_id"
        " WHERE picking.sale_id IS NOT NULL AND there.usage = 'customer'"
    )
    records = there(connection, "ERP_Shipment__c", "stock.picking")
    orders = there(connection, "ERP_Order__c", "sale.order")
    found = []
    for row in rows:
        record = records.get(row["id"])
        if record is None:
            if row["state"] != "cancel":
                found.append(f"shipment {row['name']} is not there")
            continue
        shipped = record["State__c"] in ("Shipped", "Delivered", "Exception")
        wanted = {
            "Name": (row["name"], record["Name"]),
            "shipped": (row["state"] == "done", shipped),
            "cancelled": (row["state"] == "cancel", record["State__c"] == "Cancelled"),
            "tracking": (row["tracking"] or None, record["Tracking__c"] or None),
            "order": (orders.get(row["sale_id"], {}).get("Id"), record["ERP_Order__c"]),
        }
        found += _unequal(f"shipment {row['name']}", wanted)
    return found


def _invoices(connection: BothWays) -> list[str]:
    rows = connection.query(
        "SELECT move.id, move.name, move.move_type, move.state, move.payment_state, move.amount_total,"
        " move.amount_untaxed, move.amount_residual, move.reversed_entry_id FROM account_move move"
        " WHERE move.move_type IN ('out_invoice', 'out_refund') AND move.state = 'posted'"
        # Other tests share the database, and leave invoices of their own customers.
        " AND EXISTS (SELECT FROM retail_sync_link l WHERE l.connection_id = %s AND l.res_model = 'res.partner'"
        " AND l.res_id = move.commercial_partner_id AND l.is_primary)",
        connection.id,
    )
    records = there(connection, "ERP_Invoice__c", "account.move")
    found = []
    for row in rows:
        record = records.get(row["id"])
        if record is None:
            found.append(f"invoice {row['name']} is not there")
            continue
        paid = record["Payment_State__c"] in ("Paid", "In payment")
        reverses = records.get(row["reversed_entry_id"], {}).get("Id") if row["reversed_entry_id"] else None
        wanted = {
            "Name": (row["name"], record["Name"]),
            "total": (money(row["amount_total"]), money(record["Amount_Total__c"])),
            "untaxed": (money(row["amount_untaxed"]), money(record["Amount_Untaxed__c"])),
            "due": (money(row["amount_residual"]), money(record["Amount_Due__c"])),
            "kind": (row["move_type"] == "out_refund", record["Type__c"] == "Credit note"),
            "paid": (row["payment_state"] in ("paid", "in_payment"), paid),
            "reverses": (reverses, record["Reversed_Invoice__c"]),
        }
        found += _unequal(f"invoice {row['name']}", wanted)
    return found


def _returns(connection: BothWays) -> list[str]:
    rows = connection.query(
        "SELECT picking.id, picking.name, picking.state FROM stock_picking picking JOIN stock_location here"
        " ON here.id = picking.location_id WHERE here.usage = 'customer' AND picking.state <> 'cancel' AND EXISTS"
        " (SELECT FROM stock_move move WHERE move.picking_id = picking.id AND move.origin_returned_move_id IS NOT NULL)"
    )
    records = there(connection, "ERP_Return__c", "stock.picking")
    found = []
    for row in rows:
        record = records.get(row["id"])
        if record is None:
            found.append(f"return {row['name']} is not there")
        elif (row["state"] == "done") is (record["State__c"] == "Requested"):
            found.append(f"return {row['name']}: {row['state']} / {record['State__c']}")
    return found


# {kind of milestone: how many rows of it each order must have, by its documents}
_EXPECTED = {
    "confirmed": "SELECT id, 1 AS number FROM sale_order WHERE state = 'sale'",
    "shipped": "SELECT picking.sale_id AS id, count(*) AS number FROM stock_picking picking JOIN stock_location there"
    " ON there.id = picking.location_dest_id WHERE picking.state = 'done' AND there.usage = 'customer'"
    " AND picking.sale_id IS NOT NULL GROUP BY 1",
    "return_received": "SELECT picking.sale_id AS id, count(*) AS number FROM stock_picking picking JOIN stock_location"
    " here ON here.id = picking.location_id WHERE picking.state = 'done' AND here.usage = 'customer'"
    " AND picking.sale_id IS NOT NULL GROUP BY 1",
    "invoiced": "SELECT line.order_id AS id, count(DISTINCT move.id) AS number FROM sale_order_line_invoice_rel rel"
    " JOIN sale_order_line line ON line.id = rel.order_line_id JOIN account_move_line ml ON ml.id ="
    " rel.invoice_line_id JOIN account_move move ON move.id = ml.move_id WHERE move.state = 'posted'"
    " AND move.move_type = 'out_invoice' GROUP BY 1",
    "refund_issued": "SELECT line.order_id AS id, count(DISTINCT move.id) AS number FROM sale_order_line_invoice_rel"
    " rel JOIN sale_order_line line ON line.id = rel.order_line_id JOIN account_move_line ml ON ml.id ="
    " rel.invoice_line_id JOIN account_move move ON move.id = ml.move_id WHERE move.state = 'posted'"
    " AND move.move_type = 'out_refund' GROUP BY 1",
}


def journal_faults(connection: BothWays) -> list[str]:
    """What the journal lacks, says twice, or says in another order than the timeline over there."""
    rows = connection.query(
        "SELECT id, res_id, kind, document_model, document_id, ordinal, reversal, at, rank FROM retail_sync_milestone"
        " WHERE res_model = 'sale.order' ORDER BY res_id, at, rank, id"
    )
    found = []
    keys = Counter(
        (row["res_id"], row["kind"], row["document_model"], row["document_id"], row["ordinal"], bool(row["reversal"]))
        for row in rows
    )
    found += [f"milestone twice: {key}" for key, count in keys.items() if count > 1]
    journal = Counter((row["res_id"], row["kind"]) for row in rows if not row["reversal"])
    for kind, query in _EXPECTED.items():
        for row in connection.query(query):
            if journal[row["id"], kind] != row["number"]:
                found.append(f"order {row['id']}: {journal[row['id'], kind]} of {row['number']} milestones {kind}")
    by_order: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        by_order[row["res_id"]].append(str(row["id"]))
    for order_id, record in there(connection, "ERP_Order__c", "sale.order").items():
        shown = [str(line["key"]) for line in json_lines(record["Timeline__c"])]
        if shown != by_order[order_id]:
            found.append(f"order {record['Name']}: timeline {shown} for {by_order[order_id]}")
    return found
