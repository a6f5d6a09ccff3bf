"""How numbers of documents look in a company: prefixes of its sequences and journals."""

import re
from collections.abc import Collection

from odoo.api import Environment
from odoo.tools import SQL

from ...domain.tickets.mentions import INVOICE, ORDER, NumberForm

SHIPMENT, RETURN = "shipment", "return"
# A date within a prefix, such as "INV/%(year)s/": what stands before it begins each number.
_DATE = re.compile(r"%\(")
_LEADING = re.compile(r"^[^\d]*")


def of_companies(env: Environment, company_ids: Collection[int]) -> dict[int, tuple[NumberForm, ...]]:
    """Return {company id: forms of its numbers, longer prefixes first}, in three queries."""
    companies = sorted(company_ids)
    found: dict[int, set[NumberForm]] = {company: set() for company in companies}
    for kind, prefix, padding, company_id in (*_sequences(env, companies), *_journals(env, companies)):
        start = _DATE.split(prefix or "", maxsplit=1)[0]
        # Without letters every number would be one of these.
        if not any(char.isalpha() for char in start):
            continue
        for company in [company_id] if company_id else companies:
            if company in found:
                found[company].add(NumberForm(kind, start, max(1, min(padding or 3, 5) - 2)))
    return {
        company: tuple(sorted(forms, key=lambda form: (-len(form.prefix), form.kind, form.prefix)))
        for company, forms in found.items()
    }


def _sequences(env: Environment, companies: list[int]) -> list[tuple[str, str, int, int | None]]:
    env["ir.sequence"].flush_model()
    env["stock.picking.type"].flush_model()
    rows = env.execute_query(
        SQL(
            "SELECT CASE WHEN code = 'sale.order' THEN %s ELSE %s END, prefix, padding, company_id FROM ir_sequence"
            " WHERE code IN ('sale.order', 'rma', 'retail.sync.return') AND active"
            " UNION SELECT %s, sequence.prefix, sequence.padding, type.company_id FROM stock_picking_type type"
            " JOIN ir_sequence sequence ON sequence.id = type.sequence_id WHERE type.company_id = ANY(%s)"
            " AND type.code = 'outgoing'",
            ORDER,
            RETURN,
            SHIPMENT,
            companies,
        )
    )
    return list(rows)


def _journals(env: Environment, companies: list[int]) -> list[tuple[str, str, int, int | None]]:
    """Return what the last invoices of each journal begin with: their numbers follow no sequence record."""
    env["account.journal"].flush_model(["code", "company_id", "type"])
    env["account.move"].flush_model(["name", "journal_id", "sequence_prefix"])
    rows = env.execute_query(
        SQL(
            "SELECT DISTINCT last.prefix, journal.code, journal.company_id FROM account_journal journal"
            " LEFT JOIN LATERAL (SELECT sequence_prefix AS prefix FROM account_move move"
            " WHERE move.journal_id = journal.id AND move.sequence_prefix IS NOT NULL AND move.sequence_prefix <> ''"
            " ORDER BY move.id DESC LIMIT 1) last ON TRUE"
            " WHERE journal.type = 'sale' AND journal.company_id = ANY(%s)",
            companies,
        )
    )
    found = []
    for prefix, code, company_id in rows:
        for start in {_LEADING.match(prefix or "")[0], f"{code}/", f"R{code}/"}:  # type: ignore[index]
            found.append((INVOICE, start, 3, company_id))
    return found
