import json
import random
from decimal import Decimal

from odoo.tests import tagged

from ...api.errors import ApiProblem
from ...domain.service.policy import Policy, ShippingRefund
from ..requests_case import RequestsCase

SEEDS = 6
STEPS = 6


class _Undo(Exception):
    """Ends a sequence; what it wrote is rolled back."""


@tagged("post_install", "-at_install")
class TestInterleavings(RequestsCase):
    """Whatever agents do to one order in whatever sequence: never more goes back than was billed and paid."""

    @classmethod
    def make_documents(cls, shop):
        cls.vase = shop.make_product("VASE", 9.99)
        cls.order = shop.make_order([(cls.lamp, 4), (cls.vase, 3)], cls.buyer)
        shop.ship(cls.order, {cls.lamp: 3, cls.vase: 3})
        cls.bill = shop.invoice(cls.order)
        shop.pay(cls.bill)

    def setUp(self):
        super().setUp()
        self.policy = Policy(
            1,
            shipping_refund=ShippingRefund.always,
            goodwill_percent=Decimal(100),
            restocking_percent=Decimal(10),
            machine_actions=frozenset({"return"}),
        )

    def test_random_sequences(self):
        carried_out = set()
        for seed in range(SEEDS):
            with self.subTest(seed=seed):
                try:
                    with self.env.cr.savepoint():
                        carried_out |= self.sequence(random.Random(seed))
                        raise _Undo
                except _Undo:
                    self.env.invalidate_all()
        self.assertGreaterEqual(
            carried_out, {"refund_lines", "refund_goodwill", "refund_full", "return", "cancel_rest"}
        )

    def sequence(self, chance):
        done = set()
        tokens = []
        for number in range(STEPS):
            values = self.any_request(chance)
            try:
                # Some previews are old when they are submitted.
                tokens.append((values, self.preview(self.order, values).token))
                values, token = chance.choice(tokens) if chance.random() < 0.3 else tokens[-1]
                answer = self.submit(self.order, values, key=f"step-{number}", token=token)
            except ApiProblem as problem:
                self.assertIn(problem.code, ("preview_stale", "invalid_values"))
            else:
                if answer.status == 201 and json.loads(answer.text)["state"] == "done":
                    done.add(values["action"])
            self.check()
        return done

    def any_request(self, chance):
        action = chance.choice(
            ("refund_lines", "refund_lines", "refund_goodwill", "refund_full", "return", "cancel_rest")
        )
        if action == "refund_goodwill":
            return self.asked(action, amount=chance.choice(("5.00", "50.00")))
        if action in ("refund_full", "cancel_rest"):
            return self.asked(action)
        line = chance.choice(self.order.order_line)
        claim = {"line_id": line.id, "quantity": str(chance.randint(1, 3))}
        if action == "refund_lines" and chance.random() < 0.4:
            claim = {"line_id": line.id, "amount": chance.choice(("3.33", "20.00"))}
        return self.asked(action, lines=[claim])

    def check(self):
        """Compare with Odoo's own amounts."""
        self.env.flush_all()
        notes = self.notes_of(self.order)
        credited = sum(notes.mapped("amount_total"))
        refunds = self.env["retail.sync.refund"].search([("order_id", "=", self.order.id)])
        promised = sum(refunds.filtered(lambda refund: refund.state != "failed").mapped("amount"))
        billed = self.bill.amount_total
        self.assertLessEqual(round(credited, 2), billed)
        self.assertLessEqual(round(promised, 2), billed, "more goes back than was paid")
        self.assertEqual(round(promised, 2), round(credited, 2), "the invoice is paid: each credit is money")
        for line in self.order.order_line:
            self.assertLessEqual(self.quantity_of(notes, line), self.quantity_of(self.bill, line))

    def quantity_of(self, moves, line):
        """Return how much of an order line documents bill or credit; by price, the quantity stays billed."""
        lines = moves.invoice_line_ids.filtered(
            lambda found: line in found.sale_line_ids and found.sync_credit_kind in (False, "quantity")
        )
        return sum(lines.mapped("quantity"))
