from dataclasses import replace

from odoo import api, fields, models

from . import rollups
from .capture_sources import affected_of
from .constants import COMMERCIAL_NAMES, ROLLUP_NAMES

# Amounts in the company's currency.
AMOUNTS = {"credit_limit", "amount_due", "overdue_amount", "lifetime_value"}


class RetailSyncEntityCustomer(models.AbstractModel):
    """Add credit values and roll-ups to the values of a customer."""

    _inherit = "retail.sync.entity.customer"

    @api.model
    def _spread(self, stream, changed):
        """Spread changes of commercial values to all linked contacts of the company, which share these values.

        Only of values that the stream sends. Contacts of a company with as many as a mass change has are one: they do
        not stand before the single customer that is blocked a second later.
        """
        changed = super()._spread(stream, changed)
        shared = ((COMMERCIAL_NAMES | ROLLUP_NAMES) & stream._outbound_fields()) | {"first_order"}
        sources = [res_id for res_id, what in changed.items() if what.names.keys() & shared]
        spread = dict(changed)
        for source, others in affected_of(self.env, sources).items():
            names = {name: at for name, at in changed[source].names.items() if name in shared}
            size = max(changed[source].transaction_size, len(others))
            for other in others - {source}:
                change = spread[other] = spread.get(other) or type(changed[source])()
                if change is changed.get(other):
                    change = spread[other] = replace(change, names=dict(change.names), foreign=set(change.foreign))
                change.add(replace(changed[source], names=names, ops={"C"}, foreign=set(), transaction_size=size))
        return spread

    @api.model
    def _borrowed_fields(self, columns):
        """Add what a customer takes from its commercial entity, for one that got another."""
        borrowed = super()._borrowed_fields(columns)
        return borrowed | COMMERCIAL_NAMES | ROLLUP_NAMES if "commercial_partner_id" in columns else borrowed

    # -- values

    @api.model
    def _local_values(self, records, ctx, bases):
        """Add the values that Odoo alone owns, only if the stream maps them, because each costs a query or two."""
        local = super()._local_values(records, ctx, bases)
        asked = ctx.get("fields", set())
        names, summed = asked & COMMERCIAL_NAMES, asked & ROLLUP_NAMES
        if not (names or summed or "odoo_id" in asked):
            return local
        company = self.env["res.company"].browse(ctx.get("company_id")) or self.env.company
        records = records.with_company(company)
        commercial = records._retail_sync_commercial() if names else {}
        totals = rollups.values(records.env, records, summed) if summed else {}
        for record_id, values in local.items():
            found = {name: commercial[record_id].get(name) for name in names} | totals.get(record_id, {})
            code = (bases.get(record_id) or {}).get("currency")
            if code and code != company.currency_id.name and found.keys() & AMOUNTS:
                self._convert_amounts(found, record_id, code, company, ctx)
            values.update(found)
            if "odoo_id" in asked:
                values["odoo_id"] = str(record_id)
        return local

    @api.model
    def _bases_of(self, items):
        """Add the currency of each record: its amounts are compared in it."""
        bases = super()._bases_of(items)
        for item in items:
            if item.main.get("currency") and item.linked_id:
                bases[item.linked_id] = {**(bases.get(item.linked_id) or {}), "currency": item.main["currency"]}
        return bases

    @api.model
    def _convert_amounts(self, values, record_id, code, company, ctx):
        """Bring amounts from the company's currency to that of the platform's record, at today's rate.

        A comparison asks for the rate of the day on which a value was exchanged (ctx["exchanged_on"]): a rate that
        moved since is no change of the amount.
        Without a rate the amounts are left out, which leaves those of the platform alone, and a remark says why.
        """
        rates = ctx.setdefault("rates", {})
        if code not in rates:
            rates[code] = self._currency_with_rate(code, company)
        today = fields.Date.context_today(self)
        days = ctx.get("exchanged_on", {}).get(record_id, {})
        for name in AMOUNTS & values.keys():
            if not rates[code]:
                del values[name]
            elif values[name]:
                day = days.get(name) or today
                values[name] = company.currency_id._convert(values[name], rates[code], company, day)
        if not rates[code]:
            text = self.env._(
                "Amounts were not sent: the record is in %(platform_currency)s, the company in %(currency)s, and Odoo "
                "has no exchange rate. Enter the rate in Odoo's list of currencies.",
                platform_currency=code,
                currency=company.currency_id.name,
            )
            ctx.setdefault("remarks", {})[record_id] = [text]

    @api.model
    def _currency_with_rate(self, code, company):
        """Return the currency of a code if Odoo can convert to it today, else no currency."""
        currency = self.env["res.currency"].sudo().with_context(active_test=False).search([("name", "=", code)])
        # Without any rate Odoo would take the two currencies for equal.
        rates = (
            self.env["res.currency.rate"]
            .sudo()
            .search_count(
                [
                    ("currency_id", "in", currency.ids),
                    ("company_id", "in", [False, company.root_id.id]),
                    ("name", "<=", fields.Date.context_today(self)),
                ],
                limit=1,
            )
        )
        return currency[:1] if rates else currency.browse()
