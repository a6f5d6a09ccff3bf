from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...runtime import actions
from . import batch_merge

SAMPLES = 5


class RetailSyncDuplicateMerge(models.TransientModel):
    """Merge many groups of duplicates at once; says before what it will do, and to whom."""

    _name = "retail.sync.duplicate.merge"
    _description = "Merge duplicates in a batch"

    duplicate_ids = fields.Many2many(
        "retail.sync.duplicate.group",
        string="Chosen groups",
        help="The groups to merge; all that wait if none is chosen.",
    )
    at_least = fields.Float(
        string="Evidence at least (bits)",
        default=6.0,
        digits=(8, 1),
        help="Groups whose weakest link has less evidence are left for a person. Ten bits: a thousand to one.",
    )
    reason = fields.Char(
        required=True,
        default=lambda self: self.env._("Merged in a batch by the duplicate finder"),
        help="Why these customers are one. It is kept with each merge.",
    )
    count = fields.Integer(compute="_compute_outlook", help="Groups that will be merged.")
    outlook = fields.Text(
        compute="_compute_outlook", string="What will happen", help="What the merge does, and what it leaves."
    )

    def _domains(self):
        """Return domains of groups: to merge, unsure, weak, decided already. Many wait after a first search."""
        chosen = Domain("id", "in", self.duplicate_ids._origin.ids) if self.duplicate_ids._origin else Domain.TRUE
        waits = Domain("state", "in", ["open", "later"])
        certain, strong = Domain("certain", "=", True), Domain("score", ">=", round(self.at_least * 100))
        return (
            chosen & waits & certain & strong,
            chosen & waits & ~certain,
            chosen & waits & certain & ~strong,
            chosen & ~waits if self.duplicate_ids._origin else Domain.FALSE,
        )

    @api.depends("duplicate_ids", "at_least")
    def _compute_outlook(self):
        duplicates = self.env["retail.sync.duplicate.group"]
        for wizard in self:
            fit, *others = wizard._domains()
            [(count, customers)] = duplicates._read_group(fit, [], ["__count", "size:sum"])
            unsure, weak, done = map(duplicates.search_count, others)
            wizard.count = count
            lines = [
                self.env._(
                    "%(groups)s groups are merged: %(gone)s customers become part of %(groups)s others. Documents, "
                    "contacts, mails and links go with them. Each merge can be undone, under Merges.",
                    groups=count,
                    gone=(customers or 0) - count,
                )
                if count
                else self.env._("Nothing is merged.")
            ]
            lines += [f"– {one.names}" for one in duplicates.search(fit, limit=SAMPLES)]
            if count > SAMPLES:
                lines.append(self.env._("– and %s more", count - SAMPLES))
            if unsure:
                lines.append(
                    self.env._("%s groups stay for a person: something speaks against merging them unseen.", unsure)
                )
            if weak:
                lines.append(self.env._("%s groups stay for a person: their evidence is weaker than that.", weak))
            if done:
                lines.append(self.env._("%s groups were decided already, and stay as they are.", done))
            if count:
                lines.append(
                    self.env._("A group whose customers have values between which a person must choose stays as well.")
                )
            elif not unsure + weak + done:
                lines.append(self.env._("No group waits. Press “Look for duplicates” on the list first."))
            wizard.outlook = "\n".join(lines)

    def action_merge(self):
        """Merge what the dialog says, by jobs; the list shows what became of each group."""
        self.ensure_one()
        fit = self.env["retail.sync.duplicate.group"].search(self._domains()[0])
        if not fit:
            raise UserError(
                self.env._("No group can be merged in a batch. Lower the evidence, or compare them one by one.")
            )
        batch_merge.start(self.env, fit, self.reason)
        return actions.notify(
            self.env._("%s groups are being merged. Refresh the list to see how far it is.", len(fit))
        )
