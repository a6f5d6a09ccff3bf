from typing import Any

from odoo import models

from . import comments_out, documents

# Messages that people write; what Odoo notes automatically stays in Odoo.
WRITTEN = ("comment", "email", "email_outgoing")


class HelpdeskTicket(models.Model):
    """What people write on a ticket goes to its desk, and reaches the customer from one side alone."""

    _inherit = "helpdesk.ticket"

    def _desk_mails(self) -> bool:
        """Return whether the desk mails the customer of this ticket: Odoo then does not.

        Only while the desk gets what is written here. Else an answer would not reach the customer at all.
        """
        self.ensure_one()
        connections = comments_out.streams(self.env).connection_id.filtered(lambda found: found.desk_mails == "desk")
        return bool(comments_out.links_of(self.env, self.ids, connections))

    def _notify_get_recipients(self, message: Any, msg_vals: Any = False, **kwargs: Any) -> list[dict[str, Any]]:
        """Leave out customers whom the desk mails."""
        found = super()._notify_get_recipients(message, msg_vals=msg_vals, **kwargs)
        outside = [entry for entry in found if not entry.get("uid") or entry.get("share")]
        if outside and self._desk_mails():
            return [entry for entry in found if entry not in outside]
        return found

    def _track_template(self, tracking: Any) -> dict[str, Any]:
        """Leave out the mail of a stage where the desk tells the customer that the ticket was solved."""
        found = super()._track_template(tracking)
        if "stage_id" in found and self[:1]._desk_mails():
            del found["stage_id"]
        return found

    def _message_post_after_hook(self, message: Any, msg_values: dict[str, Any]) -> Any:
        result = super()._message_post_after_hook(message, msg_values)
        if message.message_type in WRITTEN:
            comments_out.queue(self.env, message.sudo())
            documents.propose(self.env, self.ids)
        return result
