from typing import Any

from odoo import fields, models
from odoo.exceptions import UserError

from . import outbox


class RetailSyncMessage(models.Model):
    """Sending again, and facts: messages that are never merged and never sent again before the platform was asked."""

    _inherit = "retail.sync.message"

    state = fields.Selection(selection_add=[("unknown", "Arrival unknown")], ondelete={"unknown": "set default"})
    fact_key = fields.Char(
        "Fact key",
        readonly=True,
        help="Names a fact on its stream for good: the same event recorded again has no effect.",
    )
    fact_at = fields.Datetime(readonly=True, string="Happened on")
    effect_at = fields.Datetime(
        readonly=True,
        string="Sent on",
        help="When the platform was last asked to take this fact. While it is set, the platform is asked whether the "
        "fact arrived before it is sent again.",
    )
    fence = fields.Integer(readonly=True, help="Grows with each claim: a worker that lost its claim cannot act.")

    _fact_uniq = models.UniqueIndex(
        "(stream_id, fact_key) WHERE fact_key IS NOT NULL", "This fact is recorded on that stream already."
    )
    _fact_order_idx = models.Index(
        "(stream_id, res_model, res_id, id) WHERE fact_key IS NOT NULL AND state NOT IN ('done', 'ignored')"
    )

    def _retry_out(self, lane: str) -> None:
        """Send records again as they are now, and facts as recorded once it is known that they did not arrive."""
        if self:
            facts = self.filtered("fact_key")
            # A fact keeps its lane: in another one a later fact of the record could be passed over.
            facts.write({"state": "pending", "attempts": 0, "next_try_at": False})
            others = self - facts
            others.write({"state": "pending", "lane": lane, "attempts": 0, "next_try_at": False, "waits_for": False})
            outbox.trigger_due(self.env(su=True), self.stream_id.sudo())

    def _resolve(self, resolution: str, state: str = "done") -> None:
        """Close messages. Closed facts stay for good, since their keys prove that they were sent; the next may go."""
        result = super()._resolve(resolution, state)
        if facts := self.filtered("fact_key"):
            # The clean-up of closed messages takes those with a date.
            facts.write({"resolved_at": False})
            outbox.trigger_due(self.env(su=True), facts.stream_id.sudo())
        return result

    def _unknown_facts(self) -> Any:
        facts = self.filtered(lambda message: message.fact_key and message.state == "unknown")
        if not facts:
            raise UserError(self.env._("None of these facts waits for this answer."))
        return facts

    def action_fact_arrived(self) -> bool:
        """Close facts that a person found on the platform; later facts of their records go on."""
        self._unknown_facts()._resolve(self.env._("Arrived, as %s found on the platform", self.env.user.name))
        return True

    def action_fact_send_again(self) -> bool:
        """Send facts again that a person did not find on the platform."""
        facts = self._unknown_facts()
        facts.write({"effect_at": False, "resolution": False})
        facts._retry_out("")
        return True
