import json

from odoo.tests import tagged

from ..common import SalesforceCase
from ..fake_org import ORG_ID, SECRET, Refusal


@tagged("post_install", "-at_install")
class TestCheck(SalesforceCase):
    def check(self):
        """Test the connection; return (ok, {name: check})."""
        answer = self.connection.action_test_connection()
        self.assertNotIn(SECRET, json.dumps(answer))
        for check in answer["checks"]:
            self.assertEqual(check.keys(), {"name", "ok", "level", "detail", "next_step"})
            self.assertTrue(check["detail"])
            self.assertTrue(check["ok"] or check["next_step"], f"what to do about {check}?")
        return answer["ok"], {check["name"]: check for check in answer["checks"]}

    def test_all_well(self):
        self.connection.write({"environment": "production", "sf_private_customers": "household"})
        self.account(1)
        ok, checks = self.check()
        self.assertTrue(ok, checks)
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual(self.connection.sf_org_id, ORG_ID)
        self.assertIn("integration@acme.example", checks["Sign-in"]["detail"])
        self.assertIn("100 of 1000", checks["API calls"]["detail"])
        self.assertIn("1 records", checks["Accounts"]["detail"])
        self.assertEqual({name for name, check in checks.items() if check["level"] != "ok"}, set())

    def test_wrong_secret(self):
        self.connection.client_secret = "x" + SECRET
        ok, checks = self.check()
        self.assertFalse(ok)
        self.assertEqual(checks["Sign-in"]["level"], "error")
        self.assertIn("does not know the app", checks["Sign-in"]["detail"])
        self.assertEqual(self.connection.state, "draft")

    def test_no_secret(self):
        self.connection.client_secret = False
        ok, checks = self.check()
        self.assertFalse(ok)
        self.assertIn("acme_test_client_secret", checks["Sign-in"]["detail"])

    def test_address_that_is_no_address(self):
        self.connection.write({"base_url": "http://acme.my.salesforce.com", "new_client_secret": SECRET})
        ok, checks = self.check()
        self.assertFalse(ok)
        self.assertEqual(list(checks), ["Address and encryption"])

    def test_repaired_connection_works_again_at_once(self):
        self.connection.client_secret = "x" + SECRET
        self.check()
        self.assertEqual(self.connection.call_guard_ids.shown_state(), "open")
        self.connection.client_secret = SECRET
        ok, _checks = self.check()
        self.assertTrue(ok)
        self.env.invalidate_all()
        self.assertEqual(self.connection.call_guard_ids.shown_state(), "closed")

    def test_breaker_opened_by_hand_stays_open(self):
        self.connection._call_guard("critical").force("open")
        ok, _checks = self.check()
        self.assertTrue(ok)
        self.env.invalidate_all()
        self.assertEqual(self.connection.call_guard_ids.forced, "open")

    def test_other_org_is_refused_once_there_are_links(self):
        self.connection.sf_org_id = "00D000000000001EAA"
        self.env["retail.sync.link"].create(
            {
                "connection_id": self.connection.id,
                "remote_object": "Account",
                "external_id": "0015g00000A0001AAA",
                "res_model": "res.partner",
                "res_id": self.env["res.partner"].create({"name": "Linked"}).id,
            }
        )
        ok, checks = self.check()
        self.assertFalse(ok)
        self.assertEqual(checks["Org"]["level"], "error")
        self.assertEqual(self.connection.sf_org_id, "00D000000000001EAA")

    def test_environment_is_compared(self):
        ok, checks = self.check()
        self.assertTrue(ok)
        self.assertEqual(checks["Environment"]["level"], "warning", "called a sandbox, is production")

    def test_missing_fields(self):
        self.org.hidden["Account"] = {"Website"}
        ok, checks = self.check()
        self.assertTrue(ok, "a field the org does not have is no fault")
        self.assertEqual(checks["Accounts: Website"]["level"], "warning")
        self.org.hidden["Account"] = {"Name"}
        ok, checks = self.check()
        self.assertFalse(ok)
        self.assertEqual(checks["Accounts: Name"]["level"], "error")

    def test_object_without_rights(self):
        del self.org.fields["Contact"]
        ok, checks = self.check()
        self.assertFalse(ok)
        self.assertEqual(checks["Contacts"]["level"], "error")
        self.assertEqual(checks["Accounts"]["level"], "ok")

    def test_version_that_is_not_offered(self):
        self.connection.api_version = "99.0"
        ok, checks = self.check()
        self.assertFalse(ok)
        self.assertIn("62.0", checks["API version"]["next_step"])

    def test_what_our_user_may_not_see_is_no_fault(self):
        def refuse(method, path):
            if "/limits" in path:
                raise Refusal(403, "INSUFFICIENT_ACCESS", "no")

        self.org.refuse = refuse
        ok, checks = self.check()
        self.assertTrue(ok, checks)
        self.assertEqual(checks["API calls"]["level"], "ok")

    def test_what_may_not_be_written(self):
        self.org.facts["Account", "Website"] = {"createable": False, "updateable": False}
        self.org.hidden["Contact"] = {"Odoo_External_Id__c"}
        ok, checks = self.check()
        self.assertTrue(ok)
        self.assertEqual(checks["Accounts: Website"]["level"], "warning")
        self.assertIn("Website", checks["Accounts: Website"]["detail"])
        self.assertNotIn("Accounts: Name", checks)
        self.assertEqual(checks["Contacts: writing"]["level"], "warning")
        self.assertIn("Odoo_External_Id__c", checks["Contacts: writing"]["detail"])

    def test_a_stream_that_only_reads_needs_no_rights_to_write(self):
        self.connection.stream_ids.write({"direction": "in"})
        self.org.facts["Account", "Website"] = {"createable": False, "updateable": False}
        _ok, checks = self.check()
        self.assertFalse([name for name in checks if "writing" in name or "Website" in name])

    def test_rights_that_were_granted_are_known_after_the_test(self):
        self.org.facts["Account", "Website"] = {"createable": False, "updateable": False}
        self.check()
        self.assertFalse(self.accounts.sf_schema["write"]["fields"]["Website"]["update"])
        del self.org.facts["Account", "Website"]
        self.check()
        self.assertTrue(self.accounts.sf_schema["write"]["fields"]["Website"]["update"])
