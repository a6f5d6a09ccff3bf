from collections.abc import Mapping
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import FaultClass, FaultError
from odoo.addons.retail_sync.adapter.contract import Stream

from ....client import collections, ids, query
from ....client.session import SalesforceSession
from ....writing.faults import write_fault
from ..read.decode import EXTERNAL_ID_FIELD

BOOK = "Pricebook2"
# The key of the base price, whose book is the standard price book.
BASE = "base"
LIST_MODEL = "product.pricelist"
NAME_LENGTH = 255
STANDARD = f"SELECT Id,IsActive FROM {BOOK} WHERE IsStandard = true"


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Price books: one for each published pricelist, made when its first price is sent, and the org's standard one."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _price_books(self, session: SalesforceSession, stream: Stream, lists: Mapping[str, str]) -> dict[str, str]:
        """Return {key of a pricelist: id of its price book}, BASE among them.

        :param lists: {key: name} of the pricelists that are needed; one that was renamed is renamed in the org
        :raises FaultError: contract, where the standard price book cannot be used
        """
        connection = stream.connection_id
        kept = self._kept(connection, "books")
        known: dict[str, list[str]] = dict(kept.get("books") or {})
        if BASE not in known:
            known[BASE] = [self._standard_book(session), ""]
        wanted = {key: name for key, name in lists.items() if key != BASE}
        due = {key: name for key, name in wanted.items() if key not in known or known[key][1] != name}
        if due or not kept:
            known |= self._save_books(session, due)
            self._keep(connection, "books", {"books": known, **({"at": kept["at"]} if kept else {})})
        return {key: found[0] for key, found in known.items()}

    @api.model
    def _standard_book(self, session: SalesforceSession) -> str:
        """Return the id of the standard price book, which each org has under an id of its own."""
        rows = query.first(session, STANDARD).rows
        if not rows:
            text = self.env._(
                "Salesforce does not show the standard price book to our user. Give the permission set read access to "
                "price books, then resume the stream."
            )
            raise FaultError(FaultClass.contract, "STANDARD_BOOK_MISSING", text)
        if not rows[0].get("IsActive"):
            text = self.env._(
                "The standard price book of the org is not active. Activate it in Salesforce (Price Books, Standard "
                "Price Book, Active), then resume the stream."
            )
            raise FaultError(FaultClass.contract, "STANDARD_BOOK_INACTIVE", text)
        return ids.to_18(rows[0]["Id"])

    @api.model
    def _save_books(self, session: SalesforceSession, lists: Mapping[str, str]) -> dict[str, list[str]]:
        """Make or rename the price books of pricelists; return {key: [id, name]}."""
        keys = list(lists)
        records = [
            {
                EXTERNAL_ID_FIELD: f"{self._database_prefix()}:{LIST_MODEL}:{key}",
                "Name": (lists[key] or key)[:NAME_LENGTH],
                "IsActive": True,
            }
            for key in keys
        ]
        found: dict[str, list[str]] = {}
        for saved in collections.save(session, BOOK, EXTERNAL_ID_FIELD, records):
            for index, result in saved.items():
                if result.error:
                    fault = write_fault(result.error, records[index], True, EXTERNAL_ID_FIELD)
                    text = self.env._("The price book of %(list)s: %(reason)s", list=lists[keys[index]], reason=fault)
                    raise FaultError(fault.fault_class, fault.code, text, retry_after=fault.retry_after)
                found[keys[index]] = [str(result.id), lists[keys[index]]]
        return found

    @api.model
    def _forget_books(self, stream: Stream) -> None:
        """Look the price books up again: one of them is gone."""
        self._keep(stream.connection_id, "books", {})

    @api.model
    def _standard_check(self, session: SalesforceSession) -> dict[str, Any] | None:
        """Return the fault of the standard price book as {"code", "text"}; None where it can be used."""
        try:
            self._standard_book(session)
        except FaultError as fault:
            return {"code": fault.code, "text": fault.message}
        return None
