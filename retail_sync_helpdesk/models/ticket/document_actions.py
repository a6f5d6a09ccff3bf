from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.retail_sync.runtime.rights import refuse_managed, require

from ..access.roles import ServiceRole
from . import documents

# Field of the dialog -> whose records it holds.
CHOICES = ("order_id", "picking_id", "move_id", "return_id")
# What only the desk knows of a ticket: synced, and written by no person.
OF_DESKS = frozenset(
    {
        *("sync_organisation_id", "sync_channel", "sync_brand", "sync_form", "sync_custom", "sync_url"),
        *("sync_satisfaction", "sync_satisfaction_comment"),
        *("sync_created_at", "sync_updated_at", "sync_solved_at"),
    }
)


class RetailSyncTicketDocument(models.Model):
    """What persons say to a link."""

    _inherit = "retail.sync.ticket.document"

    def action_confirm(self) -> bool:
        """Keep the link for good: it is right."""
        self._decide("confirmed")
        return True

    def action_reject(self) -> bool:
        """Take the link away for good: it is not proposed again."""
        self._decide("rejected")
        return True

    def _decide(self, state: str) -> None:
        rows = require(self, ServiceRole.agent)
        self.ticket_id.check_access("write")
        rows.write({"state": state, "by_hand": True, "user_id": self.env.uid})

    def action_open(self) -> dict[str, Any]:
        """Open the document, with the rights of the user."""
        self.ensure_one()
        self.check_access("read")
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("The document no longer exists, so it cannot be opened."))
        record.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }


class RetailSyncTicketDocumentAdd(models.TransientModel):
    """A person names a document that a ticket is about."""

    _name = "retail.sync.ticket.document.add"
    _description = "Link a document with a ticket"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="ticket_id.company_id")
    order_id = fields.Many2one("sale.order", ondelete="cascade", domain="[('company_id', '=', company_id)]")
    picking_id = fields.Many2one(
        "stock.picking",
        string="Shipment",
        ondelete="cascade",
        domain="[('company_id', '=', company_id), ('picking_type_code', '=', 'outgoing')]",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        ondelete="cascade",
        domain="[('company_id', '=', company_id), ('move_type', 'in', ('out_invoice', 'out_refund'))]",
    )
    return_id = fields.Many2one("retail.sync.return", ondelete="cascade", domain="[('company_id', '=', company_id)]")

    def action_add(self) -> bool:
        """Link the documents that were chosen."""
        self.ensure_one()
        ticket = self.ticket_id
        require(ticket, ServiceRole.agent)
        ticket.check_access("write")
        chosen = [self[name] for name in CHOICES if self[name]]
        if not chosen:
            raise UserError(self.env._("Choose a document first."))
        for record in chosen:
            # A person links what this person may see, in the company of the ticket.
            record.check_access("read")
            if record.sudo().company_id != ticket.sudo().company_id:
                raise UserError(self.env._("The document belongs to another company than the ticket."))
            documents.add(self.env, ticket.id, record)
        return True


class HelpdeskTicket(models.Model):
    """A ticket finds its documents when it is made and when what it says changes."""

    _inherit = "helpdesk.ticket"

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        for vals in vals_list:
            refuse_managed(self, {name: vals[name] for name in OF_DESKS & vals.keys()})
        tickets = super().create(vals_list)
        documents.propose(self.env, tickets.ids)
        return tickets

    def write(self, vals: dict[str, Any]) -> bool:
        refuse_managed(self, {name: vals[name] for name in OF_DESKS & vals.keys()})
        telling = vals.keys() & {"name", "description", "partner_id", "partner_email", "company_id"}
        result = super().write(vals)
        if telling:
            documents.propose(self.env, self.ids)
        return result

    def action_sync_add_document(self) -> dict[str, Any]:
        """Open the dialog in which a document is linked by hand."""
        require(self, ServiceRole.agent)
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Link a document"),
            "res_model": "retail.sync.ticket.document.add",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }
