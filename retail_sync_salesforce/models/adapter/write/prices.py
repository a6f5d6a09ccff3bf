from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import Answer, EncodedRecord, FaultClass, FaultError
from odoo.addons.retail_sync.adapter.contract import Stream
from odoo.addons.retail_sync.domain.canonical.schema import PART_MAIN

from ....client import collections, ids, query, soql
from ....client.collections import SaveResult
from ....client.query import Row
from ....client.session import SalesforceSession
from ....mapping.default_lines import CURRENCY
from ....writing.faults import write_fault
from ....writing.schema import WriteSchema
from ..read.decode import EXTERNAL_ID_FIELD
from .objects import IMMUTABLE
from .price_books import BASE
from .products import is_new, target_id

ENTRY = "PricebookEntry"
BOOK_ID, PRODUCT_ID, USE_STANDARD = "Pricebook2Id", "Product2Id", "UseStandardPrice"
# A price of a list waits this long for the standard price of its product.
WAIT_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price to create, and where. currency: "" in orgs with one."""

    encoded: EncodedRecord
    product: str
    book: str
    currency: str

    @property
    def place(self) -> tuple[str, str, str]:
        return self.product, self.book, self.currency

    @property
    def pair(self) -> tuple[str, str]:
        return self.product, self.currency


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Prices: the base price is the standard price, each published pricelist is a price book.

    Salesforce takes a price of a list only once its product has an active standard price in the currency.
    """

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _place_prices(
        self, session: SalesforceSession, stream: Stream, outgoing: Sequence[EncodedRecord]
    ) -> dict[str, Answer]:
        """Put new prices into their price books, or take over those that are there; return refusals by record key.

        One look for a page of new prices, none for known ones.
        """
        new = [encoded for encoded in outgoing if is_new(encoded) and encoded.fields.get(PRODUCT_ID)]
        if not new:
            return {}
        books = self._price_books(session, stream, {list_of(encoded): _list_name(encoded) for encoded in new})
        prices = [
            NewPrice(
                encoded,
                ids.to_18(encoded.fields[PRODUCT_ID]),
                books[list_of(encoded)],
                encoded.fields.get(CURRENCY) or "",
            )
            for encoded in new
        ]
        schema = WriteSchema(self._write_schema(stream))
        standard = books[BASE]
        there = self._prices_there(session, schema, prices, standard)
        covered = {
            (product, currency)
            for (product, book, currency), row in there.items()
            if book == standard and row.get("IsActive")
        } | {price.pair for price in prices if price.book == standard}
        refused: dict[str, Answer] = {}
        uncovered: list[NewPrice] = []
        for price in prices:
            self._put_into_book(price, there.get(price.place), price.book != standard, schema)
            if price.pair in covered:
                continue
            if self._gets_base_price(stream, price):
                refused[price.encoded.record.key] = self._standard_missing()
            else:
                uncovered.append(price)
        refused |= self._add_standard_prices(session, uncovered, standard)
        self._end_following(session, [price.encoded for price in prices if price.encoded.record.key not in refused])
        return refused

    @api.model
    def _put_into_book(self, price: NewPrice, row: Row | None, in_list: bool, schema: WriteSchema) -> None:
        """Say which price book a new price belongs to, or let it be the one that the book has already."""
        fields = price.encoded.fields
        if row is not None:
            fields["Id"] = ids.to_18(row["Id"])
            for path in IMMUTABLE[ENTRY]:
                fields.pop(path, None)
            if row.get(USE_STANDARD):
                fields[USE_STANDARD] = False
            return
        fields[BOOK_ID] = price.book
        if in_list and schema.writable(True)(USE_STANDARD):
            fields[USE_STANDARD] = False

    @api.model
    def _prices_there(
        self, session: SalesforceSession, schema: WriteSchema, prices: Sequence[NewPrice], standard: str
    ) -> dict[tuple[str, str, str], Row]:
        """Return {place: row} of the prices that the org has of these products in these books, one query for 200."""
        fields = [BOOK_ID, PRODUCT_ID, "IsActive", *(path for path in (CURRENCY, USE_STANDARD) if schema.known(path))]
        books = soql.literal(sorted({price.book for price in prices} | {standard}))
        conditions = [
            f"{PRODUCT_ID} IN {soql.literal(chunk)} AND {BOOK_ID} IN {books}"
            for chunk in soql.chunks(price.product for price in prices)
        ]
        rows = query.by_conditions(session, ENTRY, fields, conditions)
        return {(ids.to_18(row[PRODUCT_ID]), ids.to_18(row[BOOK_ID]), row.get(CURRENCY) or ""): row for row in rows}

    @api.model
    def _gets_base_price(self, stream: Stream, price: NewPrice) -> bool:
        """Return whether the base price of Odoo is going to be the standard price in a price's currency."""
        company = stream.connection_id.sudo().company_id or self.env.company
        # A connection has one stream for the prices of an object.
        return bool(stream.sudo().publish_base_price) and price.currency in ("", company.currency_id.name)

    @api.model
    def _standard_missing(self) -> Answer:
        text = self.env._("The product has no active standard price yet. Its base price has to be sent first.")
        fault = FaultError(FaultClass.dependency, "STANDARD_PRICE_NOT_DEFINED", text, retry_after=WAIT_SECONDS)
        return Answer(False, None, fault=fault)

    @api.model
    def _add_standard_prices(
        self, session: SalesforceSession, prices: Sequence[NewPrice], standard: str
    ) -> dict[str, Answer]:
        """Give products a standard price where Odoo publishes no base price in a currency: that of the first list.

        Salesforce demands one for each currency, and nothing is converted. Return the refusals of prices that stay
        without one.
        """
        first: dict[tuple[str, str], NewPrice] = {}
        for price in prices:
            first.setdefault(price.pair, price)
        records = [
            {
                PRODUCT_ID: price.product,
                BOOK_ID: standard,
                **({CURRENCY: price.currency} if price.currency else {}),
                "UnitPrice": price.encoded.fields.get("UnitPrice"),
                "IsActive": True,
                EXTERNAL_ID_FIELD: f"{price.encoded.record.key}:standard",
            }
            for price in first.values()
        ]
        pairs = list(first)
        faults: dict[tuple[str, str], FaultError] = {}
        for saved in collections.save(session, ENTRY, EXTERNAL_ID_FIELD, records):
            for index, result in saved.items():
                if result.error:
                    faults[pairs[index]] = write_fault(result.error, records[index], True, EXTERNAL_ID_FIELD)
        return {
            price.encoded.record.key: Answer(False, None, fault=faults[price.pair])
            for price in prices
            if price.pair in faults
        }

    # -- prices that follow the standard price, which makes their own unwritable

    @api.model
    def _end_following(self, session: SalesforceSession, outgoing: Iterable[EncodedRecord]) -> None:
        """Let prices that are taken over be their own, in the step before they are written."""
        following = [encoded for encoded in outgoing if encoded.fields.get("Id") and USE_STANDARD in encoded.fields]
        self._use_own_price(session, [encoded.fields["Id"] for encoded in following])
        for encoded in following:
            del encoded.fields[USE_STANDARD]

    @api.model
    def _use_own_price(self, session: SalesforceSession, record_ids: Iterable[str]) -> None:
        """Make prices of lists independent; what is refused of it shows when they are written."""
        records = [{"Id": record_id, USE_STANDARD: False} for record_id in record_ids]
        for _saved in collections.save(session, ENTRY, EXTERNAL_ID_FIELD, records):
            continue

    @api.model
    def _save_prices(
        self, session: SalesforceSession, stream: Stream, todo: Sequence[EncodedRecord], results: Sequence[Any]
    ) -> list[Any]:
        """Return the results of prices; those that a person let follow the standard price are written once more."""
        found = list(results)
        again = {
            index: record_id
            for index, result in enumerate(results)
            if _follows(result) and (record_id := target_id(todo[index]))
        }
        if again:
            self._use_own_price(session, again.values())
            records = [{**todo[index].fields, "Id": record_id} for index, record_id in again.items()]
            found_again = self._save(session, stream, records, [False] * len(again))
            for index, result in zip(again, found_again, strict=True):
                found[index] = result
        if any(_book_is_gone(result) for result in found):
            self._forget_books(stream)
        return found


def list_of(encoded: EncodedRecord) -> str:
    """Return the key of a price's list; BASE for the base price."""
    return str((encoded.record.parts.get(PART_MAIN) or {}).get("pricelist_key") or BASE)


def _list_name(encoded: EncodedRecord) -> str:
    return str((encoded.record.parts.get(PART_MAIN) or {}).get("pricelist") or "")


def _follows(result: Any) -> bool:
    """Return whether a price was refused because it follows the standard price."""
    error = result.error if isinstance(result, SaveResult) else None
    if error is None or error.code != "FIELD_INTEGRITY_EXCEPTION":
        return False
    return "standard price" in error.message.lower() or USE_STANDARD in error.fields


def _book_is_gone(result: Any) -> bool:
    error = result.error if isinstance(result, SaveResult) else None
    return (
        error is not None
        and BOOK_ID in error.fields
        and error.code
        in (
            "INVALID_CROSS_REFERENCE_KEY",
            "ENTITY_IS_DELETED",
        )
    )
