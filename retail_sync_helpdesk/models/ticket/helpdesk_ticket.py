from odoo import api, fields, models

from odoo.addons.retail_sync.runtime.erasure import Erasure, Ids

# A customer in the portal reads nothing of this. Who only follows a ticket sees no documents of the customer.
INTERNAL = "base.group_user"
STAFF = "helpdesk_mgmt.group_helpdesk_user_own,retail_sync.group_integration"


class HelpdeskTicket(models.Model):
    """A ticket shows its links to desks, what only the desk knows of it, and the documents that it is about."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "retail.sync.mixin"]
    _erasure = Erasure(
        rows=(Ids("partner_id"), Ids("sync_organisation_id")),
        blank=("partner_name", "partner_email", "sync_custom", "sync_satisfaction_comment"),
        quotes=("name", "description"),
    )

    sync_organisation_id = fields.Many2one(
        "res.partner", string="Organisation", readonly=True, copy=False, groups=INTERNAL
    )
    sync_channel = fields.Char("Channel on the desk", readonly=True, copy=False, groups=INTERNAL)
    sync_brand = fields.Char("Brand", readonly=True, copy=False, groups=INTERNAL)
    sync_form = fields.Char("Form", readonly=True, copy=False, groups=INTERNAL)
    sync_custom = fields.Json(
        "Custom fields", readonly=True, copy=False, groups=INTERNAL, help="{key of the field: its value}"
    )
    sync_url = fields.Char("Address on the desk", readonly=True, copy=False, groups=INTERNAL)
    sync_satisfaction = fields.Char("Satisfaction", readonly=True, copy=False, groups=INTERNAL)
    sync_satisfaction_comment = fields.Char("Comment on satisfaction", readonly=True, copy=False, groups=INTERNAL)
    sync_created_at = fields.Datetime("Created on the desk", readonly=True, copy=False, groups=INTERNAL)
    sync_updated_at = fields.Datetime("Updated on the desk", readonly=True, copy=False, groups=INTERNAL)
    sync_solved_at = fields.Datetime("Solved on the desk", readonly=True, copy=False, groups=INTERNAL)
    sync_document_ids = fields.One2many(
        "retail.sync.ticket.document", "ticket_id", string="Documents", readonly=True, groups=STAFF
    )
    sync_custom_text = fields.Text(
        compute="_compute_sync_custom_text", string="Values of custom fields", groups=INTERNAL
    )

    @api.depends("sync_custom")
    def _compute_sync_custom_text(self) -> None:
        for ticket in self:
            lines = [f"{key}: {value}" for key, value in sorted((ticket.sync_custom or {}).items()) if value]
            ticket.sync_custom_text = "\n".join(lines) or False
