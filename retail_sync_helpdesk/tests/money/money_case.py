"""Orders that are billed and paid, for tests of what goes back."""

from decimal import Decimal
from itertools import count

from odoo import Command, fields
from odoo.tests import TransactionCase

from ...domain.service.amounts import offer
from ...domain.service.balance import balance_of
from ...domain.service.claims import RefundClaim
from ...domain.service.policy import Policy, ShippingRefund
from ...models.money.credit_notes import write_credit_notes
from ...models.money.refunds import make_refunds
from ...models.service_facts.read import money_facts

POLICY = Policy(1, shipping_refund=ShippingRefund.always, goodwill_percent=Decimal(100), restocking_percent=Decimal(15))
_numbers = count(1)


class MoneyCase(TransactionCase):
    """A company with books, products, and a provider of payments that pays back what it is asked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env.company
        if not cls.company.chart_template:
            cls.env["account.chart.template"].try_loading("generic_coa", company=cls.company, install_demo=False)
        cls.company.account_sale_tax_id = False
        cls.company.account_price_include = "tax_excluded"
        cls.customer = cls.env["res.partner"].create({"name": "Rossi Srl"})
        cls.shirt = cls.make_product("Shirt")
        cls.delivery = cls.make_product("Delivery", type="service")
        cls.order = cls.env["sale.order"]
        cls.policy = POLICY

    # -- documents

    @classmethod
    def make_product(cls, name, price=20.0, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "list_price": price,
                "is_storable": values.get("type", "consu") == "consu",
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
                **values,
            }
        )

    @classmethod
    def make_tax(cls, amount, included=False, **values):
        return cls.env["account.tax"].create(
            {
                "name": f"{amount:g} % {next(_numbers)}",
                "amount": amount,
                "type_tax_use": "sale",
                "price_include_override": "tax_included" if included else "tax_excluded",
                **values,
            }
        )

    @classmethod
    def make_order(cls, *lines, **values):
        """Return a confirmed order. Lines: (product, quantity, price, taxes, discount), the last two if there are."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [Command.create(cls.line(*line)) for line in lines],
                **values,
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def line(cls, product, quantity, price, taxes=None, discount=0.0):
        return {
            "product_id": product.id,
            "product_uom_qty": quantity,
            "price_unit": price,
            "tax_ids": [Command.set(taxes.ids if taxes else [])],
            "discount": discount,
            "is_delivery": product == cls.delivery,
        }

    @classmethod
    def bill(cls, orders):
        invoice = orders._create_invoices(final=True)
        invoice.action_post()
        return invoice

    @classmethod
    def pay(cls, invoice, amount=None):
        wizard = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"amount": amount} if amount is not None else {})
        )
        return wizard._create_payments()

    @classmethod
    def make_provider(cls, **values):
        """Return a payment provider that is switched on, of a code that no module has."""
        provider = cls.env["payment.provider"].create(
            {"name": "Test provider", "code": "none", "state": "test", "company_id": cls.company.id, **values}
        )
        journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        method = cls.env["account.payment.method"].create(
            {"name": "Test provider", "code": "none", "payment_type": "inbound"}
        )
        cls.env["account.payment.method.line"].create(
            {
                "name": provider.name,
                "payment_method_id": method.id,
                "journal_id": journal.id,
                "payment_provider_id": provider.id,
            }
        )
        return provider

    @classmethod
    def pay_online(cls, invoice, provider, amount=None, order=None, currency=None):
        """Return a transaction that paid an invoice, with its payment."""
        methods = cls.env["payment.method"].with_context(active_test=False)
        method = methods.search([("support_refund", "=", "partial"), ("code", "=", "card")], limit=1)
        transaction = cls.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"pay-{next(_numbers)}-{fields.Datetime.now():%s}",
                "provider_reference": f"provider-{next(_numbers)}",
                "amount": invoice.amount_total if amount is None else amount,
                "currency_id": (currency or invoice.currency_id or order.currency_id).id,
                "partner_id": (invoice.partner_id or order.partner_id).id,
                "operation": "online_direct",
                "invoice_ids": [Command.set(invoice.ids)],
                "sale_order_ids": [Command.set(order.ids if order else [])],
            }
        )
        transaction._set_done()
        transaction._post_process()
        return transaction

    # -- what goes back

    def facts(self, order):
        self.env.flush_all()
        self.env.invalidate_all()
        return money_facts(self.env, order)[order.id]

    def offer(self, order, **claim):
        """Return what a claim gives back of an order now."""
        return offer(self.facts(order), RefundClaim(**claim), self.policy)

    def credit(self, order, **claim):
        """Write the credit notes of a claim; return (offer, notes)."""
        found = self.offer(order, **claim)
        self.assertFalse(found.refusals)
        notes = write_credit_notes(self.env, order, found, reason="Damaged", action=self.env["retail.sync.action"])
        return found, notes

    def refund(self, order, method="original", **claim):
        """Write the credit notes and refunds of a claim; return (offer, notes, refunds)."""
        found, notes = self.credit(order, **claim)
        action = self.env["retail.sync.action"]
        return found, notes, make_refunds(self.env, order, notes, found, action=action, method=method)

    def left(self, order):
        return balance_of(self.facts(order))

    def check_promise(self, order, before, found, notes):
        """Check that the facts have exactly what was offered: notes, lines, debts and money."""
        after = self.left(order)
        self.assertEqual(sum(Decimal(str(note.amount_total)) for note in notes), found.credit)
        self.assertEqual(after.credited - before.credited, found.credit)
        self.assertEqual(before.to_pay_back - after.to_pay_back, min(found.money, before.to_pay_back))
        for billed_id, left in before.lines.items():
            parts = [part for part in found.parts if part.billed_id == billed_id]
            gone = sum((part.total + part.kept for part in parts), Decimal(0))
            self.assertEqual(left.total - after.lines[billed_id].total, gone)
            self.assertEqual(
                left.quantity - after.lines[billed_id].quantity, sum((part.quantity for part in parts), Decimal(0))
            )
        return after
