"""Calls of the agent API over HTTP, for tests."""

from odoo.tests import HttpCase

from ...api.app import ROOT_PATH
from ...api.operations import OPERATIONS
from ..access.key_case import KeyMixin

REQUEST = {"request": {"action": "cancel_order", "reason": "other"}}
SUBMISSION = {**REQUEST, "token": "a.b.c"}
UUID = "00000000-0000-4000-8000-000000000000"
# {operation: (method, path below the root, body)}
CALLS = {
    "get_me": ("GET", "/me", None),
    "list_reasons": ("GET", "/reasons", None),
    "find_customers": ("GET", "/customers?email=nobody@example.com", None),
    "get_customer": ("GET", "/customers/2147483647", None),
    "get_overview": ("GET", "/customers/2147483647/360", None),
    "list_customer_orders": ("GET", "/customers/2147483647/orders", None),
    "list_customer_tickets": ("GET", "/customers/2147483647/tickets", None),
    "find_orders": ("GET", "/orders?by=number&value=S0", None),
    "get_order": ("GET", "/orders/2147483647", None),
    "get_timeline": ("GET", "/orders/2147483647/timeline", None),
    "get_money": ("GET", "/orders/2147483647/money", None),
    "get_eligibility": ("GET", "/orders/2147483647/eligibility", None),
    "get_stock": ("GET", "/stock?sku=none", None),
    "preview_action": ("POST", "/orders/2147483647/actions/preview", REQUEST),
    "submit_action": ("POST", "/orders/2147483647/actions", SUBMISSION),
    "list_actions": ("GET", "/actions", None),
    "get_action": ("GET", f"/actions/{UUID}", None),
    "get_problem": ("GET", "/problems/busy", None),
}


class ApiCase(KeyMixin, HttpCase):
    """A test with a key and calls."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = cls.make_key(burst=1000, requests_per_minute=1000)
        cls.secret = cls.secret_of(cls.key)

    def call(self, path, method="GET", secret=None, body=None, **headers):
        """Return the answer to a request; `secret` is that of the key, unless another one is given; "" sends none."""
        secret = self.secret if secret is None else secret
        sent = {"Authorization": f"Bearer {secret}"} if secret else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.opener.request(
            method, f"{self.base_url()}{ROOT_PATH}{path}", json=body, headers=sent, timeout=30, allow_redirects=False
        )

    def call_operation(self, operation_id, **values):
        """Return the answer to a plain request of an operation."""
        method, path, body = CALLS[operation_id]
        headers = {"Idempotency_Key": "test-key-1"} if OPERATIONS[operation_id].acts else {}
        return self.call(path, method, body=body, **headers, **values)

    def assertProblem(self, answer, status, code):
        """Check that an answer is a problem document."""
        found = (answer.status_code, answer.headers.get("Content-Type"))
        self.assertEqual(found, (status, "application/problem+json"), answer.text[:500])
        document = answer.json()
        self.assertEqual((document["code"], document["status"]), (code, status))
        self.assertEqual(document["correlation_id"], answer.headers["X-Correlation-Id"])
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        return document
