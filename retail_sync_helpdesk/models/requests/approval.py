from odoo import api, fields, models

from odoo.addons.retail_sync.runtime.erasure import Erasure, Ids, Through


class RetailSyncApproval(models.Model):
    """A group that must agree to an action before it is carried out."""

    _name = "retail.sync.approval"
    _description = "Approval of a service action"
    _order = "id desc"
    _rec_name = "action_id"
    _erasure = Erasure(
        rows=(Through("sale_order", Ids("partner_id"), ("order_id",)),),
        blank=("shown", "effects", "because_text", "reason"),
    )

    action_id = fields.Many2one("retail.sync.action", required=True, readonly=True, index=True, ondelete="cascade")
    group_id = fields.Many2one("res.groups", required=True, readonly=True, ondelete="restrict", string="Who decides")
    because = fields.Json(readonly=True, help="Codes of the approval rules and of the policies that ask for it.")
    because_text = fields.Text(readonly=True, string="Why approval is needed")
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
            ("expired", "Expired"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    shown = fields.Text(readonly=True, help="What is agreed to: the preview, as JSON.")
    basis = fields.Text(readonly=True, help="What is agreed to, as a text that is compared before it is carried out.")
    effects = fields.Text(readonly=True, string="What happens")
    money_version = fields.Integer(
        string="Version of the money", readonly=True, help="Counter of the order's money when the preview was made."
    )
    expires_at = fields.Datetime(string="Waits until", required=True, readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict", string="Decided by")
    decided_at = fields.Datetime(string="Decided on", readonly=True)
    reason = fields.Text(readonly=True, string="Reason of the decision")

    action = fields.Selection(related="action_id.action")
    order_id = fields.Many2one(related="action_id.order_id", store=True, index=True)
    partner_id = fields.Many2one(related="action_id.partner_id")
    company_id = fields.Many2one(related="action_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="action_id.currency_id")
    amount = fields.Monetary(related="action_id.amount")
    requested_by_id = fields.Many2one(related="action_id.user_id", string="Requested by")
    actor_name = fields.Char(related="action_id.actor_name")
    actor_kind = fields.Selection(related="action_id.actor_kind", string="Asked by a person or a machine")
    policy_text = fields.Char(related="action_id.policy_text", string="Policy")
    verified_text = fields.Char(related="action_id.verified_text", string="Customer verified by")
    request_reason = fields.Char(related="action_id.reason_text", string="Reason of the request")
    request_note = fields.Text(related="action_id.note", string="Note of the requester")
    ticket_id = fields.Many2one(related="action_id.ticket_id")
    for_me = fields.Boolean(
        compute="_compute_for_me", search="_search_for_me", string="For me", help="Waits for a decision of yours."
    )

    next_step = fields.Char(compute="_compute_next_step", string="Next step")

    _waiting_idx = models.Index("(group_id, id) WHERE state = 'waiting'")

    @api.depends_context("uid")
    @api.depends("state", "group_id")
    def _compute_for_me(self) -> None:
        groups = self.env.user.all_group_ids
        for approval in self:
            approval.for_me = (
                approval.state == "waiting"
                and approval.group_id in groups
                and approval.requested_by_id != self.env.user
            )

    @api.depends_context("uid", "lang")
    @api.depends("state", "group_id", "decided_by_id", "action_id.state")
    def _compute_next_step(self) -> None:
        for approval in self:
            approval.next_step = approval._next_step()

    @api.model
    def count_for_me(self) -> int:
        """Return how many approvals wait for a decision of the user."""
        return self.search_count([("for_me", "=", True)]) if self.has_access("read") else 0

    def _next_step(self) -> str:
        group = self.group_id.sudo().name or ""
        if self.state == "waiting":
            if self.for_me:
                return self.env._("Check what happens and why approval is needed. Then approve or refuse it.")
            if self.requested_by_id == self.env.user:
                return self.env._("You asked for this. Another person of the group decides: %s.", group)
            return self.env._("It waits for a person of the group: %s.", group)
        if self.state == "approved":
            if self.action_id.state == "waiting":
                return self.env._("Approved here. Another group still has to agree.")
            return self.env._("Approved and carried out. Nothing is left to do.")
        if self.state == "refused":
            return self.env._("Refused. The person who asked can propose another way.")
        return self.env._("The request has ended, and nothing was carried out.")

    def _search_for_me(self, operator: str, value: object) -> list:
        if operator != "in":
            return NotImplemented
        return [
            ("state", "=", "waiting"),
            ("group_id", "in", self.env.user.all_group_ids.ids),
            ("action_id.user_id", "!=", self.env.uid),
        ]
