"""Queued jobs of actions: what must not happen before the action is committed."""

from odoo import api, models


class RetailSyncActionsJobs(models.AbstractModel):
    """Entry points for the queue in the room actions."""

    _name = "retail.sync.actions.jobs"
    _description = "Queued jobs: service actions"

    @api.model
    def _job_release(self, transaction_id: int) -> None:
        """Ask the provider to release a reserved payment. One that is released already is left as it is."""
        transaction = self.env["payment.transaction"].sudo().browse(transaction_id).exists()
        if transaction and transaction.state == "authorized":
            transaction.action_void()

    @api.model
    def _job_mail_invoice(self, invoice_id: int, partner_id: int) -> None:
        """Mail a posted invoice to a contact, as the wizard of Odoo does."""
        invoice = self.env["account.move"].sudo().browse(invoice_id).exists()
        if not invoice or invoice.state != "posted":
            return
        invoice = invoice.with_company(invoice.company_id)
        self.env["account.move.send"].sudo().with_company(invoice.company_id)._generate_and_send_invoices(
            invoice, sending_methods=["email"], mail_partner_ids=[partner_id]
        )
