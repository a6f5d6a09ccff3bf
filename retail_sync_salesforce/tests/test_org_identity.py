from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import _super_send
from odoo.tools import file_open

from .common import SalesforceCase
from .fake_org import HOST, ORG_ID

OTHER = "00D5g000004AbcDEAS"


@tagged("post_install", "-at_install")
class TestOrgIdentity(SalesforceCase):
    """Which org the credentials lead to is compared at each sign-in; people decide what becomes of another one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.env["res.users"].create(
            {
                "name": "Marta",
                "login": "marta",
                "group_ids": [
                    (4, cls.env.ref("base.group_user").id),
                    (4, cls.env.ref("retail_sync.group_manager").id),
                ],
            }
        )

    def link(self, number):
        """Link an account of the org, in its present state, to a new customer."""
        partner = self.env["res.partner"].create({"name": f"Firm {number}"})
        return self.env["retail.sync.link"].create(
            {
                "connection_id": self.connection.id,
                "stream_id": self.accounts.id,
                "remote_object": "Account",
                "external_id": self.adapter.normalise_id(f"0015g00000A{number:04d}"),
                "res_model": "res.partner",
                "res_id": partner.id,
            }
        )

    def about(self, org_id):
        """Make the connection be about an org; the fake one answers for ORG_ID."""
        self.connection.sf_org_id = org_id
        self.env.flush_all()

    def cause(self):
        self.env.invalidate_all()
        return self.connection.breaker_cause

    def called(self, part):
        return self.org.paths(part)

    def test_a_sign_in_that_leads_elsewhere_stops_the_calls(self):
        """Seen: the test said that the org was another one, and the next edit was written to it."""
        self.about(OTHER)
        fault = self.fault(self.adapter.count, self.accounts)
        self.assertEqual(fault.code, "OTHER_ACCOUNT")
        self.assertIn(OTHER, fault.message)
        self.assertIn(ORG_ID, fault.message)
        self.assertEqual(self.called(""), self.called("/token"), "nothing but the sign-in went out")
        self.assertEqual(self.cause(), "account")
        self.assertFalse(self.connection.call_guard_ids.sudo().access_token)
        self.assertEqual(self.fault(self.adapter.count, self.accounts).code, "BREAKER_OPEN")
        self.assertEqual(self.org.tokens, 1)

    def test_a_token_of_another_org_is_not_used_any_more(self):
        self.adapter.count(self.accounts)
        calls = len(self.org.calls)
        self.about(OTHER)
        self.assertEqual(self.fault(self.adapter.count, self.accounts).code, "OTHER_ACCOUNT")
        self.assertEqual([path for _method, path, _headers in self.org.calls[calls:]], self.called("/token")[-1:])

    def test_the_org_is_known_by_the_token_where_the_answer_does_not_name_it(self):
        token = self.org._token

        def nameless(body):
            return {name: value for name, value in token(body).items() if name != "id"}

        self.org._token = nameless
        self.about(OTHER)
        self.assertEqual(self.fault(self.adapter.count, self.accounts).code, "OTHER_ACCOUNT")
        self.about(ORG_ID)
        self.adapter.count(self.accounts)

    def test_a_test_of_another_org_shares_no_token_and_resumes_nothing(self):
        self.link(1)
        self.about(OTHER)
        self.fault(self.adapter.count, self.accounts)
        answer = self.connection.action_test_connection()
        self.assertFalse(answer["ok"])
        self.assertEqual(self.cause(), "account")
        self.assertFalse(self.connection.call_guard_ids.sudo().access_token)
        self.assertEqual(self.connection.sf_org_id, OTHER)

    def test_a_correction_is_tried_at_once(self):
        self.about(OTHER)
        self.fault(self.adapter.count, self.accounts)
        self.about(ORG_ID)
        self.adapter.count(self.accounts)
        self.assertFalse(self.cause())

    # -- adopting

    def wizard(self):
        action = self.connection.with_user(self.manager).action_adopt_account()
        return self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])

    def test_a_refreshed_sandbox_is_adopted(self):
        for number in range(1, 4):
            self.link(number)
            self.account(number)
        self.connection.environment = "production"
        self.about(OTHER)
        self.fault(self.adapter.count, self.accounts)
        wizard = self.wizard()
        self.assertEqual((wizard.account_id, wizard.link_count, wizard.doubt), (ORG_ID, 3, False))
        self.assertIn("3 of 3", wizard.checked_text)
        with self.assertRaisesRegex(UserError, "reason"):
            wizard.action_adopt()
        wizard.reason = "The sandbox was refreshed"
        wizard.action_adopt()
        self.assertEqual(self.connection.sf_org_id, ORG_ID)
        self.assertFalse(self.cause())
        self.adapter.count(self.accounts)
        self.env.cr.execute("SELECT details, user_id FROM retail_sync_audit WHERE details ? 'adopted'")
        [(details, user_id)] = self.env.cr.fetchall()
        self.assertEqual((details["adopted"], details["former"], user_id), (ORG_ID, OTHER, self.manager.id))

    def test_an_org_with_other_records_is_not_adopted_by_accident(self):
        for number in range(1, 4):
            self.link(number)
        self.account(1)
        self.connection.environment = "production"
        self.about(OTHER)
        wizard = self.wizard()
        self.assertIn("Only 1 of 3", wizard.doubt)
        wizard.reason = "By mistake"
        # What the client writes into the form decides nothing.
        wizard.sudo().doubt = False
        with self.assertRaisesRegex(UserError, "doubts"):
            wizard.action_adopt()
        self.assertEqual(self.connection.sf_org_id, OTHER)

    def test_production_does_not_take_the_place_of_a_sandbox_by_accident(self):
        self.about(OTHER)
        wizard = self.wizard()
        self.assertIn("production account", wizard.doubt)
        wizard.write({"reason": "Go live", "confirmed": True})
        wizard.action_adopt()
        self.assertEqual(self.connection.sf_org_id, ORG_ID)

    def test_the_org_that_is_adopted_is_the_one_that_was_shown(self):
        self.connection.environment = "production"
        self.about(OTHER)
        wizard = self.wizard()
        wizard.write({"reason": "Refreshed"})
        wizard.sudo().account_id = "00D5g000004Zzz1EAS"
        with self.assertRaisesRegex(UserError, "look again"):
            wizard.action_adopt()

    def test_managers_only(self):
        operator = self.env["res.users"].create(
            {"name": "Olga", "login": "olga", "group_ids": [(4, self.env.ref("retail_sync.group_operator").id)]}
        )
        with self.assertRaises(AccessError):
            self.connection.with_user(operator).action_adopt_account()
        with self.assertRaises(AccessError):
            self.env["retail.sync.adopt.account"].with_user(operator).create({"connection_id": self.connection.id})

    # -- hosts

    def test_no_secret_goes_to_a_host_that_is_not_salesforce(self):
        """Seen: a manager entered the address of his own host, and got the secret."""
        self.connection.write({"base_url": "https://acme.my.salesforce.com.evil.example", "new_client_secret": "mine"})
        fault = self.fault(self.adapter.count, self.accounts)
        self.assertEqual(fault.code, "HOST_NOT_ALLOWED")
        self.assertEqual(self.org.calls, [])
        self.assertEqual(self.cause(), "settings")

    def test_further_calls_go_to_no_other_host(self):
        token = self.org._token
        self.org._token = lambda body: {**token(body), "instance_url": "https://evil.example"}
        self.assertEqual(self.fault(self.adapter.count, self.accounts).code, "FOREIGN_HOST")
        self.assertEqual(self.called(""), self.called("/token"))
        self.assertFalse(self.connection.call_guard_ids.sudo().access_token)

    def test_another_my_domain_of_salesforce_may_be_named(self):
        token = self.org._token
        self.org._token = lambda body: {**token(body), "instance_url": "https://acme-2.my.salesforce.com"}
        seen = []
        send = type(self.org).send
        self.org.send = lambda request, **kw: (seen.append(request.url), send(self.org, request, **kw))[1]
        with patch.object(type(self), "_request_handler", classmethod(lambda cls, s, r, **kw: _super_send(s, r, **kw))):
            self.adapter.count(self.accounts)
        self.assertTrue(seen[-1].startswith("https://acme-2.my.salesforce.com/"))
        self.assertTrue(seen[0].startswith(HOST))

    def test_an_assertion_is_made_for_salesforce_only(self):
        self.connection.write({"auth_method": "jwt", "username": "u", "new_private_key": "k"})
        self.connection.sf_login_url = "https://evil.example"
        self.connection.new_private_key = "k"
        self.assertEqual(self.fault(self.adapter.count, self.accounts).code, "AUDIENCE_NOT_ALLOWED")
        self.assertEqual(self.org.calls, [])

    def test_the_sign_in_method_and_the_login_host_are_bound(self):
        for values in ({"auth_method": "jwt"}, {"sf_login_url": "https://acme.my.salesforce.com"}):
            with self.subTest(values=values), self.cr.savepoint() as savepoint:
                self.connection.with_user(self.manager).write(values)
                self.assertFalse(self.connection.credential_secrets)
                savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_a_neutralized_copy_makes_no_call(self):
        self.env.flush_all()
        for module in ("retail_sync", "retail_sync_salesforce"):
            with file_open(f"{module}/data/neutralize.sql") as script:
                self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertFalse(self.connection.base_url or self.connection.sf_instance_url or self.connection.sf_login_url)
        self.assertFalse(self.adapter.record_url(self.connection, "Account", "0015g00000A0001AAA"))
        self.fault(self.adapter.count, self.accounts)
        self.connection.action_test_connection()
        self.assertEqual(self.org.calls, [])
