from collections.abc import Mapping, Sequence
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import EncodedRecord, FaultError, TransformContext
from odoo.addons.retail_sync.adapter.contract import Stream
from odoo.addons.retail_sync.domain.canonical import order as canonical_order
from odoo.addons.retail_sync.domain.canonical.schema import ABSENT, PART_MAIN
from odoo.addons.retail_sync.domain.mapping.inverse_transforms import inverse_of
from odoo.addons.retail_sync.domain.mapping.transforms import TransformError

from ....client import collections, query, soql
from ....client.session import SalesforceSession
from ....mapping.commerce_lines import LINE_CURRENCY, LINE_REMOVED, ORDER_LINE_FIELDS, ORDER_LINE_OBJECT, ORDER_OBJECT
from ....mapping.default_lines import CURRENCY
from ....writing.faults import write_fault
from ....writing.schema import WriteSchema
from ..read.decode import EXTERNAL_ID_FIELD

LINE_MODEL = "sale.order.line"
PARENT = ORDER_OBJECT.replace("__c", "__r")
NAME_LENGTH = 80
TEXT_LENGTH = 255
# Decimals of prices of one unit, which may have more than their currency.
DIGITS = {spec.name: spec.digits for spec in canonical_order.ORDER_LINE_FIELDS if spec.kind == "amount"}
# What a line that the order lost keeps: a record whose sums say nothing. Our user need not be allowed to delete.
GONE = {
    path: 0
    for path, transform in ORDER_LINE_FIELDS.values()
    if transform in ("quantity", "amount", "number") and path != "Unit_Price__c"
} | {LINE_REMOVED: True}


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Lines of orders as records, where a stream asks for them: written after their orders, in the same delivery."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _keeps_lines(self, stream: Stream) -> bool:
        return stream.remote_object == ORDER_OBJECT and bool(stream.sudo().sf_lines_as_records)

    @api.model
    def _save_lines(
        self, session: SalesforceSession, stream: Stream, written: Sequence[EncodedRecord]
    ) -> dict[str, FaultError]:
        """Write the lines of orders that were accepted; return {record key: the first refusal of one of its lines}.

        Lines are upserted by our id, so that an order that is sent again has them once. Lines that an order lost lose
        their quantities and amounts; one query for 200 orders finds them.
        """
        due = [encoded for encoded in written if _has_lines(encoded)]
        if not self._keeps_lines(stream) or not due:
            return {}
        records: list[dict[str, Any]] = []
        owners: list[str] = []
        keys: set[str] = set()
        for encoded in due:
            for record in self._line_records(stream, encoded):
                records.append(record)
                owners.append(encoded.record.key)
                keys.add(record[EXTERNAL_ID_FIELD])
        for key, parent in self._lines_there(session, [e.record.key for e in due if e.record.external_id]).items():
            if key not in keys:
                records.append({EXTERNAL_ID_FIELD: key, **GONE})
                owners.append(parent)
        faults: dict[str, FaultError] = {}
        for saved in collections.save(session, ORDER_LINE_OBJECT, EXTERNAL_ID_FIELD, records):
            for index, result in saved.items():
                if result.error and owners[index] not in faults:
                    fault = write_fault(result.error, records[index], True, EXTERNAL_ID_FIELD)
                    # Fields of the line are none of the order: naming them would take something else out of it.
                    text = self.env._("A line of the order was refused: %s", fault.message)
                    faults[owners[index]] = FaultError(
                        fault.fault_class, fault.code, text, retry_after=fault.retry_after
                    )
        return faults

    @api.model
    def _line_records(self, stream: Stream, encoded: EncodedRecord) -> list[dict[str, Any]]:
        main = encoded.record.parts.get(PART_MAIN) or {}
        several = WriteSchema(self._write_schema(stream)).known(CURRENCY)
        currency = main.get("currency") if several else self._org_currency(stream.connection_id)
        prefix = encoded.record.key.partition(":")[0]
        found = []
        for line in main.get("lines") or ():
            found.append(
                {
                    EXTERNAL_ID_FIELD: f"{prefix}:{LINE_MODEL}:{line['key']}",
                    PARENT: {EXTERNAL_ID_FIELD: encoded.record.key},
                    LINE_REMOVED: False,
                    LINE_CURRENCY: main.get("currency"),
                    # A detail record does not take the currency of its order automatically.
                    **({CURRENCY: currency} if several and currency else {}),
                    **_line_fields(line, currency or ""),
                }
            )
        return found

    @api.model
    def _lines_there(self, session: SalesforceSession, orders: Sequence[str]) -> dict[str, str]:
        """Return {our id of a line: our id of its order} of the lines that the org has of these orders."""
        path = f"{PARENT}.{EXTERNAL_ID_FIELD}"
        conditions = [f"{path} IN {soql.literal(chunk)}" for chunk in soql.chunks(orders)]
        rows = query.by_conditions(session, ORDER_LINE_OBJECT, (EXTERNAL_ID_FIELD, path), conditions)
        return {
            row[EXTERNAL_ID_FIELD]: (row.get(PARENT) or {}).get(EXTERNAL_ID_FIELD) or ""
            for row in rows
            if row.get(EXTERNAL_ID_FIELD)
        }


def _has_lines(encoded: EncodedRecord) -> bool:
    changed = encoded.record.changed
    main = encoded.record.parts.get(PART_MAIN) or {}
    return "lines" in main and (changed is None or "lines" in changed.get(PART_MAIN, ()))


def _line_fields(line: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Return the fields of a line's record; what cannot be written of it is left out: the order's JSON has it all."""
    fields: dict[str, Any] = {}
    for name, (path, transform) in ORDER_LINE_FIELDS.items():
        if name not in line:
            continue
        options = {"currency": currency, "length": TEXT_LENGTH, "digits": DIGITS.get(name)}
        ctx = TransformContext(options=options, field=name)
        inverse = inverse_of(transform)
        try:
            value = None if line[name] is None or inverse is None else inverse.function(line[name], ctx)
        except TransformError:
            continue
        if value is not ABSENT:
            fields[path] = value
    fields["Name"] = str(line.get("sku") or line.get("name") or line["key"])[:NAME_LENGTH]
    return fields
