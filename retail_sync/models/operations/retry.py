from odoo import models

from ..inbound import full_load, poll
from . import sweeper


class RetailSyncMessage(models.Model):
    """Retry alarms: what failed as a whole continues."""

    _inherit = "retail.sync.message"

    def _retry_wide(self) -> None:
        """Continue what failed as a whole; another failure opens another message."""
        for message in self:
            connection, stream = message.connection_id.sudo(), message.stream_id.sudo()
            stream.filtered(lambda stream: stream.state == "stopped").action_resume()
            if message.run_id.kind == "initial" and not stream.cursor or message.alarm_about == "load":
                full_load.start(self.env(su=True), connection, message.run_id.kind or "initial", streams=stream)
            else:
                poll.enqueue(self.env(su=True), connection)
        if any(message.alarm_about == "worker" for message in self):
            sweeper.sweep_out(self.env(su=True))
        # The alarm of a connection closes when calls pass again.
        self.filtered(lambda message: message.alarm_about != "connection")._resolve(self.env._("Retried"))
