from odoo.tests import tagged

from ..writing_case import WritingCase


@tagged("post_install", "-at_install")
class TestEncodeChecks(WritingCase):
    def test_too_long(self):
        record = self.out(7, name="x" * 256)
        fault = self.refusal_of(self.accounts, record)
        self.assertEqual((fault.fault_class, fault.code, fault.fields), ("business", "STRING_TOO_LONG", ("Name",)))
        self.assertIn("Account Name (Name)", fault.message)
        self.assertIn("255", fault.message)
        self.assertIn("256", fault.message)
        self.assertFalse(self.encode(self.accounts, self.out(7, name="x" * 255))[0].fault)

    def test_several_objections_are_reported_at_once(self):
        self.org.facts["Account", "Website"] = {"length": 10}
        record = self.known(7, self.account(1), name="x" * 300, website="http://a-long.example", phone="+39043211")
        [outgoing] = self.encode(self.accounts, record)
        self.assertEqual(sorted(refused.name for refused in outgoing.refused), ["name", "website"])
        self.assertEqual((outgoing.fields, outgoing.fault), ({"Phone": "+39043211"}, None))
        self.assertEqual(outgoing.record.sent, {"main": {"kind": "company", "phone": "+39043211"}})

    def test_a_new_record_is_sent_without_what_is_refused(self):
        self.org.facts["Account", "Website"] = {"length": 10}
        [outgoing] = self.encode(self.accounts, self.out(7, name="Rossi", website="http://a-long.example"))
        self.assertEqual(outgoing.fields, {"Name": "Rossi", **self.key(7)})
        self.assertEqual([refused.name for refused in outgoing.refused], ["website"])

    def test_restricted_picklists(self):
        fact = {"type": "picklist", "restrictedPicklist": True}
        fact["picklistValues"] = [
            {"value": "ok", "active": True},
            {"value": "HOLD", "active": True},
            {"value": "Near limit", "active": False},
        ]
        self.org.facts["Account", "Odoo_Credit_State__c"] = fact
        account = self.account(1)
        self.assertEqual(
            self.fields_of(self.accounts, self.known(7, account, credit_state="hold")), {"Odoo_Credit_State__c": "HOLD"}
        )
        fault = self.left_out_of(self.accounts, self.known(7, account, credit_state="near_limit"))
        self.assertEqual(fault.code, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")
        self.assertEqual(
            self.fields_of(self.accounts, self.known(7, account, credit_state=None)), {"Odoo_Credit_State__c": None}
        )

    def test_required_on_creation(self):
        self.org.fields["Account"].add("Region__c")
        self.org.facts["Account", "Region__c"] = {"nillable": False, "label": "Region"}
        self.org.facts["Account", "IsBig__c"] = {"nillable": False, "defaultedOnCreate": True}
        self.org.fields["Account"].add("IsBig__c")
        fault = self.refusal_of(self.accounts, self.out(7, name="Rossi"))
        self.assertEqual((fault.code, fault.fields), ("REQUIRED_FIELD_MISSING", ("Region__c",)))
        self.assertEqual(self.fields_of(self.accounts, self.known(7, self.account(1), name="R")), {"Name": "R"})

    def test_a_contact_needs_a_last_name(self):
        for name in (None, "", "  "):
            fault = self.refusal_of(self.contacts, self.out(7, kind="person", name=name))
            self.assertEqual((fault.fault_class, fault.code[:14]), ("business", "REQUIRED_FIELD"))

    def test_emails_that_no_server_takes(self):
        self.org.facts["Contact", "Email"] = {"type": "email", "length": 80}
        contact = self.contact(1)
        for email in ("no-at.example", "two@@at.example", "a b@c.example", "x@nodot"):
            with self.subTest(email):
                fault = self.left_out_of(self.contacts, self.known(7, contact, kind="person", email=email))
                self.assertEqual(fault.code, "INVALID_EMAIL_ADDRESS")
        for email in ("o'neil+x@a-b.example", "müller@bücher.example"):
            with self.subTest(email):
                self.fields_of(self.contacts, self.known(7, contact, kind="person", email=email))

    def test_one_bad_record_leaves_the_others_alone(self):
        outgoing = self.encode(self.accounts, self.out(1, name="A"), self.out(2, name="x" * 300), self.out(3, name="C"))
        self.assertEqual([bool(encoded.fault) for encoded in outgoing], [False, True, False])
        self.assertEqual([encoded.record.res_id for encoded in outgoing], [1, 2, 3])

    def _list_states(self):
        """Have the org list Udine for Italy, and no state for Germany."""
        places = {"IT": "gA==", "DE": "QA=="}
        self.org.facts["Account", "BillingCountryCode"] = {
            "type": "picklist",
            "restrictedPicklist": True,
            "picklistValues": [{"value": code, "active": True} for code in places],
        }
        self.org.facts["Account", "BillingStateCode"] = {
            "type": "picklist",
            "restrictedPicklist": True,
            "controllerName": "BillingCountryCode",
            "picklistValues": [{"value": "UD", "active": True, "validFor": places["IT"]}],
        }

    def test_states_that_the_org_lists(self):
        self._list_states()
        account = self.account(1)
        fields = self.fields_of(self.accounts, self.known(7, account, city="Udine", state="ud", country="IT"))
        self.assertEqual((fields["BillingStateCode"], fields["BillingCountryCode"]), ("UD", "IT"))
        fault = self.left_out_of(self.accounts, self.known(7, account, city="Milano", state="MI", country="IT"))
        self.assertEqual((fault.code, fault.fields), ("FIELD_INTEGRITY_EXCEPTION", ("BillingStateCode",)))

    def test_a_state_of_a_country_without_listed_states_stays_odoos(self):
        self._list_states()
        record = self.known(7, self.account(1), city="Passau", state="BY", country="DE")
        fields = self.fields_of(self.accounts, record)
        self.assertEqual((fields["BillingStateCode"], fields["BillingCountryCode"]), (None, "DE"))
        self.accounts.invalidate_recordset(["sf_schema"])  # noted in a transaction of its own
        row = {"Id": self.account(2), "Name": "R", "SystemModstamp": "2026-05-20T12:00:00Z", **fields}
        incoming, _errors = self.decode(self.accounts, row)
        self.assertEqual(incoming.parts["main"]["city"], "Passau")
        self.assertNotIn("state", incoming.parts["main"])
        # Where the org lists states, an empty one is empty.
        incoming, _errors = self.decode(self.accounts, dict(row, BillingCountryCode="IT"))
        self.assertIsNone(incoming.parts["main"]["state"])


@tagged("post_install", "-at_install")
class TestEncodePersons(WritingCase):
    person_accounts = True
    PERSON_TYPE = "0125g00000AbCdEAAV"

    def setUp(self):
        super().setUp()
        self.org.rows["RecordType"] = [{"Id": self.PERSON_TYPE, "DeveloperName": "PersonAccount"}]
        self.org.fields["Account"] |= {"FirstName", "LastName", "RecordTypeId", "IsPersonAccount"}
        self.org.facts["Account", "IsPersonAccount"] = {"createable": False, "updateable": False, "type": "boolean"}
        self.adapter.check_schema(self.accounts)

    def test_a_new_private_customer(self):
        record = self.out(7, kind="person", name="Anna Rossi", email="a@rossi.example", city="Udine")
        self.assertEqual(
            self.fields_of(self.accounts, record),
            {
                "FirstName": "Anna",
                "LastName": "Rossi",
                "PersonEmail": "a@rossi.example",
                "PersonMailingCity": "Udine",
                "RecordTypeId": self.PERSON_TYPE,
                **self.key(7),
            },
        )

    def test_no_record_type_is_guessed(self):
        self.org.rows["RecordType"] = []
        self.assertNotIn("RecordTypeId", self.fields_of(self.accounts, self.out(7, kind="person", name="Anna Rossi")))

    def test_a_known_one_keeps_its_record_type(self):
        remote = {"IsPersonAccount": True, "FirstName": "Anna Maria", "LastName": "Rossi"}
        record = self.known(7, self.account(1), kind="person", name="Anna Maria Bianchi", remote=remote)
        self.assertEqual(self.fields_of(self.accounts, record), {"LastName": "Bianchi"})

    def test_what_a_record_is_over_there_decides(self):
        record = self.known(7, self.account(1), kind="person", name="Anna Rossi", remote={"IsPersonAccount": False})
        self.assertEqual(self.fields_of(self.accounts, record), {"Name": "Anna Rossi"})

    def test_a_private_customer_needs_a_last_name(self):
        fault = self.refusal_of(self.accounts, self.out(7, kind="person", name=None))
        self.assertEqual(fault.code, "REQUIRED_FIELD")

    def test_firms_go_on(self):
        fields = self.fields_of(self.accounts, self.out(7, name="Rossi Srl"))
        self.assertEqual(fields, {"Name": "Rossi Srl", **self.key(7)})
