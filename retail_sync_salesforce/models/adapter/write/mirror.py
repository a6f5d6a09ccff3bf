from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import Answer, EncodedRecord, FaultClass, FaultError
from odoo.addons.retail_sync.adapter.contract import Stream
from odoo.addons.retail_sync.domain.canonical.currencies import currency_decimals
from odoo.addons.retail_sync.domain.canonical.schema import PART_MAIN

from ....client import collections, describe, ids, query, soql
from ....client.session import SalesforceSession
from ....mapping.default_lines import CURRENCY
from ....mapping.intake_lines import ACTIVATED
from ....mapping.mirror_lines import MIRROR_ITEM_OBJECT, MIRROR_OBJECT
from ....writing.faults import write_fault
from ....writing.plan import WritePlan
from ....writing.schema import WriteSchema
from ..read.decode import EXTERNAL_ID_FIELD
from .order_lines import LINE_MODEL
from .price_books import BASE
from .prices import BOOK_ID, ENTRY, WAIT_SECONDS
from .products import is_new

STATUSES = "SELECT ApiName,StatusCode,SortOrder FROM OrderStatus ORDER BY SortOrder LIMIT 50"
DRAFT = ("Draft", "D")
# Stages of Odoo in which an order is not agreed: it stays a draft over there.
NOT_AGREED = ("quoted", "sent")
ITEM_FIELDS = ("OrderId", "Quantity", "UnitPrice", EXTERNAL_ID_FIELD)
TEXT_LENGTH = 255
# Decimals of a price in standard products of an order, where an org has set no others; and the most that Odoo sends.
USUAL_DIGITS, MOST_DIGITS = 2, 4


@dataclass(slots=True)
class Mirrored:
    """An order that the org has taken, and its products over there by our id. active: it is activated."""

    encoded: EncodedRecord
    order_id: str
    active: bool = False
    there: dict[str, Mapping[str, Any]] = field(default_factory=dict)


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Orders of Odoo as standard orders: drafts that get their products and are activated.

    What the object refuses after that, such as a line that is gone, is reported as an exception and never forced.
    """

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _mirrors(self, stream: Stream) -> bool:
        return stream.entity == "order" and stream.remote_object == MIRROR_OBJECT

    @api.model
    def _order_words(self, session: SalesforceSession, stream: Stream) -> dict[str, str]:
        """Return {"draft": the org's word for a draft, "active": that for an activated order}.

        :raises FaultError: contract, where the org has no such state
        """
        kept = self._kept(stream.connection_id, "order_statuses")
        if not kept:
            rows = query.first(session, STATUSES).rows
            found = {
                name: next((str(row["ApiName"]) for row in rows if row.get("StatusCode") in codes), "")
                for name, codes in (("draft", DRAFT), ("active", ACTIVATED))
            }
            if not all(found.values()):
                text = self.env._(
                    "The list of states of orders lacks a draft or an activated one, or our user may not read it. See "
                    "to the field Status of orders in Salesforce, then resume the stream."
                )
                raise FaultError(FaultClass.contract, "ORDER_STATUS_MISSING", text)
            kept = self._keep(stream.connection_id, "order_statuses", found)
        return {name: str(kept[name]) for name in ("draft", "active")}

    @api.model
    def _keep_with_its_items(self, outgoing: EncodedRecord, plan: WritePlan) -> None:
        """Let a known order be written with nothing but our id: its products or its state have changed."""
        changed = (outgoing.record.changed or {}).get(PART_MAIN, ())
        if not plan.creating and not outgoing.fields and {"lines", "stage"} & set(changed):
            outgoing.fields[EXTERNAL_ID_FIELD] = outgoing.record.key

    @api.model
    def _item_price_digits(self, lookup: describe.Lookup) -> int:
        """Return how many decimals of a price the products of orders keep; an org may have set more than two."""
        described = lookup(MIRROR_ITEM_OBJECT)
        price = described.field("UnitPrice") if described else None
        return min(price.scale, MOST_DIGITS) if price and price.scale else USUAL_DIGITS

    # -- before the orders are written

    @api.model
    def _place_orders(
        self, session: SalesforceSession, stream: Stream, outgoing: Sequence[EncodedRecord]
    ) -> dict[str, Answer]:
        """Let new orders begin as drafts of the standard price book; return those with a product that has no price."""
        new = [encoded for encoded in outgoing if is_new(encoded)]
        if new:
            words = self._order_words(session, stream)
            book = self._price_books(session, stream, {})[BASE]
            for encoded in new:
                encoded.fields.update({"Status": words["draft"], BOOK_ID: book})
        due = [encoded for encoded in outgoing if is_new(encoded) or _lines_changed(encoded)]
        digits = int(self._write_schema(stream).get("item_price_digits") or USUAL_DIGITS)
        entries = self._entries(session, stream, due)
        refused: dict[str, Answer] = {}
        for encoded in due:
            sold, others = _sold_lines(encoded)
            lacking = sorted({line["sku"] for line in sold if self._entry_key(stream, encoded, line) not in entries})
            if lacking:
                refused[encoded.record.key] = Answer(False, encoded.record.external_id, fault=self._no_entry(lacking))
                continue
            items = {self._item_key(encoded, line): self._item(stream, encoded, line, entries, digits) for line in sold}
            encoded.record.attributes = {**encoded.record.attributes, "sf_items": items}
            if others:
                encoded.warnings.append(
                    self.env._(
                        "%s lines have no place in a standard order (no product, or a negative price or quantity): its "
                        "total differs from Odoo's.",
                        others,
                    )
                )
            if rounded := sorted({line["sku"] for line in sold if _rounding_shows(line, digits)}):
                encoded.warnings.append(
                    self.env._(
                        "Salesforce keeps prices with %(digits)s decimals. Those of these products are rounded, and "
                        "the total of the order differs from Odoo's: %(skus)s.",
                        digits=digits,
                        skus=", ".join(rounded),
                    )
                )
        return refused

    @api.model
    def _no_entry(self, skus: Sequence[str]) -> FaultError:
        text = self.env._(
            "These products have no active price in the standard price book: %s. Publish them with their base price; "
            "the order goes afterwards.",
            ", ".join(skus),
        )
        return FaultError(FaultClass.dependency, "PRICEBOOK_ENTRY_MISSING", text, retry_after=WAIT_SECONDS)

    @api.model
    def _entry_key(self, stream: Stream, encoded: EncodedRecord, line: Mapping[str, Any]) -> tuple[str, str]:
        several = WriteSchema(self._write_schema(stream)).known(CURRENCY)
        return line["sku"], str(_main(encoded).get("currency") or "") if several else ""

    @api.model
    def _entries(
        self, session: SalesforceSession, stream: Stream, due: Sequence[EncodedRecord]
    ) -> dict[tuple[str, str], str]:
        """Return {(SKU, currency): id of the active entry of the standard price book}; one query for 200 SKUs."""
        skus = sorted({line["sku"] for encoded in due for line in _sold_lines(encoded)[0]})
        if not skus:
            return {}
        book = self._price_books(session, stream, {})[BASE]
        several = WriteSchema(self._write_schema(stream)).known(CURRENCY)
        fields = ["Product2.ProductCode", *([CURRENCY] if several else [])]
        conditions = [
            f"Product2.ProductCode IN {soql.literal(chunk)} AND {BOOK_ID} IN {soql.literal([book])} AND IsActive = true"
            for chunk in soql.chunks(skus)
        ]
        rows = query.by_conditions(session, ENTRY, fields, conditions)
        return {
            (str((row.get("Product2") or {}).get("ProductCode")), str(row.get(CURRENCY) or "")): ids.to_18(row["Id"])
            for row in rows
        }

    @api.model
    def _item_key(self, encoded: EncodedRecord, line: Mapping[str, Any]) -> str:
        return f"{encoded.record.key.partition(':')[0]}:{LINE_MODEL}:{line['key']}"

    @api.model
    def _item(
        self,
        stream: Stream,
        encoded: EncodedRecord,
        line: Mapping[str, Any],
        entries: Mapping[tuple[str, str], str],
        digits: int,
    ) -> dict[str, Any]:
        """Return the fields of an item; quantity and price together, else Salesforce computes the price anew."""
        return {
            "PricebookEntryId": entries[self._entry_key(stream, encoded, line)],
            "Quantity": float(_quantity(line)),
            "UnitPrice": float(_rounded(_price(line), digits)),
            "Description": str(line.get("name") or "")[:TEXT_LENGTH] or None,
        }

    # -- after the orders were written

    @api.model
    def _complete_orders(
        self, session: SalesforceSession, stream: Stream, written: Sequence[tuple[EncodedRecord, str]]
    ) -> dict[str, FaultError]:
        """Write the products of orders, activate what is confirmed; return {record key: why a person has to see it}."""
        orders = [Mirrored(encoded, ids.to_18(order_id)) for encoded, order_id in written]
        self._look_at(session, orders)
        faults = self._save_items(session, orders)
        words = self._order_words(session, stream)
        due = []
        for order in orders:
            stage = _main(order.encoded).get("stage")
            if stage == "cancelled" and order.active:
                faults.setdefault(order.encoded.record.key, self._stays_active())
            elif not order.active and order.there and order.encoded.record.key not in faults:
                due += [order] if stage not in (*NOT_AGREED, "cancelled", None) else []
        records = [{"Id": order.order_id, "Status": words["active"]} for order in due]
        for saved in collections.save(session, MIRROR_OBJECT, EXTERNAL_ID_FIELD, records):
            for index, result in saved.items():
                if result.error:
                    fault = write_fault(result.error, records[index], False, EXTERNAL_ID_FIELD)
                    text = self.env._("Salesforce did not activate the order: %s", fault.message)
                    faults[due[index].encoded.record.key] = FaultError(fault.fault_class, fault.code, text)
        return faults

    @api.model
    def _look_at(self, session: SalesforceSession, orders: Sequence[Mirrored]) -> None:
        """Note which orders are activated, and which products they have."""
        by_id = {order.order_id: order for order in orders}
        for row in query.by_ids(session, MIRROR_OBJECT, ("StatusCode",), list(by_id)):
            by_id[ids.to_18(row["Id"])].active = row.get("StatusCode") in ACTIVATED
        for row in query.by_values(session, MIRROR_ITEM_OBJECT, ITEM_FIELDS, "OrderId", list(by_id)):
            key = row.get(EXTERNAL_ID_FIELD)
            if key:
                by_id[ids.to_18(row["OrderId"])].there[str(key)] = row

    @api.model
    def _save_items(self, session: SalesforceSession, orders: Sequence[Mirrored]) -> dict[str, FaultError]:
        """Create the products that an order lacks, change those that differ; return the first refusal of each order."""
        faults: dict[str, FaultError] = {}
        records: list[dict[str, Any]] = []
        owners: list[Mirrored] = []
        for order in orders:
            items = order.encoded.record.attributes.get("sf_items")
            if items is None:
                continue
            if order.there.keys() - items.keys():
                faults[order.encoded.record.key] = self._lines_gone(order.active)
                continue
            for key, item in items.items():
                row = order.there.get(key)
                if row is None:
                    records.append({EXTERNAL_ID_FIELD: key, "OrderId": order.order_id, **item})
                elif _differs(row, item):
                    news = {name: item[name] for name in ("Quantity", "UnitPrice")}
                    records.append({"Id": ids.to_18(str(row["Id"])), **news})
                else:
                    continue
                owners.append(order)
        for saved in collections.save(session, MIRROR_ITEM_OBJECT, EXTERNAL_ID_FIELD, records):
            for index, result in saved.items():
                order = owners[index]
                if not result.error:
                    order.there.setdefault(records[index].get(EXTERNAL_ID_FIELD, ""), records[index])
                elif order.encoded.record.key not in faults:
                    fault = write_fault(result.error, records[index], True, EXTERNAL_ID_FIELD)
                    faults[order.encoded.record.key] = self._item_refused(order.active, fault)
        return faults

    @api.model
    def _item_refused(self, active: bool, fault: FaultError) -> FaultError:
        text = self.env._("A product of the order was refused: %s", fault.message)
        if active and fault.fault_class is FaultClass.business:
            text += " " + self.env._(
                "The order is activated in Salesforce. Give our user the permission Edit Activated Orders, or set the "
                "order back to a draft there; then retry."
            )
        return FaultError(fault.fault_class, fault.code, text, retry_after=fault.retry_after)

    @api.model
    def _lines_gone(self, active: bool) -> FaultError:
        text = self.env._(
            "Odoo has removed lines of the order, and Salesforce keeps its products. Delete them there (an activated "
            "order has to be a draft again first), then retry."
        )
        return FaultError(FaultClass.business, "ORDER_LINES_GONE", text)

    @api.model
    def _stays_active(self) -> FaultError:
        text = self.env._(
            "Odoo has cancelled the order. A standard order of Salesforce knows no cancellation: it stays activated. "
            "Set it back to a draft there, or reduce it by a reduction order, then ignore this exception."
        )
        return FaultError(FaultClass.business, "ORDER_CANCELLED", text)


def _main(encoded: EncodedRecord) -> Mapping[str, Any]:
    return encoded.record.parts.get(PART_MAIN) or {}


def _lines_changed(encoded: EncodedRecord) -> bool:
    changed = encoded.record.changed
    return "lines" in _main(encoded) and (changed is None or "lines" in changed.get(PART_MAIN, ()))


def _sold_lines(encoded: EncodedRecord) -> tuple[list[Mapping[str, Any]], int]:
    """Return (lines that can be items, how many others there are): with a SKU, a quantity and no negative price."""
    lines = [line for line in _main(encoded).get("lines") or () if _quantity(line)]
    sold = [line for line in lines if line.get("sku") and _quantity(line) > 0 and _price(line) >= 0]
    return sold, len(lines) - len(sold)


def _quantity(line: Mapping[str, Any]) -> Decimal:
    return Decimal(str((line.get("ordered") or {}).get("quantity") or 0))


def _price(line: Mapping[str, Any]) -> Decimal:
    """Return the price of a piece after its discount, as the line says it: with tax where the tax is included."""
    price = Decimal(str((line.get("unit_price") or {}).get("amount") or 0))
    return price * (100 - Decimal(str(line.get("discount") or 0))) / 100


def _rounded(amount: Decimal, digits: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _rounding_shows(line: Mapping[str, Any], digits: int) -> bool:
    """Return whether a price of so many decimals makes another total of the line than the exact one."""
    cents = currency_decimals((line.get("unit_price") or {}).get("currency"))
    exact, quantity = _price(line), _quantity(line)
    return _rounded(exact * quantity, cents) != _rounded(_rounded(exact, digits) * quantity, cents)


def _differs(row: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    return any(round(float(row.get(name) or 0), 4) != round(item[name], 4) for name in ("Quantity", "UnitPrice"))
