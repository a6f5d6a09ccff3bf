from decimal import Decimal
from itertools import count

from odoo import Command

from odoo.addons.retail_sync.tests.commerce_case import CommerceCase

from ...domain.service.balance import balance_of
from ...domain.service.policy import Policy
from ...models.service_facts import read

_numbers = count(1)


class FactsCase(CommerceCase):
    """Orders of Odoo, and the facts that decisions get of them."""

    entities = ()

    def order_facts(self, order, policy=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return read.order_facts(self.env, order, dict.fromkeys(order.ids, policy or Policy(1)))[order.id]

    def money_facts(self, order):
        self.env.flush_all()
        self.env.invalidate_all()
        return read.money_facts(self.env, order)[order.id]

    def line(self, order, product=None):
        """Return the facts of the order's line of a product, or of its only line."""
        lines = order.order_line.filtered(lambda line: product is None or line.product_id == product)
        return next(line for line in self.order_facts(order).lines if line.id == lines.id)

    def left(self, order):
        """Return (invoiced, credited, paid, returned, to pay back) of an order."""
        found = balance_of(self.money_facts(order))
        return found.invoiced, found.credited, found.paid, found.returned, found.to_pay_back

    def kit(self, **needs):
        """Return (kit product, components) that a bill of materials takes apart. needs: {sku: how many for one}."""
        components = {sku: self.make_product(sku) for sku in needs}
        kit = self.make_product("KIT", stock=None, is_storable=False)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": components[sku].id, "product_qty": needed})
                    for sku, needed in needs.items()
                ],
            }
        )
        return kit, list(components.values())

    def transaction(self, amount, state="done", order=None, invoice=None, **values):
        provider = self.env["payment.provider"].search([("code", "=", "none"), ("name", "=", "Facts")], limit=1)
        if not provider:
            provider = self.env["payment.provider"].create({"name": "Facts", "code": "none", "state": "test"})
            provider.journal_id = self.env["account.journal"].search(
                [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
            )
        made = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env["payment.method"].search([], limit=1).id,
                "reference": f"facts-{next(_numbers)}",
                "amount": amount,
                "currency_id": (order or invoice).currency_id.id,
                "partner_id": self.customer.id,
                "operation": "online_direct",
                "sale_order_ids": [Command.set(order.ids if order else [])],
                "invoice_ids": [Command.set(invoice.ids if invoice else [])],
                **values,
            }
        )
        self.set_state(made, state)
        return made

    def set_state(self, transaction, state):
        """Bring a transaction into a state that the provider of the tests does not know."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE payment_transaction SET state = %s WHERE id = %s", [state, transaction.id])
        transaction.invalidate_recordset(["state"])


def amounts(*numbers):
    return tuple(Decimal(str(number)) for number in numbers)
