from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from ...runtime import rights
from ...runtime.rights import Role

# Only these states end a review; a retry leaves it open.
ENDED_STATES = ("done", "ignored", "superseded")


class RetailSyncMessage(models.Model):
    """Ask a colleague about a review: the colleague gets an activity, which the end of the review closes."""

    _name = "retail.sync.message"
    _inherit = ["retail.sync.message", "mail.thread", "mail.activity.mixin"]

    asked_user_id = fields.Many2one(
        "res.users",
        string="Asked colleague",
        readonly=True,
        index="btree_not_null",
        help="Colleague who was last asked about this record.",
    )
    asked_by_id = fields.Many2one("res.users", string="Asked by", readonly=True, help="User who asked the colleague.")
    asked_on = fields.Datetime(readonly=True, string="Asked on", help="Time when the colleague was asked.")
    asked_note = fields.Text(readonly=True, string="Note to the colleague", help="What the colleague was asked.")

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        """Create without followers and without notes: a load may create thousands of messages that need neither."""
        untracked = super(RetailSyncMessage, self.with_context(tracking_disable=True))
        return untracked.create(vals_list).with_env(self.env)

    def write(self, vals: dict[str, Any]) -> bool:
        result = super(RetailSyncMessage, self.with_context(tracking_disable=True)).write(vals)
        if vals.get("state") in ENDED_STATES:
            self._close_asks()
        return result

    def _mail_get_operation_for_mail_message_operation(self, message_operation: str) -> Any:
        """Let operators comment: comments ask for the right to write, which no group has on messages."""
        operations = super()._mail_get_operation_for_mail_message_operation(message_operation)
        comments = message_operation == "create" and rights.has_role(self.env, Role.operator)
        return dict.fromkeys(operations, "read") if comments else operations

    def _open_asks(self) -> models.BaseModel:
        """Return the open activities of colleagues."""
        return self.filtered("asked_user_id").sudo().activity_ids

    def _close_asks(self) -> None:
        """Mark the activities of colleagues as done, because the review has ended."""
        activities = self._open_asks()
        if activities:
            activities.action_feedback(feedback=self.env._("The review is complete."))

    def action_ask_colleague(self) -> dict[str, Any]:
        """Open the dialog to ask a colleague about these records."""
        rights.require(self, Role.operator)
        return self._ask(
            "retail.sync.ask.colleague",
            self.env._("Ask a colleague"),
            message_ids=[(6, 0, self._waiting().ids)],
            user_id=False,
        )

    def _ask_colleague(self, user: models.BaseModel, note: str) -> None:
        """Schedule an activity for a colleague on each of these records; it replaces activities of other colleagues.

        :raises UserError: when the colleague cannot open all records
        """
        rights.require(self, Role.operator)
        waiting = self._waiting()
        if user == self.env.user:
            raise UserError(self.env._("Choose a colleague. To work on these records yourself, assign them to you."))
        if not user.active or waiting.with_user(user).browse(waiting.ids)._filtered_access("read") != waiting:
            raise UserError(
                self.env._(
                    "%s cannot open all of these records. Choose a colleague with a role in Retail Sync, or ask an "
                    "administrator to give the role.",
                    user.name,
                )
            )
        waiting._open_asks().unlink()
        waiting.sudo().write(
            {
                "asked_user_id": user.id,
                "asked_by_id": self.env.uid,
                "asked_on": fields.Datetime.now(),
                "asked_note": note,
            }
        )
        # The user who asks follows the record to receive the reply of the colleague.
        replies = self.env.ref("mail.mt_activities") | self.env.ref("mail.mt_comment")
        waiting.sudo().message_subscribe(partner_ids=self.env.user.partner_id.ids, subtype_ids=replies.ids)
        waiting.sudo().activity_schedule(
            "retail_sync.activity_ask",
            user_id=user.id,
            summary=self.env._("Review this record"),
            note=plaintext2html(note),
        )


class RetailSyncAskColleague(models.TransientModel):
    """Choose a colleague to ask, and write the note for the activity."""

    _name = "retail.sync.ask.colleague"
    _description = "Ask a colleague"

    message_ids = fields.Many2many("retail.sync.message", readonly=True)
    count = fields.Integer(
        compute="_compute_count", string="Records", help="Number of records about which the colleague is asked."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Colleague",
        domain=lambda self: self._colleagues(),
        help="Colleague who gets an activity for each record. Only users with a role in Retail Sync can open them.",
    )
    note = fields.Text(help="Text of the activity, for example 'Is this your customer?'")

    @api.model
    def _colleagues(self) -> list:
        groups = [self.env.ref(f"retail_sync.group_{name}").id for name in ("operator", "auditor")]
        return [("share", "=", False), ("id", "!=", self.env.uid), ("all_group_ids", "in", groups)]

    @api.depends("message_ids")
    def _compute_count(self) -> None:
        for wizard in self:
            wizard.count = len(wizard.message_ids)

    def action_apply(self) -> dict[str, Any]:
        """Schedule an activity for the colleague on each record."""
        self.ensure_one()
        if not self.user_id:
            raise UserError(self.env._("The colleague is missing. Choose a colleague."))
        note = (self.note or "").strip()
        if not note:
            raise UserError(self.env._("The note is missing. Enter what you want to know."))
        self.message_ids._ask_colleague(self.user_id, note)
        return self.message_ids._notify(
            self.env._("%(user)s was asked about %(count)s records.", user=self.user_id.name, count=self.count)
        )
