from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.retail_sync.adapter import FaultError

from ..common import SalesforceCase


@tagged("post_install", "-at_install")
class TestSchema(SalesforceCase):
    def _status(self, stream, field, path_start=""):
        lines = [
            line
            for line in self.adapter.check_schema(stream)
            if line["field"] == field and line["path"].startswith(path_start)
        ]
        return [line["status"] for line in lines]

    def test_alternatives(self):
        self.org.hidden["Contact"] = {"Phone"}
        self.org.fields["Contact"].add("MobilePhone")
        [line] = [line for line in self.adapter.check_schema(self.contacts) if line["field"] == "phone"]
        self.assertEqual(line["status"], "ok")
        self.assertIn("Phone", line["detail"])
        self.org.hidden["Contact"] = {"Phone", "MobilePhone"}
        self.assertEqual(self._status(self.contacts, "phone"), ["missing"])
        self.assertEqual(
            self.contacts.map_ids.filtered(lambda line: line.canonical_field == "phone").check_status, "missing"
        )

    def test_fields_to_map_are_known_after_a_look(self):
        self.assertEqual(self.adapter.known_fields(self.accounts), {})
        self.adapter.check_schema(self.accounts)
        known = self.adapter.known_fields(self.accounts)
        self.assertIn("Website", known)
        line = self.accounts.map_ids.filtered(lambda line: line.canonical_field == "website")[:1]
        with self.assertRaises(ValidationError) as caught, self.env.cr.savepoint():
            line.remote_path = "Webiste"
        self.assertIn("Did you mean Website", str(caught.exception))

    def test_related_field(self):
        self.assertEqual(self._status(self.contacts, "owner"), ["read_only"])
        self.org.fields["User"].discard("Email")
        self.assertEqual(self._status(self.contacts, "owner"), ["missing"])

    def test_lines_for_person_accounts_are_idle_without_them(self):
        self.assertEqual(self._status(self.accounts, "email"), ["unknown"])
        self.assertFalse(self.connection.sf_person_accounts)

    def test_only_readable_fields_are_asked_for(self):
        self.org.hidden["Account"] = {"Website", "VAT_Number__c"}
        row_id = self.account(1, Website="x.example")
        rows, _cursor, _more = self.adapter.fetch_page(self.accounts, {}, 10)
        self.assertEqual([row["Id"] for row in rows], [row_id])
        self.assertFalse({"Website", "VAT_Number__c"} & rows[0].keys())

    def test_required_line_without_a_field(self):
        self.org.hidden["Contact"] = {"Name"}
        with self.assertRaises(FaultError) as caught:
            self.adapter.count(self.contacts)
        self.assertEqual(caught.exception.code, "FIELD_MISSING")
        self.org.fields["Contact"] |= {"FirstName", "LastName"}
        self.assertEqual(self.adapter.count(self.contacts), 0)

    def test_missing_object(self):
        del self.org.fields["Contact"]
        with self.assertRaises(FaultError) as caught:
            self.adapter.count(self.contacts)
        self.assertEqual((caught.exception.fault_class, caught.exception.code), ("contract", "OBJECT_MISSING"))

    def test_changed_mapping_is_compared_anew(self):
        self.account(1, Fax="+39 0432 2")
        self.org.fields["Account"].add("Fax")
        self.adapter.count(self.accounts)
        self.accounts.map_ids.filtered(lambda line: line.remote_path == "Phone").remote_path = "Fax"
        rows, _cursor, _more = self.adapter.fetch_page(self.accounts, {}, 10)
        self.assertEqual(rows[0]["Fax"], "+39 0432 2")
        # A field that was there when Odoo looked, and was taken away since: of others, none can be mapped.
        self.accounts.sf_fields = {**self.accounts.sf_fields, "Not_There__c": "Gone"}
        self.accounts.map_ids.filtered(lambda line: line.remote_path == "Fax").remote_path = "Not_There__c"
        self.org.calls.clear()
        self.adapter.fetch_page(self.accounts, {}, 10)
        self.assertEqual(len(self.org.paths("/query")), 1, "no query was refused to find that out")

    def test_describes_are_kept_but_each_load_looks_afresh(self):
        self.adapter.count(self.accounts)
        self.org.calls.clear()
        self.adapter.fetch_page(self.accounts, {}, 10)
        self.assertEqual(self.org.paths("describe"), [])
        self.adapter.count(self.accounts)
        self.assertTrue(self.org.paths("/Account/describe"))
