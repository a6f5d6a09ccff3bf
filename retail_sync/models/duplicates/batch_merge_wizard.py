from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...runtime import actions
from . import batch_merge

SAMPLES = 5


class RetailSyncDuplicateMerge(models.TransientModel):
    """Merge many groups of duplicates at once; the dialog shows the effects before the merge."""

    _name = "retail.sync.duplicate.merge"
    _description = "Merge duplicates in a batch"

    duplicate_ids = fields.Many2many(
        "retail.sync.duplicate.group",
        string="Selected groups",
        help="Groups to merge. Without a selection, all groups that wait for a decision are merged.",
    )
    at_least = fields.Float(
        string="Minimum evidence (bits)",
        default=6.0,
        digits=(8, 1),
        help="Groups whose weakest pair has less evidence are left for a person. Ten bits: odds of 1000 to 1.",
    )
    reason = fields.Char(
        required=True,
        default=lambda self: self.env._("Merged in a batch by the duplicate finder"),
        help="Why these customers are the same. Each merge keeps the reason.",
    )
    count = fields.Integer(compute="_compute_outlook", help="Number of groups to merge.")
    outlook = fields.Text(
        compute="_compute_outlook", string="Effects", help="What is merged, and what is left for a person."
    )

    def _domains(self) -> tuple[Domain, Domain, Domain, Domain]:
        """Return domains of groups: to merge, uncertain, weak, already decided.

        Domains and not records, because a first search can leave many thousands of groups.
        """
        selected = Domain("id", "in", self.duplicate_ids._origin.ids) if self.duplicate_ids._origin else Domain.TRUE
        waiting = Domain("state", "in", ["open", "later"])
        certain, strong = Domain("certain", "=", True), Domain("score", ">=", round(self.at_least * 100))
        return (
            selected & waiting & certain & strong,
            selected & waiting & ~certain,
            selected & waiting & certain & ~strong,
            selected & ~waiting if self.duplicate_ids._origin else Domain.FALSE,
        )

    @api.depends("duplicate_ids", "at_least")
    def _compute_outlook(self) -> None:
        duplicates = self.env["retail.sync.duplicate.group"]
        for wizard in self:
            to_merge, *left_out = wizard._domains()
            [(count, customers)] = duplicates._read_group(to_merge, [], ["__count", "size:sum"])
            uncertain, weak, decided = map(duplicates.search_count, left_out)
            wizard.count = count
            lines = [
                self.env._(
                    "%(groups)s groups are merged: %(losers)s customers are merged into %(groups)s survivors, which "
                    "receive their documents, contacts, mails and links. To undo a merge later, open Merges.",
                    groups=count,
                    losers=(customers or 0) - count,
                )
                if count
                else self.env._("No group is merged.")
            ]
            lines += [f"– {group.names}" for group in duplicates.search(to_merge, limit=SAMPLES)]
            if count > SAMPLES:
                lines.append(self.env._("– and %s more", count - SAMPLES))
            if uncertain:
                lines.append(self.env._("%s groups are left for a person: their evidence has a doubt.", uncertain))
            if weak:
                lines.append(self.env._("%s groups are left for a person: their evidence is below the minimum.", weak))
            if decided:
                lines.append(self.env._("%s groups are already decided and stay as they are.", decided))
            if count:
                lines.append(
                    self.env._("Groups in which a person must choose between values are left for a person too.")
                )
            elif not uncertain + weak + decided:
                lines.append(self.env._("No group waits for a decision. Start a search from the list of duplicates."))
            wizard.outlook = "\n".join(lines)

    def action_merge(self) -> dict[str, Any]:
        """Queue the merges that the dialog shows; the list shows the state of each group."""
        self.ensure_one()
        groups = self.env["retail.sync.duplicate.group"].search(self._domains()[0])
        if not groups:
            raise UserError(
                self.env._("No group can be merged in a batch. Lower the minimum evidence, or compare each group.")
            )
        batch_merge.start(self.env, groups, self.reason)
        return actions.notify(
            self.env._("%s groups are being merged. Reload the list to see the progress.", len(groups))
        )
