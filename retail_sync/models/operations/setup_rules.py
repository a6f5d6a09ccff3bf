from odoo import api, fields, models

from ...domain.canonical.composites import fold_names
from ...domain.reconcile.field_case import ODOO, default_ownership_rule
from ..mapping.field_labels import labels


class RetailSyncSetupRule(models.TransientModel):
    """Who may write one field, as the set-up wizard asks it. Becomes an ownership rule of the connection."""

    _name = "retail.sync.setup.rule"
    _description = "Set-up: who may write a field"
    _order = "id"

    setup_id = fields.Many2one("retail.sync.setup", required=True, ondelete="cascade")
    entity = fields.Char(required=True)
    canonical_field = fields.Char(required=True)
    label = fields.Char("Field", required=True)
    owner = fields.Selection(
        lambda self: self.env["retail.sync.ownership.rule"]._fields["owner"]._description_selection(self.env),
        required=True,
        string="May be written by",
    )
    before = fields.Char(required=True, help="The owner when the wizard was opened.")

    @api.model
    def _fill(self, setup: models.BaseModel) -> None:
        """Make a line per field that both sides could write."""
        setup.rule_ids.unlink()
        names = labels(self.env)
        connection, vals_list = setup.connection_id.sudo(), []
        for entity in sorted(set(connection.reading_stream_ids.mapped("entity"))):
            streams = connection.reading_stream_ids.filtered(lambda stream, entity=entity: stream.entity == entity)
            spec = streams[:1]._entity()._spec()
            mapped = {name for stream in streams for name in stream._planned_fields() | stream._mapped_fields()}
            rows = self.env["retail.sync.ownership.rule"].sudo()._for(connection, entity)
            specs = spec.merge_specs()
            for name in sorted(fold_names(mapped, spec), key=lambda name: names.get(name, name)):
                if name not in specs or specs[name].owner == ODOO or name in ("kind", "active"):
                    continue
                owner = (rows.get(name) or default_ownership_rule(name, specs[name])).owner
                vals_list.append(
                    {
                        "setup_id": setup.id,
                        "entity": entity,
                        "canonical_field": name,
                        "label": names.get(name, name),
                        "owner": owner,
                        "before": owner,
                    }
                )
        self.create(vals_list)

    def _store(self) -> None:
        """Make or change the connection's own ownership rules of the lines that a person changed."""
        rules = self.env["retail.sync.ownership.rule"].sudo()
        for line in self.filtered(lambda line: line.owner != line.before):
            connection = line.setup_id.connection_id
            vals = {"owner": line.owner, "survivorship": "most_recent" if line.owner == "shared" else "owner_wins"}
            specific = rules.search(
                [
                    ("connection_id", "=", connection.id),
                    ("entity", "=", line.entity),
                    ("canonical_field", "=", line.canonical_field),
                ],
                limit=1,
            )
            general = rules.search(
                [
                    ("connection_id", "=", False),
                    ("entity", "=", line.entity),
                    ("canonical_field", "=", line.canonical_field),
                ],
                limit=1,
            )
            if specific:
                specific.write(vals)
            else:
                rules.create(
                    {
                        **vals,
                        "connection_id": connection.id,
                        "entity": line.entity,
                        "canonical_field": line.canonical_field,
                        "urgent": general.urgent,
                        **({"sensitivity": general.sensitivity} if general else {}),
                    }
                )
            line.before = line.owner
