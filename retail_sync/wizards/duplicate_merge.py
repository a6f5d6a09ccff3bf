from odoo import _, api, fields, models
from odoo.exceptions import UserError

SAMPLES = 5


class RetailSyncDuplicateMerge(models.TransientModel):
    """Merge many groups of duplicates at once; says before what it will do, and to whom."""

    _name = "retail.sync.duplicate.merge"
    _description = "Merge duplicates in a batch"

    duplicate_ids = fields.Many2many(
        "retail.sync.duplicate", string="Chosen groups", help="The groups to merge; all that wait if none is chosen."
    )
    at_least = fields.Float(
        string="Evidence at least (bits)",
        default=6.0,
        digits=(8, 1),
        help="Groups whose weakest link has less evidence are left for a person. Ten bits: a thousand to one.",
    )
    reason = fields.Char(
        required=True,
        default=lambda self: _("Merged in a batch by the duplicate finder"),
        help="Why these customers are one. It is kept with each merge.",
    )
    count = fields.Integer(compute="_compute_outlook", help="Groups that will be merged.")
    outlook = fields.Text(
        compute="_compute_outlook", string="What will happen", help="What the merge does, and what it leaves."
    )

    def _groups(self):
        """Return (groups to merge, groups that are left for a person)."""
        duplicates = self.env["retail.sync.duplicate"]
        chosen = self.duplicate_ids._origin or duplicates.search([("state", "in", ["open", "later"])])
        waiting = chosen.filtered(lambda one: one.state in ("open", "later"))
        fit = waiting.filtered(lambda one: one.certain and one.score >= round(self.at_least * 100))
        return fit, chosen - fit

    @api.depends("duplicate_ids", "at_least")
    def _compute_outlook(self):
        for wizard in self:
            fit, left = wizard._groups()
            wizard.count = len(fit)
            lines = [
                _(
                    "%(groups)s groups are merged: %(gone)s customers become part of %(groups)s others. Documents, "
                    "contacts, mails and links go with them. Each merge can be undone, under Merges.",
                    groups=len(fit),
                    gone=sum(fit.mapped("size")) - len(fit),
                )
                if fit
                else _("Nothing is merged.")
            ]
            lines += [f"– {one.names}" for one in fit[:SAMPLES]]
            if len(fit) > SAMPLES:
                lines.append(_("– and %s more", len(fit) - SAMPLES))
            unsure = left.filtered(lambda one: one.state in ("open", "later") and not one.certain)
            weak = left.filtered(lambda one: one.state in ("open", "later") and one.certain)
            done = left - unsure - weak
            if unsure:
                lines.append(
                    _("%s groups stay for a person: something speaks against merging them unseen.", len(unsure))
                )
            if weak:
                lines.append(_("%s groups stay for a person: their evidence is weaker than that.", len(weak)))
            if done:
                lines.append(_("%s groups were decided already, and stay as they are.", len(done)))
            if fit:
                lines.append(_("A group whose customers have values between which a person must choose stays as well."))
            elif not left:
                lines.append(_("No group waits. Press “Look for duplicates” on the list first."))
            wizard.outlook = "\n".join(lines)

    def action_merge(self):
        """Merge what the dialog says, by jobs; the list shows what became of each group."""
        self.ensure_one()
        fit, _left = self._groups()
        if not fit:
            raise UserError(_("No group can be merged in a batch. Lower the evidence, or compare them one by one."))
        self.env["retail.sync.duplicate.batch"]._start(fit, self.reason)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": _("%s groups are being merged. Refresh the list to see how far it is.", len(fit)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
