from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...runtime import actions
from ..links import lookups
from . import comparison as comparison_steps


class RetailSyncReviewDecide(models.TransientModel):
    """Who is this? Candidates beside the incoming record, and one decision."""

    _name = "retail.sync.review.decide"
    _inherit = "retail.sync.reveal.mixin"
    _description = "Who is this?"

    connection_id = fields.Many2one(related="message_id.connection_id")
    url = fields.Char(related="message_id.url")
    platform_name = fields.Char(related="message_id.platform_name")
    cause = fields.Char(related="message_id.rule_id.name", string="Cause")
    what_happened = fields.Text(related="message_id.fault_message", string="Why it waits")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        help="The customer in Odoo that this record is. Choose one of the candidates, or look for another.",
    )
    comparison = fields.Json(compute="_compute_comparison", help="Incoming values beside those of the candidates.")
    outlook = fields.Text(compute="_compute_outlook", string="What happens next")
    can_link = fields.Boolean(compute="_compute_outlook")
    asked_text = fields.Text(compute="_compute_asked_text", help="Which colleague was asked, when, and what.")
    left_count = fields.Integer(
        compute="_compute_left_count",
        string="Questions left",
        help="Other questions of this connection, without those that were skipped or wait for a colleague.",
    )
    afterwards = fields.Text(compute="_compute_left_count", help="What opens after your answer.")
    skipped_ids = fields.Many2many(
        "retail.sync.message", readonly=True, help="Questions that were left for later since the first one was opened."
    )

    @api.depends("message_id", "partner_id", "revealed")
    def _compute_comparison(self) -> None:
        for wizard in self:
            wizard.comparison = comparison_steps.build(
                self.env, wizard.message_id, wizard.partner_id, wizard._is_revealed()
            )

    @api.depends("message_id", "partner_id")
    def _compute_outlook(self) -> None:
        for wizard in self:
            wizard.can_link, wizard.outlook = wizard._outlook()

    def _outlook(self) -> Any:
        """Return (whether linking is possible, what will happen), before anything is done."""
        partner = self.partner_id
        if not partner:
            return False, self.env._(
                "Choose a customer to link this record to. If it is nobody you know, create a new customer: "
                "the record is read from the platform again and taken in as it is then."
            )
        links = lookups.primary_links(self.env, self.message_id.connection_id, "res.partner", partner.ids)
        if links:
            return True, self.env._(
                "%(partner)s is linked to %(other)s already. This record becomes a second id of the same customer: "
                "Odoo knows it from now on, and takes no values from it. Consider merging the two on the platform.",
                partner=partner.display_name,
                other=links[0].display_name,
            )
        return True, self.env._(
            "The record is linked to %(partner)s and read again. Where the two differ, the ownership rules decide "
            "field by field; nothing else changes, and the link can be removed again by a manager.",
            partner=partner.display_name,
        )

    @api.depends("message_id")
    def _compute_asked_text(self) -> None:
        for wizard in self:
            message = wizard.message_id
            wizard.asked_text = (
                self.env._(
                    "%(by)s asked %(user)s on %(day)s: %(note)s",
                    by=message.asked_by_id.name,
                    user=message.asked_user_id.name,
                    day=format_datetime(self.env, message.asked_on),
                    note=message.asked_note,
                )
                if message.asked_user_id
                else False
            )

    @api.depends("message_id", "skipped_ids")
    def _compute_left_count(self) -> None:
        for wizard in self:
            wizard.left_count = self.env["retail.sync.message"].search_count(wizard._others())
            if not wizard.left_count:
                wizard.afterwards = self.env._("This is the last question of this connection: the dialog closes.")
            elif wizard.left_count == 1:
                wizard.afterwards = self.env._("The last question of this connection opens.")
            else:
                wizard.afterwards = self.env._(
                    "The next of %s other questions of this connection opens. Close stops here.", wizard.left_count
                )

    def _others(self) -> Any:
        """Return the domain of the other questions of this connection, as the queue shows them."""
        return (
            fields.Domain("state", "=", "review")
            & fields.Domain("connection_id", "=", self.message_id.connection_id.id)
            & fields.Domain("id", "not in", (self.message_id | self.skipped_ids).ids)
            # What waits for a colleague is for that colleague to answer.
            & ~fields.Domain("activity_ids", "any", [("user_id", "!=", self.env.uid)])
        )

    def _next_question(self) -> Any:
        """Return the question after this one in the order of the queue; after the last comes the first."""
        others = self._others()
        messages = self.env["retail.sync.message"]
        return messages.search(others & fields.Domain("id", "<", self.message_id.id), limit=1) or messages.search(
            others, limit=1
        )

    def _then_next(self, action: Any) -> Any:
        """Let the next question open once the notice of an answer is shown; the dialog closes when there is none."""
        question = self._next_question()
        if question:
            action["params"]["next"] = question._ask_who(self.skipped_ids)
        return action

    def action_link(self) -> Any:
        """Link the record to the chosen customer; the next question opens."""
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("Choose a customer first."))
        return self._then_next(self.message_id.action_link(self.partner_id.id))

    def action_create_new(self) -> Any:
        """Have a new customer created; the next question opens."""
        self.ensure_one()
        return self._then_next(self.message_id.action_create_new())

    def action_not_same(self, partner_id: int) -> Any:
        """Remember that the record is not this customer; the next question opens."""
        self.ensure_one()
        return self._then_next(self.message_id.action_not_same(partner_id))

    def action_skip(self) -> Any:
        """Leave this question as it is and open the next one."""
        self.ensure_one()
        question = self._next_question()
        if not question:
            return actions.close()
        return question._ask_who(self.skipped_ids | self.message_id)

    def action_ask_colleague(self) -> Any:
        return self.message_id.action_ask_colleague()

    def action_ignore(self) -> Any:
        return self.message_id.action_ask_ignore()

    def action_open_remote(self) -> Any:
        return self.message_id.action_open_remote()
