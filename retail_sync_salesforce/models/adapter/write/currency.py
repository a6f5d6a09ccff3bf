from odoo import api, models

from odoo.addons.retail_sync.adapter import EncodedRecord, OutboundRecord
from odoo.addons.retail_sync.adapter.contract import Connection, Stream
from odoo.addons.retail_sync.domain.canonical.schema import PART_MAIN

from ....mapping.default_lines import CURRENCY
from ....writing.plan import WritePlan
from ....writing.schema import Objection


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """The one currency of a record: that of the document where the org knows it, else the org's own.

    Amounts of another currency have no place in the record's fields. They are left out and never converted.
    """

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _org_currency(self, connection: Connection) -> str:
        """Return the currency of all amounts of an org that knows one only."""
        connection = connection.sudo()
        currency = connection.sf_currency_id or (connection.company_id or self.env.company).currency_id
        return currency.name or ""

    @api.model
    def _record_currency(self, stream: Stream, record: OutboundRecord, plan: WritePlan) -> str:
        """Return the ISO code of the currency that a record's amounts are in over there; "" where it has none."""
        if stream.entity == "customer":
            return ""
        if not plan.schema.known(CURRENCY):
            return self._org_currency(stream.connection_id)
        main = record.parts.get(PART_MAIN) or {}
        # A record of the platform's own, such as an opportunity, has its currency already.
        code = str(main.get("currency") or (record.remote or {}).get(CURRENCY) or "")
        choices = plan.schema.fields[CURRENCY].get("choices")
        return code if not choices or code in choices else ""

    @api.model
    def _complete_document(self, stream: Stream, outgoing: EncodedRecord, plan: WritePlan, currency: str) -> None:
        """Add to a document what no mapping line writes."""
        self._set_document_currency(outgoing, plan, currency)
        if stream.entity == "case":
            self._flag_solved(outgoing, plan)
        if self._mirrors(stream):
            self._keep_with_its_items(outgoing, plan)

    @api.model
    def _set_document_currency(self, outgoing: EncodedRecord, plan: WritePlan, currency: str) -> None:
        """Give a record the currency of its document, when it is new or the document has got another one."""
        changed = outgoing.record.changed
        news = changed is None or "currency" in changed.get(PART_MAIN, ())
        if currency and news and plan.schema.known(CURRENCY) and plan.writable(CURRENCY):
            outgoing.fields[CURRENCY] = currency

    @api.model
    def _note_foreign_amounts(
        self, stream: Stream, outgoing: EncodedRecord, plan: WritePlan, currency: str
    ) -> list[Objection]:
        """Take amounts of another currency than the record's out of what it agrees on, and say so once.

        Return it as an objection, for a record that must not be without them.
        """
        record = outgoing.record
        foreign = {}
        for part, name in plan.amounts:
            value = (record.parts.get(part) or {}).get(name)
            code = value.get("currency") if isinstance(value, dict) else None
            if code and code != currency and (record.changed is None or name in record.changed.get(part, ())):
                foreign[part, name] = code
        if not foreign:
            return []
        self._leave_out(stream.entity, record, foreign)
        text = self.env._(
            "Amounts in %(codes)s were not sent: Salesforce keeps the amounts of this record in %(currency)s.",
            codes=", ".join(sorted(set(foreign.values()))),
            currency=currency or self.env._("another currency"),
        )
        outgoing.warnings.append(text)
        paths = [path for path, keys in plan.feeds.items() if not keys.isdisjoint(foreign)]
        return [Objection("CURRENCY_NOT_IN_ORG", text, tuple(paths))]
