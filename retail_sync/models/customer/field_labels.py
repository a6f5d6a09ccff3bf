from odoo import api, models

from ...domain.canonical.customer import PART_DELIVERY, PART_INVOICE, PART_OTHER


class RetailSyncEntityCustomer(models.AbstractModel):
    """What people call the canonical fields and the parts of a customer."""

    _inherit = "retail.sync.entity.customer"

    @api.model
    def _field_labels(self) -> dict[str, str]:
        return {
            "kind": self.env._("Kind"),
            "name": self.env._("Name"),
            "first_name": self.env._("First name"),
            "last_name": self.env._("Last name"),
            "job_title": self.env._("Job title"),
            "email": self.env._("E-mail"),
            "phone": self.env._("Phone"),
            "website": self.env._("Website"),
            "vat": self.env._("Tax ID"),
            "customer_number": self.env._("Customer number"),
            "language": self.env._("Language"),
            "notes": self.env._("Notes"),
            "email_opt_out": self.env._("No e-mail"),
            "phone_opt_out": self.env._("No calls"),
            "active": self.env._("Active"),
            "owner": self.env._("Salesperson"),
            "currency": self.env._("Currency"),
            "parent": self.env._("Parent"),
            "street": self.env._("Street"),
            "street2": self.env._("Street 2"),
            "city": self.env._("City"),
            "zip": self.env._("Postal code"),
            "state": self.env._("State or province"),
            "country": self.env._("Country"),
            "odoo_id": self.env._("Odoo ID"),
            "account_block": self.env._("Account blocked"),
            "block_reason": self.env._("Reason of the block"),
            "block_until": self.env._("Blocked until"),
            "credit_limit": self.env._("Credit limit"),
            "amount_due": self.env._("Amount due"),
            "overdue_amount": self.env._("Overdue amount"),
            "credit_state": self.env._("Credit state"),
            "payment_terms": self.env._("Payment terms"),
            "tax_class": self.env._("Tax class"),
            "vat_status": self.env._("VAT status"),
            "open_orders": self.env._("Open orders"),
            "last_order_at": self.env._("Last order"),
            "returns_rate": self.env._("Returns rate"),
            "lifetime_value": self.env._("Lifetime value"),
            "loyalty_points": self.env._("Loyalty points"),
            "address": self.env._("Address"),
        }

    @api.model
    def _part_labels(self) -> dict[str, str]:
        return {
            PART_INVOICE: self.env._("Invoice address"),
            PART_DELIVERY: self.env._("Delivery address"),
            PART_OTHER: self.env._("Other address"),
        }
