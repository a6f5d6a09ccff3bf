from typing import Any

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...domain.canonical import registry
from ...domain.canonical.schema import ENTITIES
from ...domain.reconcile.three_way import OwnershipRule
from ...runtime import actions, rights
from ...runtime.erasure import Erasure
from . import field_labels


class RetailSyncOwnershipRule(models.Model):
    _name = "retail.sync.ownership.rule"
    _description = "Ownership rule"
    _erasure = Erasure(why="Configuration.")
    _inherit = ["mail.thread"]
    _order = "entity, canonical_field, company_id, connection_id"
    _rec_name = "canonical_field"

    active = fields.Boolean(default=True, tracking=True)
    entity = fields.Selection(lambda self: self.env["retail.sync.stream"]._selection_entity(), required=True)
    canonical_field = fields.Selection("_selection_canonical_field", required=True, string="Field")
    connection_id = fields.Many2one(
        "retail.sync.connection",
        ondelete="cascade",
        index="btree_not_null",
        help="Only for this connection. Empty: for all of them.",
    )
    company_id = fields.Many2one("res.company", help="Only for this company. Empty: for all of them.")
    owner = fields.Selection(
        [("odoo", "Odoo"), ("remote", "The platform"), ("shared", "Both")],
        required=True,
        default="shared",
        tracking=True,
        help="Who may write the field. A change by the other side is refused and shown on the customer.",
    )
    survivorship = fields.Selection(
        [
            ("owner_wins", "The owner wins"),
            ("most_recent", "The latest change wins"),
            ("most_complete", "The fuller value wins"),
            ("restrictive", "The stricter value wins (opt-outs)"),
            ("ask", "Ask a person"),
        ],
        required=True,
        default="most_recent",
        tracking=True,
        help="What happens when both sides changed the field since they last agreed.",
        string="If both sides changed it",
    )
    urgent = fields.Boolean(
        tracking=True, help="A change of this field goes to the platform before all others, in the critical lane."
    )
    sensitivity = fields.Selection(
        [
            ("public", "Public"),
            ("internal", "Internal"),
            ("personal", "Personal"),
            ("sensitive", "Sensitive"),
        ],
        compute="_compute_sensitivity",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        tracking=True,
        help="Public and internal values are shown to whoever may see the record. Personal values are masked and "
        "sensitive ones hidden in payloads, samples, comparisons and texts, until a data steward reveals them.",
    )

    _scope_uniq = models.UniqueIndex(
        "(entity, canonical_field, COALESCE(connection_id, 0), COALESCE(company_id, 0)) WHERE active",
        "This field has a rule for that scope already.",
    )

    @api.model
    def _selection_canonical_field(self):
        found = self.env["retail.sync.field.map"]._selection_canonical_field()
        # A composite is reconciled as a whole: of two sides' values of its fields a mixture would make no sense.
        composites = {name for entity in ENTITIES.values() for name in entity.composites}
        joined = {name for entity in ENTITIES.values() for name in entity.composite_of}
        labels = field_labels.labels(self.env)
        return [
            *((name, labels[name]) for name in sorted(composites)),
            *(entry for entry in found if entry[0] not in joined),
        ]

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        """Create records; what only the engine writes begins anew, also in a copy."""
        return super().create([rights.without_managed(self, vals) for vals in vals_list])

    def write(self, vals: dict[str, Any]) -> bool:
        """Write what people may write; states, positions and counts are the engine's."""
        rights.refuse_managed(self, vals)
        return super().write(vals)

    @api.depends("entity", "canonical_field")
    def _compute_sensitivity(self):
        """Begin with the class that the entity declares; of an unknown field, with a closed one."""
        for rule in self:
            declared = registry.get(rule.entity) if rule.entity else None
            found = declared and declared.sensitivity_of(rule.canonical_field or "")
            rule.sensitivity = "sensitive" if found == "secret" else found or "personal"

    @api.constrains("owner", "survivorship")
    def _check_owner(self):
        for ownership_rule in self:
            if ownership_rule.owner == "shared" and ownership_rule.survivorship == "owner_wins":
                raise ValidationError(
                    self.env._(
                        "%s belongs to both sides, so 'the owner wins' decides nothing. Choose another rule.",
                        ownership_rule.canonical_field,
                    )
                )

    def action_open_history(self) -> dict[str, Any]:
        """Show the rule with who changed what and when."""
        self.check_access("read")
        return actions.open_record(self)

    @api.model
    def _urgent(self, connection, entity):
        """Return the canonical fields whose changes go first: as rows say, else by their nature."""
        chosen = {name: row.urgent for name, row in self._narrowest(connection, entity).items()}
        born = {name for name, spec in registry.get(entity).fields.items() if spec.urgent}
        return {name for name in born | chosen.keys() if chosen.get(name, name in born)}

    @api.model
    def _urgent_of(self, streams):
        """Return {stream id: canonical fields whose changes go first}, for streams of one entity, in one query."""
        rows = self.sudo().search([("entity", "in", streams.mapped("entity"))])
        found = {}
        for stream in streams:
            connection, company = stream.connection_id, stream.connection_id.company_id
            fitting = rows.filtered(
                lambda row, stream=stream, connection=connection, company=company: (
                    row.entity == stream.entity
                    and (not row.connection_id or row.connection_id == connection)
                    and (not row.company_id or row.company_id == company)
                )
            )
            chosen = {row.canonical_field: row.urgent for row in self._narrowest_last(fitting)}
            born = {name for name, spec in registry.get(stream.entity).fields.items() if spec.urgent}
            found[stream.id] = {name for name in born | chosen.keys() if chosen.get(name, name in born)}
        return found

    @api.model
    def _for(self, connection, entity):
        """Return {canonical field: OwnershipRule}; one query for a page of records, callers keep the result."""
        return {
            name: OwnershipRule(field=name, owner=row.owner, survivorship=row.survivorship)
            for name, row in self._narrowest(connection, entity).items()
        }

    @api.model
    def _narrowest(self, connection, entity):
        """Return {canonical field: row} of an entity on a connection; the narrower scope (connection, company) wins."""
        rows = self.sudo().search(
            [
                ("entity", "=", entity),
                ("connection_id", "in", [False, connection.id]),
                ("company_id", "in", [False, connection.company_id.id]),
            ]
        )
        return {row.canonical_field: row for row in self._narrowest_last(rows)}

    @api.model
    def _narrowest_last(self, rows):
        """Return rows so that of those about one field, the one of the narrowest scope is the last."""
        return rows.sorted(lambda row: (bool(row.connection_id), bool(row.company_id)))
