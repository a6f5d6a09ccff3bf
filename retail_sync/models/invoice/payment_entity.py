from collections.abc import Collection
from typing import Any

from odoo import api, models
from odoo.fields import Domain

from ...domain.canonical.invoice import PAYMENT
from ..outbox.change_source import ChangeSource
from . import payment_values

_LINKS = ("invoices", "order")


class RetailSyncEntityPayment(models.AbstractModel):
    """Payments of customers, and the money that goes back to them."""

    _name = "retail.sync.entity.payment"
    _inherit = ["retail.sync.document.entity"]
    _description = "Payments in Odoo"

    _entity = PAYMENT.name
    _res_model = "account.payment"
    _history_date = "date"
    _own_columns = {
        "name": ("number",),
        "state": ("state",),
        "payment_type": ("kind",),
        "partner_id": ("customer",),
        "date": ("paid_on",),
        "amount": ("amount", "amount_company"),
        "amount_company_currency_signed": ("amount_company",),
        "payment_method_line_id": ("method",),
        "payment_transaction_id": ("provider_reference", "order"),
    }

    @api.model
    def _export_domain(self, stream: models.BaseModel) -> Domain:
        """Leave out drafts, and what was cancelled before the platform heard of it."""
        return super()._export_domain(stream) & Domain(
            [("partner_type", "=", "customer"), ("state", "in", ("in_process", "paid"))]
        )

    @api.model
    def _history_open(self) -> Domain:
        return Domain("state", "=", "in_process")

    @api.model
    def _customers(self, records: models.BaseModel) -> dict[int, models.BaseModel]:
        return {payment.id: payment.partner_id.commercial_partner_id for payment in records}

    @api.model
    def _document_values(self, records: models.BaseModel, wanted: Collection[str]) -> dict[int, dict[str, Any]]:
        return payment_values.of_payments(self.env, records)

    @api.model
    def _change_sources(self) -> list[ChangeSource]:
        """Return what ties a payment to invoices: rows of reconciliation, which come and go, and the payment's own."""
        to_payment = (("account_move_line", "id", "move_id"), ("account_payment", "move_id", "id"))
        sources = [
            ChangeSource("account_partial_reconcile", column, (), "account.payment", _LINKS, hops=to_payment)
            for column in ("debit_move_id", "credit_move_id")
        ]
        rel = self.env["account.payment"]._fields["invoice_ids"]
        return [
            *super()._change_sources(),
            *sources,
            # One without a journal entry is tied to its invoices by this relation alone.
            ChangeSource(rel.relation, rel.column1, (), "account.payment", _LINKS),
            ChangeSource(
                "payment_transaction",
                "payment_id",
                ("provider_reference",),
                "account.payment",
                ("provider_reference",),
            ),
        ]
