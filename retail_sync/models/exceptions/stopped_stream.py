from typing import Any

from odoo import models

from ...runtime import rights
from ...runtime.rights import Role
from .subject import open_alarms_domain


class RetailSyncStream(models.Model):
    """A stream that a fault stopped, until it is resumed."""

    _inherit = "retail.sync.stream"

    def _stop(self, fault: Any) -> None:
        """Stop a stream whose schema or permissions no longer fit: retries cannot repair that."""
        for stream in self:
            if stream.state != "stopped":
                stream.write({"state": "stopped", "stop_reason": f"{fault.code}: {fault.message}"})
                stream.connection_id.message_post(
                    body=self.env._("%(stream)s was stopped: %(reason)s", stream=stream.name, reason=stream.stop_reason)
                )

    def action_resume(self) -> bool:
        """Let a paused or stopped stream go on where it left off."""
        for stream in rights.require(self, Role.manager):
            stream._end_stop(stream._state_at_rest(), self.env._("Resumed manually"))
        return True

    def _end_stop(self, state: Any, why: str) -> None:
        """Give streams a new state; close the alarms about their stop."""
        self.write({"state": state, "stop_reason": False})
        self.env["retail.sync.message"].sudo().search(
            [
                ("stream_id", "in", self.ids),
                *open_alarms_domain(self.connection_id, "stream"),
            ]
        )._resolve(why)
