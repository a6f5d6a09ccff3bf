from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..writing_case import WritingCase

ADDRESS = {"street": "Via Roma 1", "street2": "Scala B", "city": "Udine", "zip": "33100"}


@tagged("post_install", "-at_install")
class TestEncode(WritingCase):
    def test_a_new_firm(self):
        record = self.out(
            7, name="Rossi Srl", vat="IT01234567890", phone="+39043212345", notes="<p>x</p>", owner="a@b.c"
        )
        self.assertEqual(
            self.fields_of(self.accounts, record),
            {"Name": "Rossi Srl", "Odoo_VAT_Number__c": "IT01234567890", "Phone": "+39043212345", **self.key(7)},
        )

    def test_a_known_firm_gets_what_changed(self):
        account = self.account(1)
        record = self.known(7, account, name="Rossi Srl")
        record.parts["main"]["phone"] = "+39043212345"
        self.assertEqual(self.fields_of(self.accounts, record), {"Name": "Rossi Srl"})

    def test_acknowledgement(self):
        account = self.account(1)
        record = self.out(7, account, ack=True, changed={}, parts={"main": {}}, sent={})
        self.assertEqual(self.fields_of(self.accounts, record), self.key(7))
        record = self.known(7, account, name="Rossi", ack=True)
        self.assertEqual(self.fields_of(self.accounts, record), {"Name": "Rossi", **self.key(7)})

    def test_an_address_in_an_org_without_picklists(self):
        self.org.hidden["Account"] = {"BillingStateCode", "BillingCountryCode"}
        record = self.known(7, self.account(1), **ADDRESS, state="UD", country="IT")
        self.assertEqual(
            self.fields_of(self.accounts, record),
            {
                "BillingStreet": "Via Roma 1\nScala B",
                "BillingCity": "Udine",
                "BillingPostalCode": "33100",
                "BillingState": "UD",
                "BillingCountry": "Italy",
            },
        )

    def test_an_address_in_an_org_with_picklists(self):
        record = self.known(7, self.account(1), city="Udine", state="UD", country="IT")
        self.assertEqual(
            self.fields_of(self.accounts, record),
            {"BillingCity": "Udine", "BillingStateCode": "UD", "BillingCountryCode": "IT"},
        )

    def test_what_odoo_decides(self):
        record = self.known(
            7,
            self.account(1),
            account_block=True,
            block_reason="Unpaid",
            block_until="2026-06-01",
            credit_limit=1000.0,
            amount_due=1200.5,
            overdue_amount=0.0,
            credit_state="near_limit",
            payment_terms="30 Days",
            tax_class=None,
            vat_status="valid",
            customer_number="C-77",
        )
        self.assertEqual(
            self.fields_of(self.accounts, record),
            {
                "Odoo_Account_Blocked__c": True,
                "Odoo_Block_Reason__c": "Unpaid",
                "Odoo_Blocked_Until__c": "2026-06-01",
                "Odoo_Credit_Limit__c": 1000.0,
                "Odoo_Amount_Due__c": 1200.5,
                "Odoo_Overdue_Amount__c": 0.0,
                "Odoo_Credit_State__c": "Near limit",
                "Odoo_Payment_Terms__c": "30 Days",
                "Odoo_Tax_Class__c": None,
                "Odoo_VAT_Status__c": "Valid",
                "Odoo_Customer_Number__c": "C-77",
            },
        )

    def test_what_odoo_decides_comes_back_the_same(self):
        values = {"account_block": False, "credit_state": "hold", "vat_status": "unchecked", "amount_due": 12.5}
        fields = self.fields_of(self.contacts, self.known(7, self.contact(1), kind="person", **values))
        incoming, errors = self.decode(
            self.contacts, {"Id": self.contact(2), "Name": "A", "SystemModstamp": "2026-05-20T12:00:00Z", **fields}
        )
        self.assertFalse(errors)
        self.assertEqual({name: incoming.parts["main"][name] for name in values}, values)

    def test_a_state_that_a_user_typed_over_does_not_keep_the_record_from_being_read(self):
        row = {"Id": self.contact(1), "SystemModstamp": "2026-05-20T12:00:00Z", "Odoo_Credit_State__c": "Fine"}
        incoming, errors = self.decode(self.contacts, row)
        self.assertFalse([error for error in errors if error.field == "credit_state"])
        self.assertIsNone(incoming.parts["main"]["credit_state"])

    def test_private_customers_of_one_account(self):
        """Salesforce shows a contact without an account to its owner only."""
        self.connection.write({"sf_private_customers": "bucket", "sf_private_account": self.account(9)})
        private = self.out(7, kind="person", name="Anna Rossi", parent=None)
        self.assertEqual(self.fields_of(self.contacts, private)["AccountId"], self.account(9))
        left = self.known(7, self.contact(1), kind="person", parent=None)
        self.assertEqual(self.fields_of(self.contacts, left), {"AccountId": self.account(9)})
        employed = self.out(8, kind="person", name="Bo Rossi", parent=f"Account/{self.account(2)}")
        self.assertEqual(self.fields_of(self.contacts, employed)["AccountId"], self.account(2))
        self.connection.sf_private_customers = "private"
        self.assertFalse(self.fields_of(self.contacts, private)["AccountId"])

    def test_account_of_private_customers_is_an_account(self):
        with self.assertRaises(ValidationError):
            self.connection.write({"sf_private_customers": "bucket", "sf_private_account": "Private"})

    def test_parents(self):
        parent = self.account(2)
        record = self.known(7, self.contact(1), kind="person", parent=f"Account/{parent}")
        self.assertEqual(self.fields_of(self.contacts, record), {"AccountId": parent})
        record = self.known(7, self.account(1), parent=None)
        self.assertEqual(self.fields_of(self.accounts, record), {"ParentId": None})
        record = self.known(7, self.contact(1), kind="person", parent="odoo/55")
        [outgoing] = self.encode(self.contacts, record)
        self.assertEqual(outgoing.fields, {})
        self.assertTrue(outgoing.warnings)

    def test_a_new_contact(self):
        record = self.out(7, kind="person", name="Ludwig van Beethoven", email="l@beethoven.example", parent=None)
        fields = self.fields_of(self.contacts, record)
        self.assertEqual((fields["FirstName"], fields["LastName"]), ("Ludwig van", "Beethoven"))
        self.assertNotIn("Name", fields)
        self.assertIsNone(fields["AccountId"])

    # -- rights
    def test_a_field_that_may_not_be_written_is_left_out_and_said_so_once(self):
        self.org.facts["Account", "Website"] = {"createable": False, "updateable": False}
        record = self.known(7, self.account(1), name="R", website="http://r.example")
        [outgoing] = self.encode(self.accounts, record)
        self.assertEqual(outgoing.fields, {"Name": "R"})
        self.assertEqual(len([text for text in outgoing.warnings if "Website" in text]), 1)
        # What was not sent is not agreed on.
        self.assertEqual(record.sent["main"], {"kind": "company", "name": "R"})

    def test_a_value_that_stays_where_it_may_not_be_written_is_not_agreed_on(self):
        """It counted as sent: the next read took the old number for an edit over there, and Odoo's was lost."""
        self.org.fields["Contact"] |= {"Phone", "MobilePhone"}
        self.org.facts["Contact", "Phone"] = {"createable": False, "updateable": False}
        old = {"Phone": "+390432111111", "MobilePhone": None}
        record = self.known(7, "0035g00000A0001AAA", kind="person", title="CEO", phone="+390432222222", remote=old)
        [outgoing] = self.encode(self.contacts, record)
        self.assertNotIn("+390432222222", outgoing.fields.values())
        self.assertIn("Phone has the value, and can't be written", "".join(outgoing.warnings))
        self.assertNotIn("phone", record.sent["main"])

    def test_a_field_that_the_org_lacks_is_no_news(self):
        self.org.hidden["Account"] = {"Odoo_VAT_Number__c", "VAT_Number__c"}
        record = self.known(7, self.account(1), name="R", vat="IT01234567890")
        [outgoing] = self.encode(self.accounts, record)
        self.assertEqual((outgoing.fields, outgoing.warnings), ({"Name": "R"}, []))
        self.assertNotIn("vat", record.sent["main"])

    def test_creation_and_change_are_different_rights(self):
        self.org.facts["Account", "Website"] = {"updateable": False}
        self.assertIn("Website", self.fields_of(self.accounts, self.out(7, name="R", website="http://r.example")))
        self.assertEqual(self.fields_of(self.accounts, self.known(8, self.account(1), website="http://r.example")), {})

    def test_without_our_key_nothing_is_created(self):
        self.org.hidden["Account"] = {"Odoo_External_Id__c"}
        fault = self.refusal_of(self.accounts, self.out(7, name="Rossi"))
        self.assertEqual((fault.fault_class, fault.code), ("contract", "EXTERNAL_ID_MISSING"))
        [outgoing] = self.encode(self.accounts, self.known(7, self.account(1), name="R", ack=True))
        self.assertEqual(outgoing.fields, {"Name": "R"})
        self.assertTrue(outgoing.warnings)

    def test_the_org_is_asked_once(self):
        self.encode(self.accounts, self.out(7, name="Rossi"))
        asked = len(self.org.paths("describe"))
        self.encode(self.accounts, self.out(8, name="Rossi"))
        self.assertEqual(len(self.org.paths("describe")), asked)
        self.accounts.map_ids.filtered(lambda line: line.canonical_field == "website").direction = "in"
        self.assertNotIn("Website", self.fields_of(self.accounts, self.out(8, name="R", website="http://r.example")))
        self.assertEqual(len(self.org.paths("describe")), asked + 1)

    # -- objections
    def test_an_objection_is_never_taken_back(self):
        contact = self.contact(1)
        for remote in (True, "true"):
            record = self.known(
                7, contact, kind="person", email_opt_out=False, phone_opt_out=False, name="Anna Rossi",
                remote={"HasOptedOutOfEmail": remote, "DoNotCall": False},
            )  # fmt: skip
            [outgoing] = self.encode(self.contacts, record)
            self.assertNotIn("HasOptedOutOfEmail", outgoing.fields)
            self.assertNotIn("DoNotCall", outgoing.fields, "the record says so already")
            self.assertNotIn("email_opt_out", record.sent["main"])
            self.assertTrue([text for text in outgoing.warnings if "HasOptedOutOfEmail" in text])

    def test_an_objection_is_made(self):
        record = self.known(7, self.contact(1), kind="person", email_opt_out=True, remote={"HasOptedOutOfEmail": False})
        self.assertEqual(self.fields_of(self.contacts, record), {"HasOptedOutOfEmail": True})

    def test_an_objection_that_may_stand_is_not_taken_back(self):
        record = self.known(7, self.contact(1), kind="person", email_opt_out=False)
        self.assertEqual(self.fields_of(self.contacts, record), {})

    def test_private_customers_without_person_accounts(self):
        fault = self.refusal_of(self.accounts, self.out(7, kind="person", name="Anna Rossi"))
        self.assertEqual(fault.code, "PERSON_ACCOUNTS_OFF")

    def test_who_is_exported(self):
        partner = self.env["res.partner"]
        firm = partner.create({"name": "Rossi Srl", "is_company": True})
        branch = partner.create({"name": "Rossi Udine", "is_company": True, "parent_id": firm.id})
        employee = partner.create({"name": "Anna", "parent_id": firm.id, "type": "contact"})
        private = partner.create({"name": "Bruno"})
        flatmate = partner.create({"name": "Carla", "parent_id": private.id, "type": "contact"})
        stock = partner.create({"name": "Call guard 2", "parent_id": firm.id, "type": "other"})
        every = firm | branch | employee | private | flatmate | stock

        def exported(stream):
            return every.filtered_domain(self.adapter.export_domain(stream))

        self.assertEqual(exported(self.accounts), firm | branch)
        self.assertEqual(exported(self.contacts), employee | private)
        self.connection.sf_person_accounts = True
        self.assertEqual(exported(self.accounts), firm | branch | private)
        self.assertEqual(exported(self.contacts), employee)
