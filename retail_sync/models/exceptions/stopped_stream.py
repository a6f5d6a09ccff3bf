from odoo import _, models

from ...runtime.constants import OPEN_MESSAGE_STATES


class RetailSyncFlow(models.Model):
    """A stream that a fault stopped, until it is resumed."""

    _inherit = "retail.sync.flow"

    def _stop(self, fault):
        """Stop a flow whose schema or permissions no longer fit: retrying could not mend that."""
        for flow in self:
            if flow.state != "stopped":
                flow.write({"state": "stopped", "stop_reason": f"{fault.code}: {fault.message}"})
                flow.backend_id.message_post(
                    body=_("%(flow)s was stopped: %(reason)s", flow=flow.name, reason=flow.stop_reason)
                )

    def action_resume(self):
        """Let a paused or stopped flow go on where it left off."""
        for flow in self:
            flow._end_stop("live" if flow.cursor else "draft", _("Resumed by hand"))
        return True

    def _end_stop(self, state, why):
        """Give flows a new state; what was said about their being stopped is settled."""
        self.write({"state": state, "stop_reason": False})
        self.env["retail.sync.message"].sudo().search(
            [
                ("flow_id", "in", self.ids),
                ("key", "in", [f"flow/{flow.id}" for flow in self]),
                ("state", "in", list(OPEN_MESSAGE_STATES)),
            ]
        )._resolve(why)
