"""Orders that were paid online, and a provider that counts what it pays back."""

from decimal import Decimal
from unittest.mock import patch

from odoo.addons.retail_sync.tests.common import JobsMixin

from ...models.money import pay_out as pay_out_module
from ...models.money.pay_out import pay_out
from .fake_provider import FakeProvider, provider_is
from .money_case import MoneyCase


class Killed(BaseException):
    """The worker dies here: what was not committed is lost."""


class PayOutCase(JobsMixin, MoneyCase):
    """`self.order` was paid online, 100.00; `self.fake` is the provider."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls.make_provider()
        cls.order, cls.source = cls.make_paid_order()
        cls.env["queue.job"].search([("model_name", "=like", "retail.sync.%")]).unlink()

    @classmethod
    def make_paid_order(cls, price=50.0, quantity=2, provider=None):
        order = cls.make_order((cls.shirt, quantity, price))
        invoice = cls.bill(order)
        return order, cls.pay_online(invoice, provider or cls.provider, order=order)

    def setUp(self):
        super().setUp()
        self.use(FakeProvider())
        self.env.flush_all()
        self.enterContext(self.enter_registry_test_mode())

    def use(self, fake):
        self.fake = self.enterContext(provider_is(fake))

    def refund_of(self, amount="60.00", order=None, method="original"):
        """Return the refund of an amount by goodwill."""
        order = order or self.order
        _offer, _notes, refunds = self.refund(order, method, goodwill=Decimal(amount))
        self.env.flush_all()
        return refunds

    def work(self, refund):
        """Run the job of a refund once, in transactions that see what the test wrote."""
        self.env.flush_all()
        try:
            pay_out(self.env(su=True), refund.id)
        finally:
            self.env.invalidate_all()
            # Numbers of documents that this transaction remembers were used by the other ones.
            self.env.cr.cache.clear()

    def work_killed_after(self, refund, number):
        """Run the job and end its worker after a number of commits; return whether it got so far."""
        seen = []

        def kill(step):
            seen.append(step)
            if len(seen) == number:
                raise Killed

        try:
            with patch.object(pay_out_module, "between", kill):
                self.work(refund)
        except Killed:
            return True
        return False

    def jobs(self):
        return self.env["queue.job"].search(
            [("model_name", "=", "retail.sync.money.jobs"), ("state", "=", "pending")], order="id"
        )
