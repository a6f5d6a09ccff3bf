from odoo import api, fields, models

from .declaration import STATUSES


class HelpdeskTicketStage(models.Model):
    """A stage stands for a status of the desk."""

    _inherit = "helpdesk.ticket.stage"

    sync_status = fields.Selection(
        lambda self: self._selection_sync_status(),
        compute="_compute_sync_status",
        store=True,
        readonly=False,
        string="Status on the desk",
        help="Tickets in this stage have this status on the desk, and tickets of that status come into the first such "
        "stage of their team.",
    )

    @api.model
    def _selection_sync_status(self) -> list[tuple[str, str]]:
        labels = {
            "new": self.env._("New"),
            "open": self.env._("Open"),
            "pending": self.env._("Pending"),
            "hold": self.env._("On hold"),
            "solved": self.env._("Solved"),
            "closed": self.env._("Closed"),
        }
        return [(status, labels[status]) for status in STATUSES]

    @api.depends("closed", "unattended")
    def _compute_sync_status(self) -> None:
        for stage in self:
            usual = "solved" if stage.closed else "new" if stage.unattended else "open"
            # What a person chose stays while it says the same about being closed.
            if not stage.sync_status or (stage.sync_status in ("solved", "closed")) != stage.closed:
                stage.sync_status = usual
