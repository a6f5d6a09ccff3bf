"""Which value of each field survives a merge, shown before it happens."""

from odoo import fields, models
from odoo.api import Environment

from ...domain.canonical.schema import ENTITIES
from ...domain.merge.survivorship import ASK, MOST_COMPLETE, NEWEST, OWNER, RESTRICTIVE, Contender, Rule, preview
from ..customer import values as values_steps
from ..links import lookups
from ..outbox import outbox

ADDRESS = "address"
REMOTE = "remote"
RULE_OF = {
    "most_recent": Rule(NEWEST),
    "most_complete": Rule(MOST_COMPLETE),
    "restrictive": Rule(RESTRICTIVE),
    "ask": Rule(ASK),
}
TYPES = ("char", "text", "html", "selection", "boolean", "integer", "float", "monetary", "date", "datetime", "many2one")
# What a merge settles by itself: the place in the tree, and whether the survivor is in use.
SETTLED = {"parent_id", "active", "company_id", "commercial_partner_id", "type", "barcode"}


def preview_merge(env: Environment, survivor, losers, choices=None):
    """Return [{"field", "label", "value", "text", "source", "rule", "reason", "differs", "asks", "options"}].

    Only fields of which somebody has a value; those in which the records differ come first.

    :param choices: {field: id of the customer whose value a person wants}
    """
    people = survivor | losers
    people.check_access("read")
    found = _survivals(env, people, survivor, choices or {})
    names = {partner.id: partner.display_name for partner in people}
    rows = []
    for name, one in found.items():
        if one.source is None and not one.differs:
            continue
        row = one.as_json()
        row.update(label=_label(env, name), text=_text(env, name, one.value))
        for option in row["options"]:
            option.update(name=names[option["id"]], text=_text(env, name, option["value"]))
        rows.append(row)
    return sorted(rows, key=lambda row: (not row["differs"], row["label"]))


def values(env: Environment, survivor, losers, choices=None):
    """Return the values to give to `retail.sync.merging._merge`: what differs from what the merge itself does."""
    people = survivor | losers
    values = {}
    for name, one in _survivals(env, people, survivor, choices or {}).items():
        own = dict(one.options)[survivor.id]
        if one.value == own and (own or not any(value for _id, value in one.options)):
            continue
        if name == ADDRESS:
            values.update(
                zip(values_steps.ADDRESS_COLUMNS, one.value or [False] * len(values_steps.ADDRESS_COLUMNS), strict=True)
            )
        else:
            values[name] = one.value
    return values


def _survivals(env: Environment, people, survivor, choices):
    names = _names(env, people)
    systems = _systems(env, people)
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
        for partner in people
    ]
    specs = {_column(env, name): spec for name, spec in ENTITIES["customer"].fields.items()}
    return preview(contenders, survivor.id, _rules(env), choices, specs)


def _names(env: Environment, people):
    summed = set(env["base.partner.merge.automatic.wizard"]._get_summable_fields())
    left_out = {*SETTLED, *values_steps.ADDRESS_COLUMNS, *models.MAGIC_COLUMNS, *summed}
    return [
        name
        for name, field in people._fields.items()
        if field.store
        and not field.compute
        and not field.company_dependent
        and field.type in TYPES
        and name not in left_out
        and not name.startswith("account_block")
        and people._has_field_access(field, "write")
    ]


def _raw(partner, name):
    value = partner[name]
    if isinstance(value, models.BaseModel):
        return value.id
    field = partner._fields[name]
    if field.type == "date":
        return fields.Date.to_string(value) if value else False
    return fields.Datetime.to_string(value) if field.type == "datetime" and value else value


def _systems(env: Environment, people):
    """Return {customer id: the connections that it has a living record of}."""
    links = lookups.primary_links(env(su=True), None, people._name, people.ids)
    links = links.filtered(lambda link: link.state in outbox.LIVING)
    return {
        res_id: {REMOTE, *(str(connection_id) for connection_id in own.connection_id.ids)}
        for res_id, own in links.grouped("res_id").items()
    }


def _rules(env: Environment):
    """Return {column: Rule} as the ownership matrix says; a field without a row keeps the survivor's value."""
    ownership_rules = env["retail.sync.ownership.rule"].sudo().search([("entity", "=", "customer")])
    rules = {}
    for ownership_rule in ownership_rules.sorted(lambda one: (bool(one.connection_id), bool(one.company_id))):
        if ownership_rule.owner == "remote":
            rule = Rule(OWNER, str(ownership_rule.connection_id.id) if ownership_rule.connection_id else REMOTE)
        elif ownership_rule.owner == "odoo":
            rule = Rule()
        else:
            rule = RULE_OF.get(ownership_rule.survivorship, Rule())
        rules[_column(env, ownership_rule.canonical_field)] = rule
    return rules


def _column(env: Environment, canonical):
    if canonical == ADDRESS:
        return ADDRESS
    columns = env["retail.sync.entity.customer"]._columns().get(canonical) or (canonical,)
    return columns[0]


# -- in words


def _label(env: Environment, name):
    if name == ADDRESS:
        return env._("Address")
    return env["res.partner"]._fields[name]._description_string(env) or name


def _text(env: Environment, name, value):
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
