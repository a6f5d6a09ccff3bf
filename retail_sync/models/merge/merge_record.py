from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ...domain.merge.journal import Journal
from . import references_find, session, undo


class RetailSyncMerge(models.Model):
    """One merge of customers: who became one, why, what changed hands. Kept so that it can be undone."""

    _name = "retail.sync.merge"
    _inherit = ["retail.sync.business.access"]
    _description = "Merge of customers"
    _order = "id desc"

    res_model = fields.Char(required=True, default="res.partner", readonly=True)
    # Follows the survivor when that one is merged in its turn.
    res_id = fields.Many2oneReference(model_field="res_model", string="Survivor id", required=True, readonly=True)
    survivor_ref = fields.Integer(
        required=True,
        readonly=True,
        index=True,
        string="Survivor at the time",
        help="Id of the customer that survived this merge, whatever became of it later.",
    )
    survivor_id = fields.Many2one(
        "res.partner",
        compute="_compute_survivor_id",
        search="_search_survivor_id",
        help="The customer that remained.",
    )
    line_ids = fields.One2many("retail.sync.merge.line", "merge_id", string="Merged into it", readonly=True)
    loser_names = fields.Char(
        compute="_compute_loser_names",
        string="Merged customers",
        help="The customers that became part of the survivor.",
    )
    source = fields.Selection(
        [
            ("person", "A data steward"),
            ("wizard", "Odoo's own wizard"),
            ("platform", "A platform"),
        ],
        required=True,
        readonly=True,
        default="person",
        string="Started by",
        help="A platform: its users merged the two records, and Odoo followed.",
    )
    connection_id = fields.Many2one(
        "retail.sync.connection",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        string="Connection",
        help="The connection whose users merged the records.",
    )
    reason = fields.Char(readonly=True, string="Why", help="Why the customers are one, in words.")
    user_id = fields.Many2one("res.users", readonly=True, ondelete="set null", string="Merged by")
    state = fields.Selection(
        [("draft", "Under way"), ("done", "Merged"), ("undone", "Undone")],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        help="Undone: the customers are separate again.",
    )
    # What changed hands: other people's data in part, so only the system reads it.
    journal = fields.Json(readonly=True, groups="base.group_system")
    moved_count = fields.Integer(
        readonly=True, string="Rows moved", help="Documents, mails, contacts and the like that went to the survivor."
    )
    moved_text = fields.Text(
        compute="_compute_moved_text",
        compute_sudo=True,
        string="What went to the survivor",
        help="By kind, with counts.",
    )
    undone_by = fields.Many2one("res.users", readonly=True, ondelete="set null", string="Undone by")
    undone_at = fields.Datetime(readonly=True, string="Undone on")
    undo_reason = fields.Char(readonly=True, string="Why undone", help="Why the merge was wrong, in words.")
    undo_report = fields.Text(
        readonly=True, string="Left as it was", help="What the undo could not, or should not, put back, and why."
    )

    _record_idx = models.Index("(res_model, res_id)")

    @api.depends("res_model", "res_id")
    def _compute_survivor_id(self):
        there = self.env["res.partner"].sudo().browse(self.mapped("res_id")).exists()
        for merge in self:
            merge.survivor_id = merge.res_id if merge.res_id in there.ids else False

    @api.model
    def _search_survivor_id(self, operator, value):
        if operator in ("in", "=", "any"):
            return [("res_model", "=", "res.partner"), ("res_id", "in", self._survivor_ids(operator, value))]
        return NotImplemented

    @api.model
    def _survivor_ids(self, operator, value):
        partners = self.env["res.partner"].with_context(active_test=False)
        return partners._search([("id", operator, value)]) if operator == "any" else list(value)

    @api.depends("line_ids.name")
    def _compute_loser_names(self):
        for merge in self:
            merge.loser_names = ", ".join(name for name in merge.line_ids.mapped("name") if name)

    @api.depends("journal")
    def _compute_moved_text(self):
        for merge in self:
            labels = references_find.labels(self.env, Journal.of(merge.journal).counts())
            merge.moved_text = "\n".join(f"{name}: {count}" for name, count in sorted(labels.items())) or False

    @api.depends("survivor_id", "line_ids.name")
    def _compute_display_name(self):
        for merge in self:
            merge.display_name = _(
                "%(losers)s into %(survivor)s",
                losers=merge.loser_names or "?",
                survivor=merge.survivor_id.display_name or f"#{merge.survivor_ref}",
            )

    def _after_merge(self, survivor):
        """Hook: the customers are one now. Called in the transaction of the merge.

        :param survivor: the partner that remained
        """

    def action_undo(self):
        """Say what an undo will do and what it cannot; nothing happens before it is confirmed."""
        self.ensure_one()
        session.check_steward(self.env)
        wizard = self.env["retail.sync.merge.undo"].create({"merge_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": _("Undo a merge"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_open_survivor(self):
        self.ensure_one()
        if not self.survivor_id:
            raise UserError(_("The customer that survived was deleted since."))
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.survivor_id.id,
            "views": [[False, "form"]],
        }

    def _undo(self, reason=None):
        """Make the customers separate again; return sentences about what could not be as before.

        :raises UserError: when that is not possible, saying why
        """
        self.ensure_one()
        report = undo.undo(self.env, self)
        self.sudo().write(
            {
                "state": "undone",
                "undone_by": self.env.uid,
                "undone_at": fields.Datetime.now(),
                "undo_reason": reason,
                "undo_report": "\n".join(dict.fromkeys(report)) or False,
            }
        )
        return report


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
