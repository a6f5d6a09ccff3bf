"""A sentence for each rule that says no, in the language of the caller."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from odoo.api import Environment
from odoo.tools import format_date, format_datetime

from ...api.schemas.base import Rule
from ...domain.rules import Refusal
from . import rule_texts

__all__ = ["rule_document", "rule_documents"]


def rule_document(env: Environment, refusal: Refusal) -> Rule:
    """Return a rule that says no as the API shows it."""
    return rule_documents(env, [refusal])[0]


def rule_documents(env: Environment, refusals: Iterable[Refusal]) -> tuple[Rule, ...]:
    """Return rules as the API shows them, with the names of what they speak of: a query for each kind of record."""
    found = list(refusals)
    names = _names(env, found)
    sentences = rule_texts.sentences(env) if found else {}
    return tuple(
        Rule(
            rule=refused.code,
            force=refused.force.value,
            text=sentences[refused.code] % {name: names.get((name, value), value) for name, value in refused.facts},
            values=dict(refused.facts),
        )
        for refused in found
    )


def _names(env: Environment, refusals: list[Refusal]) -> dict[tuple[str, str], str]:
    """Return {(name of a value, value): what people call it}."""
    asked: dict[str, set[str]] = {}
    for refused in refusals:
        for name, value in refused.facts:
            asked.setdefault(name, set()).add(value)
    found: dict[tuple[str, str], str] = {}
    for name, model, field in (("line", "sale.order.line", "name"), ("company", "res.company", "name")):
        found.update(_names_of_records(env, name, asked.get(name, set()), model, field))
    codes = {*asked.get("action", ()), *asked.get("scope", ())}
    if codes:
        for scope in env["retail.sync.api.scope"].sudo().search([("code", "in", sorted(codes))]):
            found["action", scope.code] = found["scope", scope.code] = scope.name
    for group in asked.get("group", ()):
        record = env.ref(group, raise_if_not_found=False) if "." in group else None
        if record:
            found["group", group] = record.sudo().display_name
    found.update({("ended", value): format_date(env, value) for value in asked.get("ended", ()) if value})
    for value in asked.get("until", ()):
        # Empty where no time is known at which it will be possible.
        found["until", value] = format_datetime(env, datetime.fromisoformat(value)) if value else "-"
    return found


def _names_of_records(
    env: Environment, name: str, values: set[str], model: str, field: str
) -> dict[tuple[str, str], str]:
    ids = [int(value) for value in values if value.isdigit()]
    records: Any = env[model].sudo().search_fetch([("id", "in", ids)], [field]) if ids else ()
    return {(name, str(record.id)): (record[field] or "").partition("\n")[0] for record in records}
