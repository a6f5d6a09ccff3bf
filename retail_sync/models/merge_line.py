from odoo import api, fields, models


class RetailSyncMergeLine(models.Model):
    """A customer that a merge took away, as it was."""

    _name = "retail.sync.merge.line"
    _description = "Merged customer"
    _order = "merge_id desc, id"

    merge_id = fields.Many2one("retail.sync.merge", required=True, ondelete="cascade", index=True)
    old_id = fields.Integer(
        required=True,
        readonly=True,
        index=True,
        string="Former id",
        help="Its id in Odoo; an undo restores it under it.",
    )
    name = fields.Char(readonly=True)
    email = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, ondelete="set null", help="The company it belonged to.")
    external_id = fields.Char(
        readonly=True, string="External id", help="Id of the record that the platform merged, where it did so."
    )
    snapshot = fields.Json(readonly=True, groups="base.group_system")
    values = fields.Json(
        compute="_compute_values",
        compute_sudo=True,
        groups="retail_sync.group_steward",
        string="Values it had",
        help="The stored values of the customer when it was merged.",
    )

    @api.depends("snapshot")
    def _compute_values(self):
        model = self.env["res.partner"]
        for line in self:
            line.values = {
                model._fields[name].string: value
                for name, value in (line.snapshot or {}).items()
                if value not in (None, False, "", 0, {})
                and name in model._fields
                # Only what the reader could read on the customer itself.
                and not model._fields[name].groups
                and model._fields[name].type in ("char", "text", "html", "selection", "boolean", "date", "integer")
            } or False
