from collections.abc import Collection
from typing import Any

from odoo import api, models
from odoo.fields import Domain

from ...domain.canonical.invoice import INVOICE
from . import values


class RetailSyncEntityInvoice(models.AbstractModel):
    """Invoices and credit notes of customers, from their first posting on."""

    _name = "retail.sync.entity.invoice"
    _inherit = ["retail.sync.document.entity"]
    _description = "Invoices in Odoo"

    _entity = INVOICE.name
    _res_model = "account.move"
    _history_date = "invoice_date"
    # Amounts, lines and orders of an invoice change while it is a draft: they go along when it is posted.
    _own_columns = {
        "name": ("number",),
        "state": ("state", "lines", "due", "paid", "total", "untaxed", "tax", "total_company", "order", "orders"),
        "payment_state": ("payment_state", "due", "paid", "paid_on"),
        "amount_residual": ("due", "paid", "paid_on"),
        "commercial_partner_id": ("customer",),
        "invoice_date": ("invoiced_on",),
        "invoice_date_due": ("due_on",),
        "ref": ("reason",),
        "payment_reference": ("payment_reference",),
        "reversed_entry_id": ("reverses",),
    }

    @api.model
    def _export_domain(self, stream: models.BaseModel) -> Domain:
        """Leave out drafts: what was never posted is no document yet. One that was, stays when it is reset."""
        return super()._export_domain(stream) & Domain(
            [("move_type", "in", list(values.KINDS)), ("state", "=", "posted")]
        )

    @api.model
    def _history_open(self) -> Domain:
        return Domain("payment_state", "in", ("not_paid", "partial", "in_payment"))

    @api.model
    def _customers(self, records: models.BaseModel) -> dict[int, models.BaseModel]:
        return {move.id: move.commercial_partner_id for move in records}

    @api.model
    def _document_values(self, records: models.BaseModel, wanted: Collection[str]) -> dict[int, dict[str, Any]]:
        return values.of_invoices(self.env, records, wanted)
