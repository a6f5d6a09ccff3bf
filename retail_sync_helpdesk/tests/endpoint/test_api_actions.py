from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ...models.endpoint import dispatcher
from ...models.requests import keys
from .api_case import ApiCase


@tagged("post_install", "-at_install")
class TestActions(ApiCase):
    """Actions over HTTP: previewed, submitted once, within the caps of a machine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["retail.sync.policy"].create(
            {
                "name": "Machines may cancel",
                "priority": 1,
                "machine_action_ids": [Command.set(cls.action_kind("cancel_order").ids)],
            }
        )
        cls.env["retail.sync.approval.rule"].search([]).active = False
        cls.customer = cls.env["res.partner"].create({"name": "Ada Example"})
        cls.product = cls.env["product.product"].create({"name": "Lamp", "type": "consu", "list_price": 10})

    @classmethod
    def action_kind(cls, code):
        return cls.env["retail.sync.action.kind"].search([("code", "=", code)])

    def make_order(self):
        line = Command.create({"product_id": self.product.id, "product_uom_qty": 1})
        order = self.env["sale.order"].create({"partner_id": self.customer.id, "order_line": [line]})
        order.action_confirm()
        return order

    def preview(self, order, **values):
        request = {"action": "cancel_order", "reason": "other"}
        answer = self.call(f"/orders/{order.id}/actions/preview", "POST", body={"request": request}, **values)
        self.assertEqual(answer.status_code, 200, answer.text)
        return {"request": request, "token": answer.json()["token"]}

    def submit(self, order, submission, key, **values):
        return self.call(f"/orders/{order.id}/actions", "POST", body=submission, Idempotency_Key=key, **values)

    def test_the_same_request_gets_the_same_bytes(self):
        order = self.make_order()
        submission = self.preview(order)

        first = self.submit(order, submission, "cancel-1")
        again = self.submit(order, submission, "cancel-1")

        self.assertEqual((first.status_code, again.status_code), (201, 201), first.text)
        self.assertEqual(first.content, again.content)
        self.assertEqual(again.headers.get("Idempotency-Replayed"), "true")
        self.env.invalidate_all()
        self.assertEqual(order.state, "cancel")
        followed = self.call(f"/actions/{first.json()['uuid']}")
        self.assertEqual((followed.status_code, followed.json()["state"]), (200, "done"))

    def test_another_request_under_the_same_key_is_refused(self):
        order = self.make_order()
        submission = self.preview(order)
        self.submit(order, submission, "cancel-2")

        answer = self.submit(order, {**submission, "override_reason": "another"}, "cancel-2")

        self.assertProblem(answer, 422, "idempotency_key_reused")

    def test_a_machine_beyond_its_cap_hands_over_and_the_refusal_is_kept(self):
        cap = Command.create({"name": "hour", "hours": 1, "count": 1})
        secret = self.secret_of(self.make_key(kind="machine", cap_ids=[cap], burst=100))
        first, second = self.make_order(), self.make_order()
        done = self.submit(first, self.preview(first, secret=secret), "machine-1", secret=secret)
        self.assertEqual(done.status_code, 201, done.text)

        answer = self.submit(second, self.preview(second, secret=secret), "machine-2", secret=secret)

        document = self.assertProblem(answer, 403, "cap_reached")
        self.assertEqual([rule["rule"] for rule in document["rules"]], ["machine_cap_count"])
        kept = self.env["retail.sync.action"].search([("order_id", "=", second.id)])
        self.assertEqual((kept.mapped("state"), second.state), (["refused"], "sale"))

    def test_a_machine_does_what_the_policy_lets_machines_do(self):
        self.env["retail.sync.policy"].search([("name", "=", "Machines may cancel")]).machine_action_ids = False
        cap = Command.create({"name": "hour", "hours": 1, "count": 10})
        secret = self.secret_of(self.make_key(kind="machine", cap_ids=[cap], burst=100))
        order = self.make_order()

        answer = self.submit(order, self.preview(order, secret=secret), "machine-3", secret=secret)

        document = self.assertProblem(answer, 409, "not_eligible")
        self.assertIn("machine_not_allowed", [rule["rule"] for rule in document["rules"]])

    def test_reasons_are_listed(self):
        answer = self.call("/reasons")

        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertIn("damaged", [reason["code"] for reason in answer.json()["items"]])

    def test_a_request_whose_key_is_busy_is_reported_at_once_and_reaches_no_application(self):
        order = self.make_order()
        submission = self.preview(order)
        with patch.object(keys, "glance", return_value=(False, None)), self.without_application():
            answer = self.submit(order, submission, "busy-1")
        self.assertProblem(answer, 409, "request_in_progress")
        self.assertEqual(answer.headers["Retry-After"], "1")

    def test_what_was_answered_before_is_repeated_without_the_application(self):
        order = self.make_order()
        submission = self.preview(order)
        first = self.submit(order, submission, "cancel-3")
        with self.without_application():
            again = self.submit(order, submission, "cancel-3")
            other = self.submit(order, {**submission, "override_reason": "another"}, "cancel-3")
        self.assertEqual((again.status_code, again.content), (201, first.content))
        self.assertEqual(again.headers["X-Correlation-Id"] != first.headers["X-Correlation-Id"], True)
        same = ("Content-Type", "Cache-Control", "Vary")
        self.assertEqual([again.headers[name] for name in same], [first.headers[name] for name in same])
        self.assertProblem(other, 422, "idempotency_key_reused")

    def test_who_may_not_act_learns_nothing_of_keys(self):
        order = self.make_order()
        submission = self.preview(order)
        self.submit(order, submission, "cancel-4")
        reader = self.secret_of(self.make_key(name="Reader", read_only=True, burst=100))
        with patch.object(keys, "glance") as glance:
            stranger = self.submit(order, submission, "cancel-4", secret="0" * 40)
            refused = self.submit(order, submission, "cancel-4", secret=reader)
        glance.assert_not_called()
        self.assertProblem(stranger, 401, "not_authenticated")
        self.assertProblem(refused, 403, "read_only")

    def without_application(self):
        return patch.object(dispatcher.fastapi_app_pool, "get_app", side_effect=AssertionError)
