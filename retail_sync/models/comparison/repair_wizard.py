from odoo import api, fields, models

from ...domain.comparison.classify import Kind
from ...runtime import actions
from ..audit import trail
from . import repair


class RetailSyncComparisonRepair(models.TransientModel):
    """Says what a repair does, with counts, before it is done."""

    _name = "retail.sync.comparison.repair"
    _description = "Repair differences"

    difference_ids = fields.Many2many("retail.sync.difference", string="Differences")
    n_read = fields.Integer(compute="_compute_counts", string="Read from the platform again")
    n_created_here = fields.Integer(compute="_compute_counts", string="Created or linked in Odoo")
    n_sent = fields.Integer(compute="_compute_counts", string="Sent to the platform")
    n_created_there = fields.Integer(compute="_compute_counts", string="Created on the platform")
    n_ended = fields.Integer(
        compute="_compute_counts",
        string="Treated as deleted on the platform",
        help="The stream's setting for deleted records applies: the customer is archived, or kept as it is.",
    )
    n_unlinked = fields.Integer(compute="_compute_counts", string="Links ended")
    ends = fields.Boolean(compute="_compute_counts")
    agreed = fields.Boolean("Archive records and end links too")

    @api.depends("difference_ids.kind", "difference_ids.external_id")
    def _compute_counts(self):
        for wizard in self:
            found = wizard.difference_ids
            wizard.n_read = len(
                found.filtered(lambda difference: difference.kind in (Kind.stale.value, Kind.conflict.value))
            )
            wizard.n_created_here = len(found.filtered(lambda difference: difference.kind == Kind.missing_here.value))
            wizard.n_sent = len(found.filtered(lambda difference: difference.kind == Kind.changed_by_hand.value))
            missing = found.filtered(lambda difference: difference.kind == Kind.missing_there.value)
            wizard.n_created_there = len(missing.filtered(lambda difference: not difference.external_id))
            wizard.n_ended = len(missing) - wizard.n_created_there
            wizard.n_unlinked = len(found.filtered(lambda difference: difference.kind == Kind.orphan.value))
            wizard.ends = bool(wizard.n_ended or wizard.n_unlinked)

    def action_repair(self):
        """Repair; what archives records or ends links only where the person agreed to it."""
        self.ensure_one()
        todo = self.difference_ids
        if not self.agreed:
            todo = todo.filtered(lambda difference: not repair.needs_preview(difference))
        trail.decided(todo, "repair")
        repair.repair(self.env, todo)
        return actions.notify(self.env._("%s repairs are queued. Differences shows what remains.", len(todo)))
