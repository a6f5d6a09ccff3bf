"""Show which value of each field survives a merge, before the merge happens."""

from collections.abc import Mapping
from typing import Any

from odoo import fields, models
from odoo.api import Environment

from ...domain.canonical.customer import ADDRESS, CUSTOMER
from ...domain.merge.survivorship import (
    ASK,
    MOST_COMPLETE,
    NEWEST,
    OWNER,
    RESTRICTIVE,
    Contender,
    Reason,
    Rule,
    Survival,
    preview,
)
from ..customer import values as values_steps
from ..links import lookups
from ..outbox import outbox

REMOTE = "remote"
RULE_OF = {
    "most_recent": Rule(NEWEST),
    "most_complete": Rule(MOST_COMPLETE),
    "restrictive": Rule(RESTRICTIVE),
    "ask": Rule(ASK),
}
TYPES = ("char", "text", "html", "selection", "boolean", "integer", "float", "monetary", "date", "datetime", "many2one")
# Columns that the merge itself decides: the place in the tree, and whether the survivor is in use.
DECIDED_BY_MERGE = {"parent_id", "active", "company_id", "commercial_partner_id", "type", "barcode"}


def preview_merge(
    env: Environment, survivor: models.BaseModel, losers: models.BaseModel, choices: Mapping[str, int] | None = None
) -> list[dict[str, Any]]:
    """Return a row per field: {"field", "label", "value", "text", "source", "rule", "reason", "differs", "asks", ...}.

    ``reason``: the sentence that users read for the codes in ``reasons``. ``options``: what each customer has. Fields
    in which no customer has a value are left out; fields in which the customers differ come first.

    :param choices: {field: id of the customer whose value a person chose}
    """
    customers = survivor | losers
    customers.check_access("read")
    names = {partner.id: partner.display_name for partner in customers}
    texts = reason_texts(env)
    rows = []
    for name, survival in _survivals(env, customers, survivor, choices or {}).items():
        if survival.source is None and not survival.differs:
            continue
        row = survival.as_json()
        row.update(label=_label(env, name), text=_text(env, name, survival.value))
        row["reason"] = " ".join(texts[reason] for reason in survival.reasons)
        for option in row["options"]:
            option.update(name=names[option["id"]], text=_text(env, name, option["value"]))
        rows.append(row)
    return sorted(rows, key=lambda row: (not row["differs"], row["label"]))


def values(
    env: Environment, survivor: models.BaseModel, losers: models.BaseModel, choices: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """Return {field: value} for ``session.merge``: values that the core wizard alone would not give the survivor."""
    values: dict[str, Any] = {}
    for name, survival in _survivals(env, survivor | losers, survivor, choices or {}).items():
        current = dict(survival.options)[survivor.id]
        if survival.value == current and (current or not any(value for _id, value in survival.options)):
            continue
        if name == ADDRESS:
            columns = values_steps.ADDRESS_COLUMNS
            values.update(zip(columns, survival.value or [False] * len(columns), strict=True))
        else:
            values[name] = survival.value
    return values


def _survivals(
    env: Environment, customers: models.BaseModel, survivor: models.BaseModel, choices: Mapping[str, int]
) -> dict[str, Survival]:
    """Return {field: the value that survives, with its reason and the other values}."""
    names = _names(env, customers)
    systems = _systems(env, customers)
    contenders = [
        Contender(
            partner.id,
            {
                **{name: _raw(partner, name) for name in names},
                ADDRESS: [_raw(partner, name) for name in values_steps.ADDRESS_COLUMNS],
            },
            int(partner.write_date.timestamp() * 1000) if partner.write_date else None,
            systems=frozenset(systems.get(partner.id, ())),
        )
        for partner in customers
    ]
    specs = {_column(env, name): spec for name, spec in CUSTOMER.fields.items()}
    return preview(contenders, survivor.id, _rules(env), choices, specs)


def _names(env: Environment, customers: models.BaseModel) -> list[str]:
    """Return the fields of which one value survives: stored, plain, writable, and decided by no other rule."""
    summed = set(env["base.partner.merge.automatic.wizard"]._get_summable_fields())
    left_out = {*DECIDED_BY_MERGE, *values_steps.ADDRESS_COLUMNS, *models.MAGIC_COLUMNS, *summed}
    return [
        name
        for name, field in customers._fields.items()
        if field.store
        and not field.compute
        and not field.company_dependent
        and field.type in TYPES
        and name not in left_out
        and not name.startswith("account_block")
        and customers._has_field_access(field, "write")
    ]


def _raw(partner: models.BaseModel, name: str) -> Any:
    value = partner[name]
    if isinstance(value, models.BaseModel):
        return value.id
    field = partner._fields[name]
    if field.type == "date":
        return fields.Date.to_string(value) if value else False
    return fields.Datetime.to_string(value) if field.type == "datetime" and value else value


def _systems(env: Environment, customers: models.BaseModel) -> dict[int, set[str]]:
    """Return {customer id: ids of the connections on which its record exists, and ``REMOTE``}."""
    links = lookups.primary_links(env(su=True), None, customers._name, customers.ids)
    links = links.filtered(lambda link: link.state in outbox.LIVING)
    return {
        res_id: {REMOTE, *(str(connection_id) for connection_id in customer_links.connection_id.ids)}
        for res_id, customer_links in links.grouped("res_id").items()
    }


def _rules(env: Environment) -> dict[str, Rule]:
    """Return {column: rule} from the ownership rules; a field without an ownership rule keeps the survivor's value."""
    ownership_rules = env["retail.sync.ownership.rule"].sudo().search([("entity", "=", "customer")])
    rules = {}
    for ownership_rule in ownership_rules.sorted(lambda rule: (bool(rule.connection_id), bool(rule.company_id))):
        if ownership_rule.owner == "remote":
            rule = Rule(OWNER, str(ownership_rule.connection_id.id) if ownership_rule.connection_id else REMOTE)
        elif ownership_rule.owner == "odoo":
            rule = Rule()
        else:
            rule = RULE_OF.get(ownership_rule.survivorship, Rule())
        rules[_column(env, ownership_rule.canonical_field)] = rule
    return rules


def _column(env: Environment, canonical: str) -> str:
    if canonical == ADDRESS:
        return ADDRESS
    columns = env["retail.sync.entity.customer"]._columns().get(canonical) or (canonical,)
    return columns[0]


# -- texts


def reason_texts(env: Environment) -> dict[Reason, str]:
    """Return {code: sentence} of why a value survives."""
    return {
        Reason.chosen: env._("A person chose it."),
        Reason.empty: env._("No customer has a value."),
        Reason.single: env._("Only one record has a value."),
        Reason.same: env._("All that have a value say the same."),
        Reason.fuller: env._("The fuller value."),
        Reason.equally_full: env._("The values are equally full."),
        Reason.latest: env._("The latest edit."),
        Reason.none_later: env._("None is known to be the later one."),
        Reason.owner: env._("From the record of the system that owns the field."),
        Reason.no_owner: env._("No record comes from the system that owns the field."),
        Reason.stricter: env._("The stricter value."),
        Reason.rule_asks: env._("The rule of this field is to ask a person."),
        Reason.survivor_stays: env._("The surviving record's own value stays."),
        Reason.oldest: env._("The oldest record's value."),
    }


def _label(env: Environment, name: str) -> str:
    if name == ADDRESS:
        return env._("Address")
    return env["res.partner"]._fields[name]._description_string(env) or name


def _text(env: Environment, name: str, value: Any) -> str:
    if name == ADDRESS:
        parts = zip(values_steps.ADDRESS_COLUMNS, value or [], strict=False)
        return ", ".join(text for text in (_text(env, column, part) for column, part in parts) if text)
    field = env["res.partner"]._fields[name]
    if value in (None, False, ""):
        return ""
    if field.type == "many2one":
        return env[field.comodel_name].browse(value).display_name or ""
    if field.type == "boolean":
        return env._("Yes")
    if field.type == "selection":
        return dict(field._description_selection(env)).get(value, value)
    return str(value)
