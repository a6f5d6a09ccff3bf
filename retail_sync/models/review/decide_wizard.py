from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...runtime import actions
from ..customer import internal_partners
from ..links import lookups
from . import comparison as comparison_steps


class RetailSyncReviewDecide(models.TransientModel):
    """Review a record: compare it with its candidates, and decide who it is."""

    _name = "retail.sync.review.decide"
    _inherit = ["retail.sync.reveal.mixin", "retail.sync.readable.choice"]
    _description = "Match review"
    _choices = ("message_id", "partner_id")

    url = fields.Char(related="message_id.url")
    platform_name = fields.Char(related="message_id.platform_name")
    connection_id = fields.Many2one(related="message_id.connection_id")
    cause = fields.Char(related="message_id.rule_id.name", string="Cause")
    what_happened = fields.Text(related="message_id.fault_message", string="Reason for the review")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        help="Customer in Odoo that this record belongs to. Choose a candidate, or search for another customer.",
    )
    comparison = fields.Json(compute="_compute_comparison", help="Incoming values beside the values of the candidates.")
    outlook = fields.Text(compute="_compute_outlook", string="Effects")
    can_link = fields.Boolean(compute="_compute_outlook")
    asked_text = fields.Text(compute="_compute_asked_text", help="Colleague who was asked, with the time and the note.")
    left_count = fields.Integer(
        compute="_compute_left_count",
        string="Open reviews",
        help="Other reviews of this connection, without skipped reviews and reviews that wait for a colleague.",
    )
    afterwards = fields.Text(compute="_compute_left_count", help="Review that opens after this one.")
    skipped_ids = fields.Many2many(
        "retail.sync.message", readonly=True, help="Reviews that were skipped since the dialog was opened."
    )

    @api.depends("message_id", "partner_id", "revealed")
    def _compute_comparison(self) -> None:
        for wizard in self:
            message = wizard._shown_message()
            wizard.comparison = message and comparison_steps.build(
                self.env, message, wizard.partner_id, wizard._read_unmasked()
            )

    @api.depends("message_id", "partner_id")
    def _compute_outlook(self) -> None:
        for wizard in self:
            wizard.can_link, wizard.outlook = wizard._outlook()

    def _outlook(self) -> tuple[bool, str]:
        """Return (whether the record can be linked, sentences about what the buttons do)."""
        partner = self.partner_id
        if not partner:
            return False, self.env._(
                "Choose a customer to link this record to. If the customer is not in Odoo yet, create a new customer: "
                "the record is read again from the platform, and Odoo creates a customer from it."
            )
        if internal_partners.internal_ids(self.env, partner.ids):
            return False, internal_partners.reason(self.env)
        links = lookups.primary_links(self.env, self.message_id.connection_id, "res.partner", partner.ids)
        if links:
            return True, self.env._(
                "%(partner)s is already linked to %(other)s. This record gets a secondary link to the same customer, "
                "and Odoo ignores its values. Consider merging the two records on the platform.",
                partner=partner.display_name,
                other=links[0].display_name,
            )
        return True, self.env._(
            "The record is linked to %(partner)s and read again. If values differ, the ownership rules decide for each "
            "field. A sync manager can remove the link again.",
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
                wizard.afterwards = self.env._("This is the last review of this connection: the dialog closes.")
            elif wizard.left_count == 1:
                wizard.afterwards = self.env._("The last review of this connection opens.")
            else:
                wizard.afterwards = self.env._(
                    "The next of %s other reviews of this connection opens. Press Close to stop.", wizard.left_count
                )

    def _others(self) -> fields.Domain:
        """Return the domain of the other open reviews of this connection."""
        return (
            fields.Domain("state", "=", "review")
            & fields.Domain("connection_id", "=", self.message_id.connection_id.id)
            & fields.Domain("id", "not in", (self.message_id | self.skipped_ids).ids)
            # A review with an activity of a colleague waits for the answer of that colleague.
            & ~fields.Domain("activity_ids", "any", [("user_id", "!=", self.env.uid)])
        )

    def _next_review(self) -> models.BaseModel:
        """Return the next review in the order of the list; the first one follows the last one."""
        others = self._others()
        messages = self.env["retail.sync.message"]
        return messages.search(others & fields.Domain("id", "<", self.message_id.id), limit=1) or messages.search(
            others, limit=1
        )

    def _then_next(self, action: dict[str, Any]) -> dict[str, Any]:
        """Open the next review after the notification of an answer; without a next review the dialog closes."""
        review = self._next_review()
        if review:
            action["params"]["next"] = review._ask_who(self.skipped_ids)
        return action

    def action_link(self) -> dict[str, Any]:
        """Link the record to the chosen customer, and open the next review.

        :raises UserError: no customer is chosen
        """
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("The customer is missing. Choose a customer."))
        return self._then_next(self.message_id.action_link(self.partner_id.id))

    def action_create_new(self) -> dict[str, Any]:
        """Create a new customer from the record, and open the next review."""
        self.ensure_one()
        return self._then_next(self.message_id.action_create_new())

    def action_not_same(self, partner_id: int) -> dict[str, Any]:
        """Mark the record as a non-match of this customer, and open the next review."""
        self.ensure_one()
        return self._then_next(self.message_id.action_not_same(partner_id))

    def action_skip(self) -> dict[str, Any]:
        """Leave this review open, and open the next review."""
        self.ensure_one()
        review = self._next_review()
        if not review:
            return actions.close()
        return review._ask_who(self.skipped_ids | self.message_id)

    def action_ask_colleague(self) -> dict[str, Any]:
        return self.message_id.action_ask_colleague()

    def action_ignore(self) -> dict[str, Any]:
        return self.message_id.action_ask_ignore()

    def action_open_remote(self) -> dict[str, Any]:
        return self.message_id.action_open_remote()
