from collections import defaultdict

from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError

from ..const import OPEN_MESSAGE_STATES

# Messages about something wider than a record: a connection, a stream, a poll, a load.
WIDE_KEYS = ("connection/", "flow/", "poll/", "run/", "worker/")


class RetailSyncMessage(models.Model):
    """What staff and later runs do with a message."""

    _inherit = "retail.sync.message"

    def _resolve(self, resolution, state="done"):
        """Close messages. One write; who and when are kept."""
        self.write(
            {
                "state": state,
                "resolution": resolution,
                "resolved_at": fields.Datetime.now(),
                "resolved_by": self.env.uid,
                "next_try_at": False,
            }
        )

    def action_retry(self):
        """Read the records afresh from the platform and try again, in the urgent lane.

        The stored payload is not used: what matters is how the record is now.
        """
        messages = self.filtered(lambda message: message.state in OPEN_MESSAGE_STATES)
        if not messages:
            raise UserError(_("None of these waits for anything: they are solved, ignored or overtaken."))
        messages._retry("critical")
        return self._notify(_("%s records are being tried again. What succeeds closes by itself.", len(messages)))

    def _retry(self, lane):
        """Queue jobs that read these records again: one job per flow and 200 records, never one per record."""
        wide = self.filtered(lambda message: message.key.startswith(WIDE_KEYS))
        wide._retry_wide()
        out = (self - wide).filtered(lambda message: message.direction == "out")
        out._retry_out(lane)
        by_flow = defaultdict(list)
        for message in self - wide - out:
            by_flow[message.flow_id].append(message)
        for flow, messages in by_flow.items():
            self.env["retail.sync.rereader"].sudo()._enqueue_ids(
                flow, sorted({message.key for message in messages}), lane=lane
            )
        (self - wide - out).write({"state": "retrying", "next_try_at": False})

    def _retry_out(self, lane):
        """Send again, as the records are now."""
        if self:
            self.write({"state": "pending", "lane": lane, "attempts": 0, "next_try_at": False, "waits_for": False})
            self.env["retail.sync.outbox"].sudo()._wake_due(self.flow_id.sudo())

    def _retry_wide(self):
        """Let what stood still as a whole go on; if it fails again, it opens a message again."""
        for message in self:
            backend, flow = message.backend_id.sudo(), message.flow_id.sudo()
            flow.filtered(lambda flow: flow.state == "stopped").action_resume()
            if message.run_id.kind == "initial" and not flow.cursor or message.key.startswith("run/"):
                self.env["retail.sync.loader"].sudo()._start(backend, message.run_id.kind or "initial", flows=flow)
            else:
                self.env["retail.sync.poller"].sudo()._enqueue(backend)
        if any(message.key.startswith("worker/") for message in self):
            self.env["retail.sync.health"].sudo()._sweep_out()
        # That of a connection closes when calls pass again.
        self.filtered(lambda message: not message.key.startswith("connection/"))._resolve(_("Tried again"))

    def action_ignore(self, reason=None):
        """Leave the records out until they change on the platform."""
        text = _("Ignored by %s", self.env.user.name)
        self._resolve(f"{text}: {reason}" if reason else text, state="ignored")
        return True

    def _require_steward(self):
        if not (self.env.su or self.env.user.has_group("retail_sync.group_steward")):
            raise AccessError(_("Deciding who a record is takes a data steward. Assign it to one."))

    def action_link(self, partner_id):
        """Decide that the record is this customer, then read it and apply it.

        :raises UserError: when the customer cannot be linked, saying why.
        """
        self.ensure_one()
        self._require_steward()
        if self.state not in OPEN_MESSAGE_STATES:
            raise UserError(_("%s is solved already.", self.display_name))
        partner = self.env["res.partner"].browse(partner_id)
        self.env["retail.sync.identity"]._decide_by_hand(self, partner)
        self.env["retail.sync.identity.decision"].sudo()._person_decided(self, "link", partner)
        self._retry("critical")
        return self._notify(_("Linked. The record is being read and applied."))

    def action_create_new(self):
        """Decide that the record is nobody known: a new customer is created."""
        self._require_steward()
        for message in self:
            if message.state not in OPEN_MESSAGE_STATES:
                raise UserError(_("%s is solved already.", message.display_name))
        self.env["retail.sync.answers"]._create(self, "critical")
        return self._notify(_("%s customers are being created.", len(self)))

    def action_not_same(self, partner_id):
        """Decide that the record is not this customer, for good; identity looks at the others anew."""
        self.ensure_one()
        self._require_steward()
        if self.state not in OPEN_MESSAGE_STATES:
            raise UserError(_("%s is solved already.", self.display_name))
        self._say_apart(self, [partner_id], "apart")
        self._retry("critical")
        return self._notify(_("Remembered. The record is looked at again without this customer."))

    @api.model
    def _say_apart(self, message, partner_ids, what):
        there = self.env["res.partner"].browse(partner_ids).exists()
        self.env["retail.sync.identity.apart"].sudo()._say(there.ids, message)
        self.env["retail.sync.identity.decision"].sudo()._person_decided(message, what)

    def action_open_remote(self):
        self.ensure_one()
        if not self.url:
            raise UserError(_("This connection has no address to open records at."))
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    def action_open_record(self):
        self.ensure_one()
        if not self.res_id:
            raise UserError(_("The record is not linked to anything in Odoo yet."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [[False, "form"]],
        }

    def action_assign_to_me(self):
        self.write({"user_id": self.env.uid})
        return True

    @api.model
    def _notify(self, text):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": text, "type": "success", "next": {"type": "ir.actions.act_window_close"}},
        }
