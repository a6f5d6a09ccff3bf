from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

# A record that is looked at again is still asked about.
ENDED_STATES = ("done", "ignored", "superseded")


class RetailSyncMessage(models.Model):
    """Asking a colleague about a record: an activity with a note, which the answer to the question closes."""

    _name = "retail.sync.message"
    _inherit = ["retail.sync.message", "mail.thread", "mail.activity.mixin"]

    asked_user_id = fields.Many2one(
        "res.users",
        string="Asked of",
        readonly=True,
        index="btree_not_null",
        help="The colleague who was asked last about this record.",
    )
    asked_by_id = fields.Many2one("res.users", string="Asked by", readonly=True, help="Who asked the colleague.")
    asked_on = fields.Datetime(readonly=True, string="Asked on", help="When the colleague was asked.")
    asked_note = fields.Text(readonly=True, string="What was asked", help="The note to the colleague.")

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> Any:
        """Create without followers and "created" notes: a load may make thousands that no person ever talks about."""
        quiet = super(RetailSyncMessage, self.with_context(tracking_disable=True))
        return quiet.create(vals_list).with_env(self.env)

    def write(self, vals: dict[str, Any]) -> Any:
        result = super(RetailSyncMessage, self.with_context(tracking_disable=True)).write(vals)
        if vals.get("state") in ENDED_STATES:
            self._close_asks()
        return result

    def _open_asks(self) -> Any:
        """Return the activities that colleagues have not done yet."""
        return self.filtered("asked_user_id").sudo().activity_ids

    def _close_asks(self) -> None:
        """Tell those who were asked that it is answered: their activities are done."""
        activities = self._open_asks()
        if activities:
            activities.action_feedback(feedback=self.env._("The question is answered."))

    def action_ask_colleague(self) -> Any:
        """Ask a colleague about these records."""
        return self._ask(
            "retail.sync.ask.colleague",
            self.env._("Ask a colleague"),
            message_ids=[(6, 0, self._waiting().ids)],
            user_id=False,
        )

    def _ask_colleague(self, user: Any, note: Any) -> None:
        """Give a colleague an activity about each of these records; who was asked before is not asked any longer.

        :raises UserError: when the colleague could not open them
        """
        self.check_access("write")
        waiting = self._waiting()
        if user == self.env.user:
            raise UserError(self.env._("Choose a colleague. What you look into yourself can be assigned to you."))
        if not user.active or waiting.with_user(user).browse(waiting.ids)._filtered_access("read") != waiting:
            raise UserError(
                self.env._(
                    "%s could not open all of these records. Choose somebody with a role in Retail Sync who may see "
                    "them, or have an administrator give one.",
                    user.name,
                )
            )
        waiting._open_asks().unlink()
        waiting.write(
            {
                "asked_user_id": user.id,
                "asked_by_id": self.env.uid,
                "asked_on": fields.Datetime.now(),
                "asked_note": note,
            }
        )
        # Whoever asks is told what the colleague replies.
        replies = self.env.ref("mail.mt_activities") | self.env.ref("mail.mt_comment")
        waiting.message_subscribe(partner_ids=self.env.user.partner_id.ids, subtype_ids=replies.ids)
        waiting.activity_schedule(
            "retail_sync.activity_ask", user_id=user.id, summary=self.env._("Who is this?"), note=plaintext2html(note)
        )


class RetailSyncAskColleague(models.TransientModel):
    """Choose a colleague and say what to look at."""

    _name = "retail.sync.ask.colleague"
    _description = "Ask a colleague"

    message_ids = fields.Many2many("retail.sync.message", readonly=True)
    count = fields.Integer(compute="_compute_count", string="Records", help="What the colleague is asked about.")
    user_id = fields.Many2one(
        "res.users",
        string="Colleague",
        domain=lambda self: self._colleagues(),
        help="Gets an activity for each record. Only people with a role in Retail Sync can open them.",
    )
    note = fields.Text(
        string="What do you want to know?", help="The colleague reads it in the activity, e.g. 'is this your customer?'"
    )

    @api.model
    def _colleagues(self) -> Any:
        groups = [self.env.ref(f"retail_sync.group_{name}").id for name in ("operator", "auditor")]
        return [("share", "=", False), ("id", "!=", self.env.uid), ("all_group_ids", "in", groups)]

    @api.depends("message_ids")
    def _compute_count(self) -> None:
        for wizard in self:
            wizard.count = len(wizard.message_ids)

    def action_apply(self) -> Any:
        """Give the colleague an activity about each record."""
        self.ensure_one()
        if not self.user_id:
            raise UserError(self.env._("Choose a colleague first."))
        note = (self.note or "").strip()
        if not note:
            raise UserError(self.env._("Please say what you want to know: the colleague sees nothing but your note."))
        self.message_ids._ask_colleague(self.user_id, note)
        return self.message_ids._notify(
            self.env._("%(user)s was asked about %(count)s records.", user=self.user_id.name, count=self.count)
        )
