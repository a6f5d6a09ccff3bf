from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.retail_sync.adapter import FaultClass, FaultError
from odoo.addons.retail_sync.models.connection.call_guard import CallGuard

from .common import SalesforceCase
from .fake_org import SECRET, Refusal


@tagged("post_install", "-at_install")
class TestSession(SalesforceCase):
    def _call_guard(self):
        self.env.invalidate_all()
        return self.connection.call_guard_ids

    def test_every_call_asks_the_call_guard_and_tells_it(self):
        asked, reported = [], []
        before, after = CallGuard.before_call, CallGuard.after_call
        with (
            patch.object(
                CallGuard, "before_call", lambda call_guard, *a, **kw: (asked.append(kw), before(call_guard, *a, **kw))
            ),
            patch.object(
                CallGuard, "after_call", lambda call_guard, *a, **kw: (reported.append(kw), after(call_guard, *a, **kw))
            ),
        ):
            self.adapter.count(self.accounts)
        # token, describe (accounts, users), count
        self.assertEqual(len(self.org.calls), 4)
        self.assertEqual([call["counted"] for call in asked], [False, True, True, True])
        self.assertEqual([call["counted"] for call in reported], [False, True, True, True])
        self.assertEqual(self._call_guard().budget_limit, 1000)

    def test_workers_share_one_token(self):
        self.adapter.count(self.accounts)
        self.adapter.count(self.contacts)
        self.assertEqual(self.org.tokens, 1)
        self.assertTrue(self._call_guard().sudo().access_token)

    def test_expired_token_is_renewed_once_and_opens_no_breaker(self):
        self.adapter.count(self.accounts)
        self.org.live_token = "revoked"
        self.assertEqual(self.adapter.count(self.accounts), 0)
        self.assertEqual(self.org.tokens, 2)
        self.assertEqual(self._call_guard().shown_state(), "closed")

    def test_refused_sign_in_is_an_auth_fault_without_the_secret(self):
        self.connection.client_secret = "wrong-" + SECRET
        fault = self.fault(self.adapter.count, self.accounts)
        self.assertEqual((fault.fault_class, fault.code), (FaultClass.auth, "invalid_client"))
        self.assertNotIn(SECRET, f"{fault!r} {fault} {fault.detail}")
        self.assertEqual(self._call_guard().shown_state(), "open")

    def test_missing_secret_says_where_to_put_it(self):
        self.connection.client_secret = False
        fault = self.fault(self.adapter.count, self.accounts)
        self.assertEqual(fault.code, "NO_CREDENTIALS")
        self.assertIn("acme_test_client_secret", fault.message)
        self.assertEqual(self.org.calls, [])

    def test_open_breaker_lets_no_call_out(self):
        self.connection._call_guard("standard").force("open")
        fault = self.fault(self.adapter.count, self.accounts)
        self.assertEqual(fault.code, "BREAKER_OPEN")
        self.assertEqual(self.org.calls, [])

    def _refuse(self, status, code):
        def refuse(method, path):
            if not path.endswith("/token"):
                raise Refusal(status, code)

        self.org.refuse = refuse

    def test_a_refusal_without_a_code_is_worth_one_token_and_then_stops_the_calls(self):
        """What stands in front of the org refuses whatever token there is: no call goes on signing in."""
        self.adapter.count(self.accounts)

        def refuse(method, path):
            if not path.endswith("/token"):
                refusal = Refusal(401, "")
                refusal.body = []
                raise refusal

        self.org.refuse = refuse
        calls = len(self.org.calls)
        fault = self.fault(self.adapter.count, self.accounts)
        self.assertEqual((fault.fault_class, fault.code), (FaultClass.auth, "HTTP_401"))
        self.assertEqual(self.org.tokens, 2)
        self.assertEqual(self._call_guard().shown_state(), "open")
        self.assertEqual(self.fault(self.adapter.count, self.accounts).code, "BREAKER_OPEN")
        # Refused, a new token, refused again.
        self.assertEqual(len(self.org.calls) - calls, 3)

    def test_refused_query_leaves_the_breaker_closed(self):
        self._refuse(400, "MALFORMED_QUERY")
        for _attempt in range(6):
            self.assertEqual(self.fault(self.adapter.count, self.accounts).code, "MALFORMED_QUERY")
        self.assertEqual(self._call_guard().shown_state(), "closed")

    def test_outage_opens_the_breaker(self):
        self.adapter.count(self.accounts)
        self._refuse(503, "SERVER_UNAVAILABLE")
        for _attempt in range(5):
            fault = self.fault(self.adapter.count, self.accounts)
        self.assertEqual(fault.fault_class, FaultClass.transient)
        self.assertEqual(self._call_guard().shown_state(), "open")

    def test_daily_limit_is_throttling_with_a_pause(self):
        self.adapter.count(self.accounts)

        def refuse(method, path):
            raise Refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")

        self.org.refuse = refuse
        fault = self.fault(self.adapter.count, self.accounts)
        self.assertEqual(fault.fault_class, FaultClass.throttled)
        self.assertGreaterEqual(fault.retry_after, 900)
        self.org.refuse = lambda method, path: None
        fault = self.fault(self.adapter.count, self.accounts)
        self.assertEqual(fault.code, "BUDGET_EXHAUSTED")

    def test_calls_carry_the_correlation_id_and_our_name(self):
        self.adapter.with_context(retail_sync_correlation_id="c0ffee").count(self.accounts)
        headers = self.org.calls[-1][2]
        self.assertEqual(headers["X-Correlation-ID"], "c0ffee")
        self.assertEqual(headers["Sforce-Call-Options"], "client=retail-sync")

    def test_record_url(self):
        url = self.adapter.record_url(self.connection, "Account", "0015g00000A0001AAA")
        self.assertEqual(url, "https://acme.my.salesforce.com/lightning/r/Account/0015g00000A0001AAA/view")
        self.connection.base_url = "acme.my.salesforce.com/"
        self.assertEqual(self.adapter.record_url(self.connection, "Account", "0015g00000A0001AAA"), url)
        self.assertFalse(self.adapter.record_url(self.connection, "Account", False))

    def test_normalise_id(self):
        self.assertEqual(self.adapter.normalise_id(" 001D000000ISUr3"), "001D000000ISUr3IAH")
        with self.assertRaises(FaultError):
            self.adapter.normalise_id("no id")

    def test_audience_follows_the_environment(self):
        self.assertEqual(self.connection._sf_audience(), "https://test.salesforce.com")
        self.connection.environment = "production"
        self.assertEqual(self.connection._sf_audience(), "https://login.salesforce.com")
        self.connection.sf_login_url = "https://acme.my.salesforce.com"
        self.assertEqual(self.connection._sf_audience(), "https://acme.my.salesforce.com")
