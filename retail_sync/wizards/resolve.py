from odoo import api, fields, models
from odoo.exceptions import UserError


class RetailSyncResolve(models.TransientModel):
    """Who is this? Candidates beside the incoming record, and one decision."""

    _name = "retail.sync.resolve"
    _inherit = "retail.sync.reveal.mixin"
    _description = "Who is this?"

    backend_id = fields.Many2one(related="message_id.backend_id")
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

    @api.depends("message_id", "partner_id", "revealed")
    def _compute_comparison(self):
        for wizard in self:
            wizard.comparison = self.env["retail.sync.comparison"]._build(
                wizard.message_id, wizard.partner_id, wizard._is_revealed()
            )

    @api.depends("message_id", "partner_id")
    def _compute_outlook(self):
        for wizard in self:
            wizard.can_link, wizard.outlook = wizard._outlook()

    def _outlook(self):
        """Return (whether linking is possible, what will happen), before anything is done."""
        partner = self.partner_id
        if not partner:
            return False, self.env._(
                "Choose a customer to link this record to. If it is nobody you know, create a new customer: "
                "the record is read from the platform again and taken in as it is then."
            )
        links = self.env["retail.sync.binding"].search(
            [
                ("backend_id", "=", self.message_id.backend_id.id),
                ("res_model", "=", "res.partner"),
                ("res_id", "=", partner.id),
                ("is_primary", "=", True),
            ]
        )
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

    def action_link(self):
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("Choose a customer first."))
        return self.message_id.action_link(self.partner_id.id)

    def action_create_new(self):
        self.ensure_one()
        return self.message_id.action_create_new()

    def action_ignore(self):
        return self.message_id.action_ask_ignore()

    def action_open_remote(self):
        return self.message_id.action_open_remote()
