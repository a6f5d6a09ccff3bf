"""Whose values a customer holds, when it may be anonymised, and how."""

from collections.abc import Collection
from typing import Any

from odoo import Command, api, models
from odoo.fields import Domain

from ...domain.security.erasure import NAMING
from ...runtime.constants import QUIET
from . import internal_partners
from .child_types import IS_ADDRESS

# What says who a person is. Country, language, payment terms and the like say nothing alone.
PERSONAL = (
    "email", "phone", "street", "street2", "zip", "city", "state_id", "vat", "website", "function", "comment", "ref",
    "barcode", "company_registry", "company_name", "partner_latitude", "partner_longitude", "image_1920", "title",
    "parent_id",
)  # fmt: skip


class RetailSyncEntityCustomer(models.AbstractModel):
    """Customers are persons: they can be erased."""

    _inherit = "retail.sync.entity.customer"

    @api.model
    def _erased_with(self, res_ids: Collection[int]) -> set[int]:
        """Add the addresses of the customers: contacts of a company are persons of their own."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        addresses = partners.search(Domain("parent_id", "in", list(res_ids)) & IS_ADDRESS)
        return {*res_ids, *addresses.ids}

    @api.model
    def _naming_values(self, res_ids: Collection[int]) -> list[dict[str, Any]]:
        partners = self.env["res.partner"].sudo().browse(res_ids).exists()
        names = [name for name in NAMING if name in partners._fields]
        return [{name: partner[name] or False for name in names} for partner in partners]

    @api.model
    def _erasure_obstacles(self, res_ids: Collection[int]) -> list[str]:
        if internal_partners.internal_ids(self.env, res_ids):
            return [
                self.env._(
                    "This partner belongs to an internal user or to one of your own companies. It is no customer, and "
                    "nothing of it is erased here."
                )
            ]
        return []

    @api.model
    def _anonymise_obstacles(self, res_ids: Collection[int]) -> list[str]:
        """Return what needs to know who the customer is: open invoices and orders."""
        of_customers = [("partner_id", "child_of", list(res_ids))]
        invoices = self.env["account.move"].sudo()
        open_invoices = invoices.search_count(
            [
                *of_customers,
                ("state", "=", "posted"),
                ("move_type", "!=", "entry"),
                ("payment_state", "in", ("not_paid", "partial", "in_payment")),
            ]
        )
        drafts = invoices.search_count([*of_customers, ("state", "=", "draft")])
        orders = self.env["sale.order"].sudo()
        running = [
            "|",
            ("state", "in", ("draft", "sent")),
            "&",
            ("state", "=", "sale"),
            ("invoice_status", "=", "to invoice"),
        ]
        open_orders = orders.search_count([*of_customers, *running])
        found = []
        if open_invoices:
            found.append(self.env._("%s invoices are not paid yet.", open_invoices))
        if drafts:
            found.append(self.env._("%s invoices are drafts.", drafts))
        if open_orders:
            found.append(self.env._("%s quotations or orders are not finished.", open_orders))
        return found

    @api.model
    def _anonymise(self, res_ids: Collection[int]) -> None:
        """Empty what says who the person is, archive the customer, and end its access to the portal.

        Posted invoices refer to the customer and keep their printed documents; that is the duty of the accounting.
        """
        partners = self.env["res.partner"].sudo().with_context(active_test=False, **QUIET).browse(res_ids).exists()
        for user in partners.user_ids.filtered("share"):
            user.write({"active": False})
            user.write({"login": f"erased-{user.id}"})
        partners.message_ids.sudo().unlink()
        attachments = self.env["ir.attachment"].sudo()
        attachments.search([("res_model", "=", partners._name), ("res_id", "in", partners.ids)]).unlink()
        partners.bank_ids.write({"active": False})
        empty = {name: False for name in PERSONAL if name in partners._fields}
        for partner in partners:
            vals = dict(empty, name=self.env._("Erased customer %s", partner.id), active=False)
            if "category_id" in partner._fields:
                vals["category_id"] = [Command.clear()]
            partner.write(vals)
