import json
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from unittest.mock import patch

from pydantic import TypeAdapter

from odoo.tests import new_test_user

from odoo.addons.retail_sync.tests.commerce_case import CommerceCase

from ..api.errors import ApiProblem
from ..api.schemas.requests import ActionRequest, Submission
from ..domain.control.caller import Caller
from ..domain.service.policy import Policy, ShippingRefund
from ..models.access.callers import ALL_ACTIONS
from ..models.policy.store import reasons
from ..models.requests import eligibility, situation
from ..models.requests.preview import preview
from ..models.requests.submit import submit

REQUEST = TypeAdapter(ActionRequest)
POLICY = Policy(1, shipping_refund=ShippingRefund.always, goodwill_percent=Decimal(20))
AGENT = "retail_sync_helpdesk.group_agent"
SUPERVISOR = "retail_sync_helpdesk.group_supervisor"
MANAGER = "retail_sync_helpdesk.group_service_manager"
FINANCE = "retail_sync_helpdesk.group_refund_finance"
OVERRIDE = "retail_sync_helpdesk.group_override"


class RequestsCase(CommerceCase):
    """A shop, a delivered and paid order, agents, and policies that tests set as values."""

    entities = ()
    # Whether policies and approval rules are the values that a test sets; else they are the records.
    by_values = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(cls.env, "service_agent", groups=AGENT)
        cls.other_agent = new_test_user(cls.env, "service_agent_2", groups=AGENT)
        cls.supervisor = new_test_user(cls.env, "service_supervisor", groups=SUPERVISOR)
        cls.finance = new_test_user(cls.env, "refund_finance", groups=FINANCE)
        cls.senior = new_test_user(cls.env, "service_senior", groups=f"{AGENT},{OVERRIDE}")
        cls.buyer = cls.env["res.partner"].create({"name": "Verdi Spa", "email": "verdi@example.com"})
        shop = cls("run")
        cls.lamp = shop.make_product("LAMP", 25.0)
        # Documents cost the most: a class makes them once, with the methods of its tests.
        cls.make_documents(shop)

    @classmethod
    def make_documents(cls, shop):
        """Make the orders that tests of this class share; ``shop`` has the methods of a test."""

    def setUp(self):
        super().setUp()
        self.policy = POLICY
        self.rules = []
        if self.by_values:
            for module in (situation, eligibility):
                self._patch(module, "choose_for", lambda _env, orders: {order.id: self.policy for order in orders})
            self._patch(situation, "approval_rules", lambda _env, _company: self.rules)
        self.offered = reasons(self.env)

    def _patch(self, module, name, stand_in):
        patcher = patch.object(module, name, stand_in)
        patcher.start()
        self.addCleanup(patcher.stop)

    # -- orders

    def delivered(self, quantity=4, price=25.0, paid=True):
        """Return an order of some lamps that was delivered, billed and, if asked for, paid."""
        order = self.make_order([(self.lamp, quantity, price)], self.buyer)
        self.ship(order)
        invoice = self.invoice(order)
        if paid:
            self.pay(invoice)
        return order

    def fresh(self, quantity=2):
        """Return an order of lamps that is confirmed, and no more."""
        return self.make_order([(self.lamp, quantity)], self.buyer)

    def notes_of(self, order):
        """Return the credit notes of an order's invoices, those of amounts without a line included."""
        return self.env["account.move"].search([("reversed_entry_id", "in", order.invoice_ids.ids)])

    # -- callers

    def caller(self, user=None, **changes):
        """Return a user as a caller of the API, with all scopes."""
        user = user or self.agent
        found = Caller(
            f"user/{user.id}",
            user.name,
            user.id,
            scopes=frozenset(ALL_ACTIONS),
            companies=frozenset(self.company.ids),
            language="en_US",
            correlation_id="test-correlation",
        )
        return replace(found, **changes)

    def asked(self, action, **values):
        """Return the values of a request, with a reason that makes it the shop's fault where that is offered."""
        codes = [row.code for row in self.offered if not row.actions or action in row.actions]
        return {"action": action, "reason": "damaged" if "damaged" in codes else codes[0], **values}

    def of_lines(self, order, quantity=1):
        return [{"line_id": line.id, "quantity": str(quantity)} for line in order.order_line]

    def preview(self, order, values, caller=None, env=None):
        """Return the preview of a request."""
        return preview(env or self.env, caller or self.caller(), order.id, REQUEST.validate_python(values))

    def submit(self, order, values, key="key-1", caller=None, token=None, override_reason="", env=None):
        """Preview and submit; return the stored answer."""
        caller = caller or self.caller()
        env = env or self.env
        token = token or self.preview(order, values, caller, env).token
        request = REQUEST.validate_python(values)
        submission = Submission(request=request, token=token, override_reason=override_reason)
        body = json.dumps({"request": values, "token": token, "override_reason": override_reason}).encode()
        return submit(env, caller, order.id, submission, key, body)

    def done(self, order, values, **more):
        """Submit, and return the action once it is done."""
        answer = self.submit(order, values, **more)
        self.assertEqual(answer.status, 201, answer.text)
        return self.action_of(answer)

    def action_of(self, answer):
        return self.env["retail.sync.action"].search([("uuid", "=", json.loads(answer.text)["uuid"])])

    @contextmanager
    def problem(self, code):
        """Expect a problem of a code; it is yielded in a list."""
        found = []
        with self.assertRaises(ApiProblem) as raised, self.env.cr.savepoint():
            yield found
        found.append(raised.exception)
        self.assertEqual(raised.exception.code, code, raised.exception.detail)

    def refused(self, answer, *rules):
        """Check that an answer refuses by these rules, and return the row of the audit."""
        body = json.loads(answer.text)
        self.assertEqual([rule["rule"] for rule in body["rules"]], list(rules), answer.text)
        action = self.env["retail.sync.action"].search([], limit=1, order="id desc")
        self.assertEqual(action.state, "refused")
        return action
