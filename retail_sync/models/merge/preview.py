from odoo import _, api, fields, models

from ...domain.canonical.schema import ENTITIES
from ...domain.merge.survivorship import ASK, MOST_COMPLETE, NEWEST, OWNER, RESTRICTIVE, Contender, Rule, preview
from ..customer.values import ADDRESS_COLUMNS
from ..outbox.outbox import LIVING

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


class RetailSyncMergingPreview(models.AbstractModel):
    """Which value of each field survives a merge, shown before it happens."""

    _name = "retail.sync.merging.preview"
    _description = "Preview of merges"

    @api.model
    def _preview(self, survivor, losers, choices=None):
        """Return [{"field", "label", "value", "text", "source", "rule", "reason", "differs", "asks", "options"}].

        Only fields of which somebody has a value; those in which the records differ come first.

        :param choices: {field: id of the customer whose value a person wants}
        """
        people = survivor | losers
        people.check_access("read")
        found = self._survivals(people, survivor, choices or {})
        names = {partner.id: partner.display_name for partner in people}
        rows = []
        for name, one in found.items():
            if one.source is None and not one.differs:
                continue
            row = one.as_json()
            row.update(label=self._label(name), text=self._text(name, one.value))
            for option in row["options"]:
                option.update(name=names[option["id"]], text=self._text(name, option["value"]))
            rows.append(row)
        return sorted(rows, key=lambda row: (not row["differs"], row["label"]))

    @api.model
    def _values(self, survivor, losers, choices=None):
        """Return the values to give to `retail.sync.merging._merge`: what differs from what the merge itself does."""
        people = survivor | losers
        values = {}
        for name, one in self._survivals(people, survivor, choices or {}).items():
            own = dict(one.options)[survivor.id]
            if one.value == own and (own or not any(value for _id, value in one.options)):
                continue
            if name == ADDRESS:
                values.update(zip(ADDRESS_COLUMNS, one.value or [False] * len(ADDRESS_COLUMNS), strict=True))
            else:
                values[name] = one.value
        return values

    @api.model
    def _survivals(self, people, survivor, choices):
        names = self._names(people)
        systems = self._systems(people)
        contenders = [
            Contender(
                partner.id,
                {
                    **{name: self._raw(partner, name) for name in names},
                    ADDRESS: [self._raw(partner, name) for name in ADDRESS_COLUMNS],
                },
                int(partner.write_date.timestamp() * 1000) if partner.write_date else None,
                systems=frozenset(systems.get(partner.id, ())),
            )
            for partner in people
        ]
        kinds = {name: spec.kind for name, spec in ENTITIES["customer"].fields.items()}
        kinds = {self._column(name): kind for name, kind in kinds.items()}
        return preview(contenders, survivor.id, self._rules(), choices, kinds)

    @api.model
    def _names(self, people):
        summed = set(self.env["base.partner.merge.automatic.wizard"]._get_summable_fields())
        left_out = {*SETTLED, *ADDRESS_COLUMNS, *models.MAGIC_COLUMNS, *summed}
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

    @api.model
    def _raw(self, partner, name):
        value = partner[name]
        if isinstance(value, models.BaseModel):
            return value.id
        field = partner._fields[name]
        if field.type == "date":
            return fields.Date.to_string(value) if value else False
        return fields.Datetime.to_string(value) if field.type == "datetime" and value else value

    @api.model
    def _systems(self, people):
        """Return {customer id: the connections that it has a living record of}."""
        links = (
            self.env["retail.sync.link"]
            .sudo()
            .search(
                [
                    ("res_model", "=", people._name),
                    ("res_id", "in", people.ids),
                    ("is_primary", "=", True),
                    ("state", "in", list(LIVING)),
                ]
            )
        )
        return {
            res_id: {REMOTE, *(str(connection_id) for connection_id in own.connection_id.ids)}
            for res_id, own in links.grouped("res_id").items()
        }

    @api.model
    def _rules(self):
        """Return {column: Rule} as the ownership matrix says; a field without a row keeps the survivor's value."""
        ownership_rules = self.env["retail.sync.ownership.rule"].sudo().search([("entity", "=", "customer")])
        rules = {}
        for ownership_rule in ownership_rules.sorted(lambda one: (bool(one.connection_id), bool(one.company_id))):
            if ownership_rule.owner == "remote":
                rule = Rule(OWNER, str(ownership_rule.connection_id.id) if ownership_rule.connection_id else REMOTE)
            elif ownership_rule.owner == "odoo":
                rule = Rule()
            else:
                rule = RULE_OF.get(ownership_rule.survivorship, Rule())
            rules[self._column(ownership_rule.canonical_field)] = rule
        return rules

    @api.model
    def _column(self, canonical):
        if canonical == ADDRESS:
            return ADDRESS
        columns = self.env["retail.sync.entity.customer"]._columns().get(canonical) or (canonical,)
        return columns[0]

    # -- in words

    @api.model
    def _label(self, name):
        if name == ADDRESS:
            return _("Address")
        return self.env["res.partner"]._fields[name]._description_string(self.env) or name

    @api.model
    def _text(self, name, value):
        if name == ADDRESS:
            parts = zip(ADDRESS_COLUMNS, value or [], strict=False)
            return ", ".join(text for text in (self._text(column, part) for column, part in parts) if text)
        field = self.env["res.partner"]._fields[name]
        if value in (None, False, ""):
            return ""
        if field.type == "many2one":
            return self.env[field.comodel_name].browse(value).display_name or ""
        if field.type == "boolean":
            return _("Yes")
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return str(value)
