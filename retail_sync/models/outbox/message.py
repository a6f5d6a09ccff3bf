from typing import Any

from odoo import fields, models
from odoo.exceptions import UserError

from ...runtime import rights
from ...runtime.rights import Role
from ..audit import trail
from . import outbox, retry_out


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
    refused_field = fields.Char(
        "Refused field key", readonly=True, help="Part and field that the platform refused, of a message about a field."
    )
    refused_at = fields.Datetime(readonly=True, string="Refused on")
    refusal_count = fields.Integer(
        "Refused records", readonly=True, help="Records that wait for a decision about this mass refusal."
    )
    brake_id = fields.Many2one(
        "retail.sync.message",
        "Mass refusal",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The exception that stands for this message and all others that were refused for the same reason.",
    )
    unrouted = fields.Json(
        readonly=True,
        groups="base.group_system",
        help="Changes of a record that could not be assigned to a message: kept as they were captured.",
    )
    fence = fields.Integer(readonly=True, help="Grows with each claim: a worker that lost its claim cannot act.")

    _fact_uniq = models.UniqueIndex(
        "(stream_id, fact_key) WHERE fact_key IS NOT NULL", "This fact is recorded on that stream already."
    )
    _fact_order_idx = models.Index(
        "(stream_id, res_model, res_id, id) WHERE fact_key IS NOT NULL AND state NOT IN ('done', 'ignored')"
    )

    _field_idx = models.Index("(stream_id, res_id) WHERE kind = 'field'")
    _brake_idx = models.Index("(stream_id, fault_code) WHERE kind = 'brake' AND state = 'open'")

    def _retry_out(self, lane: str | None) -> None:
        """Send records again as they are now, and facts as recorded once it is known that they did not arrive.

        A field that was refused is sent again with its record, and those of a mass refusal in the stream's own lane.
        """
        if not self:
            return
        braked = self.filtered(lambda message: message.kind == "brake")
        if braked:
            retry_out.release(braked)
        fields_refused = self.filtered(lambda message: message.kind == "field")
        if fields_refused:
            retry_out.send_fields(fields_refused, lane)
        unrouted = self.sudo().filtered("unrouted")
        if unrouted:
            retry_out.route_again(unrouted)
        facts = self.filtered("fact_key")
        # A fact keeps its lane: in another one a later fact of the record could be passed over.
        facts.write({"state": "pending", "attempts": 0, "next_try_at": False})
        others = self - facts - braked - fields_refused - retry_out.not_deliveries(unrouted)
        others.write(
            {
                "state": "pending",
                **({"lane": lane} if lane else {}),
                "attempts": 0,
                "next_try_at": False,
                "waits_for": False,
                "brake_id": False,
            }
        )
        outbox.trigger_due(self.env(su=True), self.stream_id.sudo())

    def action_ignore(self, reason: str | None = None) -> bool:
        """Leave records and fields out; of a mass refusal, all records that it stands for."""
        messages = rights.require(self, Role.operator)
        held = self.search([("brake_id", "in", messages.filtered(lambda message: message.kind == "brake").ids)])
        if held := held.filtered(lambda message: message.state == "parked"):
            super(RetailSyncMessage, held).action_ignore(reason)
        return super().action_ignore(reason)

    def action_open_refused(self) -> dict[str, Any]:
        """Show the records that a mass refusal stands for."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refused records"),
            "res_model": self._name,
            "view_mode": "list,form",
            "domain": [("brake_id", "=", self.id)],
        }

    def _resolve(self, resolution: str, state: str = "done") -> None:
        """Close messages. Closed facts stay for good, since their keys prove that they were sent; the next may go."""
        result = super()._resolve(resolution, state)
        if facts := self.filtered("fact_key"):
            # The clean-up of closed messages takes those with a date.
            facts.write({"resolved_at": False})
            outbox.trigger_due(self.env(su=True), facts.stream_id.sudo())
        return result

    def _unknown_facts(self) -> Any:
        """Return those of these facts whose arrival is unknown, with the right of the system to close them."""
        facts = rights.require(self, Role.operator).filtered(
            lambda message: message.fact_key and message.state == "unknown"
        )
        if not facts:
            raise UserError(self.env._("None of these facts waits for this answer."))
        return facts

    def action_fact_arrived(self) -> bool:
        """Close facts that a person found on the platform; later facts of their records go on."""
        facts = self._unknown_facts()
        trail.decided(facts, "fact_arrived")
        facts._resolve(self.env._("Arrived, as %s found on the platform", self.env.user.name))
        return True

    def action_fact_send_again(self) -> bool:
        """Send facts again that a person did not find on the platform."""
        facts = self._unknown_facts()
        trail.decided(facts, "fact_send_again")
        facts.write({"effect_at": False, "resolution": False})
        facts._retry_out(None)
        return True
