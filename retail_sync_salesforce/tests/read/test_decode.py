from types import SimpleNamespace

from odoo.tests import tagged

from odoo.addons.retail_sync.domain.canonical.customer import CUSTOMER
from odoo.addons.retail_sync.domain.canonical.parts import repeating_parts
from odoo.addons.retail_sync.domain.mapping.decoding import compile_decoder

from ...client import ids
from ...models.adapter.read.decode import _local_id
from ..common import SalesforceCase

ACCOUNT_ID = ids.to_18("0015g00000A0001")
CONTACT_ID = ids.to_18("0035g00000A0001")
FIRM = {
    "Name": " Rossi  Srl ",
    "ParentId": "001D000000ISUr3",
    "Phone": "0432 501234",
    "Website": "rossi.example",
    "VAT_Number__c": "IT 0123 4567 890",
    "Customer_Number__c": None,
    "AccountNumber": "K-1",
    "Description": "Pays late.",
    "Owner": {"Email": "Rep@Acme.example"},
    "BillingStreet": "Via Roma 1\r\nScala B",
    "BillingCity": "Udine",
    "BillingPostalCode": "33100",
    "BillingState": "UD",
    "BillingCountry": "Italia",
    "ShippingStreet": "Via Nuova 2",
    "ShippingCity": "Udine",
    "ShippingCountry": "Italy",
}
PERSON = {
    "IsPersonAccount": True,
    "PersonContactId": CONTACT_ID[:15],
    "Name": "Anna Rossi",
    "PersonEmail": "Anna@Mail.Example",
    "PersonMobilePhone": "+39 333 1234567",
    "PersonHasOptedOutOfEmail": True,
    "BillingStreet": "Via Roma 1",
    "BillingCity": "Udine",
    "BillingCountry": "Italy",
    "PersonMailingStreet": None,
    "PersonMailingCity": None,
    "PersonMailingCountry": None,
    "ShippingStreet": None,
    "ShippingCity": None,
    "ShippingCountry": None,
}


@tagged("post_install", "-at_install")
class TestDecode(SalesforceCase):
    def account_row(self, values, **more):
        return {"Id": ACCOUNT_ID, "SystemModstamp": "2026-05-20T09:44:32.000+0000", **values, **more}

    def contact_row(self, **values):
        row = {"Id": CONTACT_ID, "SystemModstamp": "2026-05-20T09:44:32.000+0000", "Name": "Anna Rossi"}
        return {**row, **values}

    def test_an_owner_is_text_that_a_database_takes(self):
        for came, owner in (("Rep@Acme.example\x00", "rep@acme.example"), ("\u200b", None)):
            incoming, errors = self.decode(self.accounts, self.account_row(FIRM, Owner={"Email": came}))
            self.assertEqual((incoming.parts["main"]["owner"], errors), (owner, []))

    def test_firm(self):
        incoming, errors = self.decode(self.accounts, self.account_row(FIRM))
        self.assertEqual(errors, [])
        main = incoming.parts["main"]
        wanted = {
            "kind": "company",
            "name": "Rossi Srl",
            "parent": "Account/001D000000ISUr3IAH",
            "phone": "+390432501234",
            "website": "http://rossi.example",
            "customer_number": "K-1",
            "notes": "Pays late.",
            "owner": "rep@acme.example",
            "street": "Via Roma 1",
            "street2": "Scala B",
            "city": "Udine",
            "zip": "33100",
            "state": "UD",
            "country": "IT",
        }
        self.assertEqual({name: main[name] for name in wanted}, wanted)
        self.assertEqual(main["vat"], "IT01234567890")
        self.assertEqual(incoming.parts["delivery"]["street"], "Via Nuova 2")
        self.assertNotIn("invoice", incoming.parts)
        self.assertEqual((incoming.external_id, incoming.secondary_ids), (ACCOUNT_ID, []))

    def test_shipping_address_as_the_customers_own(self):
        self.connection.sf_main_address = "shipping"
        incoming, _errors = self.decode(self.accounts, self.account_row(FIRM))
        self.assertEqual(incoming.parts["main"]["street"], "Via Nuova 2")
        self.assertEqual(incoming.parts["invoice"]["street"], "Via Roma 1")
        self.assertNotIn("delivery", incoming.parts)
        person, _errors = self.decode(self.accounts, self.account_row(PERSON))
        self.assertEqual(person.parts["main"]["street"], "Via Roma 1", "persons keep their own lines")
        self.connection.sf_main_address = "billing"
        incoming, _errors = self.decode(self.accounts, self.account_row(FIRM))
        self.assertEqual(incoming.parts["main"]["street"], "Via Roma 1")

    def test_new_connection_takes_its_setting(self):
        connection = self.connection.copy({"name": "Second", "code": "second", "sf_main_address": "shipping"})
        lines = connection.stream_ids.map_ids.filtered(lambda line: line.remote_path == "ShippingCity")
        parts = {line.sf_applies_to: line.part for line in lines}
        self.assertEqual(parts, {"business": "main", "person": "delivery"})

    def test_same_shipping_address_repeats_the_main_one(self):
        billing = {name.replace("Billing", "Shipping"): value for name, value in FIRM.items() if "Billing" in name}
        incoming, _errors = self.decode(self.accounts, self.account_row(FIRM, **billing))
        self.assertEqual(repeating_parts(incoming.parts, CUSTOMER), {"delivery"})

    def test_codes_come_before_names(self):
        row = self.account_row(FIRM, BillingCountryCode="AT", BillingStateCode="9")
        main = self.decode(self.accounts, row)[0].parts["main"]
        self.assertEqual((main["country"], main["state"]), ("AT", "9"))

    def test_person(self):
        incoming, errors = self.decode(self.accounts, self.account_row(PERSON))
        self.assertEqual(errors, [])
        main = incoming.parts["main"]
        self.assertEqual((main["kind"], main["name"], main["email"]), ("person", "Anna Rossi", "Anna@mail.example"))
        self.assertEqual((main["phone"], main["email_opt_out"]), ("+393331234567", True))
        self.assertEqual((main["street"], main["city"]), ("Via Roma 1", "Udine"), "billing stands in for mailing")
        self.assertIn("invoice", repeating_parts(incoming.parts, CUSTOMER), "the same place is no second address")
        self.assertEqual(incoming.secondary_ids, [("Contact", CONTACT_ID)])
        self.assertIsNone(incoming.payload["PersonMailingStreet"], "the payload is what came")

    def test_person_with_a_mailing_address(self):
        row = self.account_row(PERSON, PersonMailingCity="Gorizia")
        incoming, _errors = self.decode(self.accounts, row)
        self.assertEqual(incoming.parts["main"]["city"], "Gorizia")
        self.assertIsNone(incoming.parts["main"]["street"], "no street of another place")
        self.assertEqual(incoming.parts["invoice"]["city"], "Udine")

    def test_bulk_row_of_a_person_is_the_same(self):
        flat = {name: str(value).lower() if isinstance(value, bool) else value for name, value in PERSON.items()}
        flat["SystemModstamp"] = "2026-05-20T09:44:32.000Z"
        flat["Owner.Email"] = "rep@acme.example"
        nested = self.account_row(PERSON, Owner={"Email": "rep@acme.example"})
        by_rest, by_bulk = (self.decode(self.accounts, row)[0] for row in (nested, self.account_row(flat)))
        self.assertEqual(by_bulk.parts, by_rest.parts)
        self.assertEqual((by_bulk.content_hash, by_bulk.version), (by_rest.content_hash, by_rest.version))

    def test_contact(self):
        row = self.contact_row(
            AccountId=ACCOUNT_ID[:15],
            Title="Buyer",
            Phone=None,
            MobilePhone="+39 333 1234567",
            HasOptedOutOfEmail="true",
            DoNotCall=False,
            Language__c="it_IT",
            MailingCity="Udine",
            MailingCountry="IT",
            OtherCity="Gorizia",
        )
        incoming, errors = self.decode(self.contacts, row)
        self.assertEqual(errors, [])
        main = incoming.parts["main"]
        self.assertEqual((main["kind"], main["parent"]), ("person", f"Account/{ACCOUNT_ID}"))
        self.assertEqual((main["phone"], main["job_title"], main["language"]), ("+393331234567", "Buyer", "it_IT"))
        self.assertEqual((main["email_opt_out"], main["phone_opt_out"]), (True, False))
        self.assertEqual(incoming.parts["other"]["city"], "Gorizia")

    def test_contact_without_account(self):
        incoming, _errors = self.decode(self.contacts, self.contact_row(AccountId=None))
        self.assertIsNone(incoming.parts["main"]["parent"])

    def test_account_of_private_customers_is_no_parent(self):
        self.connection.write({"sf_private_customers": "bucket", "sf_private_account": ACCOUNT_ID[:15]})
        incoming, _errors = self.decode(self.contacts, self.contact_row(AccountId=ACCOUNT_ID))
        self.assertIsNone(incoming.parts["main"]["parent"])

    def test_bad_reference_is_an_error_of_that_record(self):
        _incoming, errors = self.decode(self.contacts, self.contact_row(AccountId="not an id"))
        self.assertEqual([error.code for error in errors], ["BAD_VALUE"])

    def test_nameless_record_is_refused(self):
        _incoming, errors = self.decode(self.contacts, self.contact_row(Name=None))
        self.assertEqual([error.code for error in errors], ["REQUIRED_FIELD"])

    def test_only_ids_of_this_database_count(self):
        ours = self.adapter._database_prefix()
        self.assertEqual(len(ours), 8)
        incoming, _errors = self.decode(self.contacts, self.contact_row(Odoo_External_Id__c=f"{ours}:res.partner:42"))
        self.assertEqual(incoming.local_ref, "42")
        for value in ("42", "another1:res.partner:42", f"{ours}:res.users:42", f"{ours}:res.partner:4x", "", None):
            self.assertIsNone(_local_id(value, ours, "res.partner"), value)

    def test_the_id_of_a_partner_is_the_id_of_nothing_else(self):
        row = self.contact_row(Odoo_External_Id__c=f"{self.adapter._database_prefix()}:res.partner:42")
        incoming, _errors = self.decode(self.contacts, row)
        incoming.local_ref = None
        entity = SimpleNamespace(_res_model="product.product")
        products = SimpleNamespace(entity="product", remote_object="Product2", _entity=lambda: entity)
        self.adapter._finish_decode(products, incoming, row, {"sf_database": self.adapter._database_prefix()})
        self.assertIsNone(incoming.local_ref)

    def test_each_shipped_line_compiles_and_no_field_is_mapped_twice(self):
        for stream in self.connection.stream_ids:
            for kind in ("business", "person"):
                lines = stream.map_ids.filtered(lambda line, kind=kind: line.sf_applies_to in ("all", kind))
                compile_decoder([line._row() for line in lines], stream.entity)
                keys = lines.mapped(lambda line: (line.part, line.canonical_field))
                self.assertEqual(len(keys), len(set(keys)), f"{stream.name} {kind}")


@tagged("post_install", "-at_install")
class TestPersonAccounts(SalesforceCase):
    person_accounts = True

    def test_hidden_contacts_are_no_contacts(self):
        hidden = self.contact(1, IsPersonAccount=True)
        plain = self.contact(2, IsPersonAccount=False)
        rows, _cursor, _more = self.adapter.fetch_page(self.contacts, {}, 10)
        self.assertEqual([row["Id"] for row in rows], [plain])
        rows, missing = self.adapter.read_by_ids(self.contacts, [hidden, plain])
        self.assertEqual(([row["Id"] for row in rows], missing), ([plain], []), "there, and not a contact")
        cursor = self.adapter.bulk_begin(self.contacts)
        self.assertEqual(len(self.adapter.bulk_fetch(self.contacts, cursor, 10)[0]), 1)

    def test_scope_filter_and_kind_go_together(self):
        self.contacts.filter_text = "Title = 'a' OR Title = 'b'"
        self.adapter.count(self.contacts)
        self.assertEqual(
            self.adapter._scope(self.contacts), "(Title = 'a' OR Title = 'b') AND (IsPersonAccount = false)"
        )
        self.assertTrue(self.adapter._has_person_accounts(self.contacts))

    def test_org_is_known_to_have_them(self):
        self.adapter.count(self.accounts)
        self.assertTrue(self.connection.sf_person_accounts)
