from odoo.tests import tagged

from ..common import SalesforceCase
from ..fake_org import Refusal


@tagged("post_install", "-at_install")
class TestPackage(SalesforceCase):
    """What the connection test says about the package of the folder sfdx."""

    FIELDS, VIEWERS = "Fields of Retail Sync", "Who sees Odoo's values"

    def check(self):
        answer = self.connection.action_test_connection()
        self.assertTrue(answer["ok"], "a missing part of the package stops no reading")
        return {check["name"]: check for check in answer["checks"]}

    def packaged(self, name):
        return {field for field in self.org.fields[name] if field.startswith("Odoo_")}

    def test_all_there(self):
        checks = self.check()
        self.assertEqual((checks[self.FIELDS]["level"], checks[self.VIEWERS]["level"]), ("ok", "ok"))
        self.assertIn("36", checks[self.FIELDS]["detail"])
        self.assertIn("7 users", checks[self.VIEWERS]["detail"])

    def test_org_without_the_package(self):
        for name in ("Account", "Contact"):
            self.org.hidden[name] = self.packaged(name)
        self.org.permission_sets = {}
        checks = self.check()
        self.assertEqual(checks[self.FIELDS]["level"], "warning")
        self.assertIn("none of the fields", checks[self.FIELDS]["detail"])
        self.assertIn("force-app", checks[self.FIELDS]["next_step"])
        self.assertEqual(checks[self.VIEWERS]["level"], "warning")
        self.assertIn("Retail Sync Viewer", checks[self.VIEWERS]["next_step"])

    def test_single_fields_are_named(self):
        self.org.hidden["Account"] = {"Odoo_VAT_Number__c"}
        self.org.hidden["Contact"] = {"Odoo_Language__c"}
        check = self.check()[self.FIELDS]
        self.assertEqual(check["level"], "warning")
        self.assertIn("Account.Odoo_VAT_Number__c, Contact.Odoo_Language__c", check["detail"])

    def test_the_flag_that_decides_which_sales_become_orders_is_named(self):
        """No mapping reads it: the filter of the stream does."""
        self.accounts.filter_text = "Send_To_ERP__c = true"
        self.assertIn("hides from our user: Account.Send_To_ERP__c.", self.check()[self.FIELDS]["detail"])

    def test_who_may_not_look_is_no_fault(self):
        self.org.permission_sets = {"Retail_Sync_Viewer": 0}
        check = self.check()[self.VIEWERS]
        self.assertEqual(check["level"], "ok", "our user sees its own assignments only")
        self.assertIn("may not see who has it", check["detail"])

        def refuse(method, path):
            if "/query" in path and "PermissionSet" in self.org.statement_asked:
                raise Refusal(400, "INVALID_TYPE", "sObject type 'PermissionSet' is not supported.")

        self.org.refuse = refuse
        self.assertIn("Not checked", self.check()[self.VIEWERS]["detail"])

    def test_streams_that_only_read_need_no_viewers(self):
        self.connection.stream_ids.write({"direction": "in"})
        self.assertNotIn(self.VIEWERS, self.check())

    def test_a_stream_that_deletes_needs_the_right(self):
        self.org.facts["Contact"] = {"deletable": False}
        self.assertNotIn("Contacts: deleting", self.check())
        self.contacts.unlink_policy = "delete"
        check = self.check()["Contacts: deleting"]
        self.assertEqual(check["level"], "warning")
        self.assertIn("Retail Sync Deletion", check["next_step"])
