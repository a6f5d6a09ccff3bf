"""Order exceptions as cases of a platform's service desk: raised, closed, and raised again."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...models.order_exceptions import evaluate
from ..commerce_case import CommerceCase


@tagged("post_install", "-at_install")
class TestCases(CommerceCase):
    entities = ("order", "case")

    def setUp(self):
        super().setUp()
        self.platform.rows["case"] = {}
        self.platform.deleted["case"] = []
        self.seen["case"] = 0
        self.customer.write(
            {
                "street": "Via Roma 1",
                "city": "Roma",
                "zip": "00100",
                "state_id": self.env.ref("base.state_it_rm").id,
                "country_id": self.env.ref("base.it").id,
            }
        )
        self.late = self.env.ref("retail_sync.order_rule_late")
        self.late.queue = "Order desk"
        self.order = self.make_order([(self.make_product(), 2)])
        self.before()

    def before(self):
        """Let what there is be of an earlier day: a test is one transaction, and what it creates would stay news."""
        # Twice: what is opened or ended while changes are routed is a change of its own.
        self.deliver()
        self.deliver()
        for table in ("sale_order", "retail_sync_order_exception"):
            self.env.cr.execute(f"UPDATE {table} SET create_date = create_date - interval '1 day'")  # noqa: S608
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.env.invalidate_all()

    def promise(self, **later):
        """Promise the order anew; what follows is routed and sent, as it is in real life."""
        self.order.commitment_date = fields.Datetime.now() + timedelta(**later)
        self.before()

    def exceptions(self):
        return self.env["retail.sync.order.exception"].search(
            [("order_id", "=", self.order.id), ("rule_id", "=", self.late.id)], order="ordinal"
        )

    def cases(self):
        return [case for case in self.platform.rows["case"].values() if case["cause"] == "late"]

    def test_a_broken_promise_is_a_case_with_its_order_and_customer(self):
        self.promise(hours=-1)
        (case,) = self.cases()
        exception = self.exceptions()
        self.assertEqual(case["key"], f"{self.order.id}:late:1")
        self.assertEqual((case["cause"], case["state"], case["priority"]), ("late", "open", "medium"))
        self.assertEqual(
            (case["subject"], case["queue"]), (f"Late against the promise: {self.order.name}", "Order desk")
        )
        self.assertIn("agree on a new date", case["description"])
        self.assertEqual(case["order"], f"Order/{self.link_of(self.order, 'order').external_id}")
        self.assertTrue(case["customer"].endswith("/F1"))
        self.assertTrue(self.link_of(exception, "case"))

    def test_the_order_says_over_there_what_is_wrong_with_it(self):
        self.promise(hours=-1)
        self.assertEqual(self.row_of(self.order, "order")["exceptions"], "Late against the promise")
        self.promise(days=9)
        self.assertFalse(self.row_of(self.order, "order")["exceptions"])

    def test_a_case_is_closed_when_the_cause_has_gone_and_another_one_names_it(self):
        self.promise(hours=-1)
        self.promise(days=9)
        (case,) = self.cases()
        self.assertEqual((case["state"], case["closing_note"]), ("solved", "The cause is gone."))
        self.promise(hours=-2)
        first, second = self.cases()
        self.assertEqual((first["state"], second["state"]), ("solved", "open"))
        self.assertEqual(second["key"], f"{self.order.id}:late:2")
        self.assertEqual(second["earlier"], f"case/{self.link_of(self.exceptions()[0], 'case').external_id}")

    def test_what_is_ignored_here_is_closed_there_with_the_reason(self):
        self.promise(hours=-1)
        self.exceptions().action_ignore("The customer knows")
        self.deliver()
        (case,) = self.cases()
        self.assertEqual((case["state"], case["closing_note"]), ("solved", "Ignored in Odoo: The customer knows"))

    def test_a_repeated_look_sends_nothing(self):
        self.promise(hours=-1)
        self.platform.writes.clear()
        evaluate.evaluate(self.env, self.order.ids)
        self.before()
        self.assertFalse([sent for sent in self.platform.writes if sent[0] in self.platform.rows["case"]])

    def test_a_rule_without_cases_raises_none(self):
        self.late.raises_case = False
        self.promise(hours=-1)
        self.assertEqual(self.exceptions().state, "open")
        self.assertFalse(self.cases())

    def test_what_ended_before_it_was_sent_needs_no_case(self):
        self.order.commitment_date = fields.Datetime.now() - timedelta(hours=1)
        evaluate.evaluate(self.env, self.order.ids)
        self.promise(days=9)
        self.assertEqual(self.exceptions().state, "solved")
        self.assertFalse(self.cases())
