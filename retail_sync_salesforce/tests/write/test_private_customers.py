from odoo.tests import tagged

from odoo.addons.retail_sync.adapter import FaultClass, FaultError, refused_paths

from ...models.adapter.schema import ACCOUNT_KEY
from ..common import OLD
from ..fake_org import Refusal
from ..writing_case import PREFIX, WritingCase

HOUSEHOLD = f"{PREFIX.partition(':')[0]}:household:7"


@tagged("post_install", "-at_install")
class TestPrivateCustomers(WritingCase):
    """Private customers in an org without person accounts: visible to sales, doubled never, and no company in Odoo."""

    def anna(self, **values):
        return self.out(7, kind="person", name="Anna Rossi", parent=None, **values)

    def accounts_there(self):
        return [(row["Name"], row.get("Odoo_External_Id__c")) for row in self.org.rows["Account"]]

    def choose(self, choice):
        self.connection.sf_private_customers = choice

    def test_a_new_connection_has_chosen_nothing(self):

        made = self.env["retail.sync.connection"].create({"name": "New", "code": "new_test", "system": "salesforce"})
        self.assertFalse(made.sf_private_customers)

    def test_without_a_choice_private_customers_wait(self):
        self.choose(False)
        fault = self.refusal_of(self.contacts, self.anna())
        self.assertEqual((fault.fault_class, fault.code), ("business", "PRIVATE_CUSTOMERS_UNDECIDED"))
        rule = self.env["retail.sync.fault.rule"].search([("code_pattern", "=", fault.code)])
        self.assertIn("Private customers", rule.next_step)
        employed = self.out(8, kind="person", name="Bo Rossi", parent=f"Account/{self.account(2)}")
        self.assertEqual(self.fields_of(self.contacts, employed)["AccountId"], self.org.rows["Account"][-1]["Id"])
        deferred = self.anna(skipped={"parent": "res.partner/1"})
        self.assertNotIn("AccountId", {k: v for k, v in self.fields_of(self.contacts, deferred).items() if v})

    def test_without_a_choice_a_contact_keeps_its_company(self):
        self.choose(False)
        left = self.known(7, self.contact(1), kind="person", parent=None, job_title="Buyer")
        [outgoing] = self.encode(self.contacts, left)
        self.assertEqual(outgoing.fields, {"Title": "Buyer"})
        self.assertEqual([(refused.name, refused.fault.code) for refused in outgoing.refused], [
            ("parent", "PRIVATE_CUSTOMERS_UNDECIDED")])  # fmt: skip

    def test_those_that_waited_are_sent_after_the_choice(self):
        self.choose(False)
        message = self.env["retail.sync.message"].create(
            {
                "connection_id": self.connection.id,
                "stream_id": self.contacts.id,
                "kind": "delivery",
                "key": "delivery:1",
                "state": "open",
                "fault_code": "PRIVATE_CUSTOMERS_UNDECIDED",
                "res_model": "res.partner",
                "res_id": self.env["res.partner"].create({"name": "Anna"}).id,
            }
        )
        self.choose("household")
        self.assertEqual(message.state, "pending")

    def test_a_household_is_made_with_its_customer(self):
        self.choose("household")
        [answer] = self.push(self.contacts, self.anna())
        self.assertTrue(answer.ok and answer.created)
        [contact] = self.org.rows["Contact"]
        self.assertEqual(self.accounts_there(), [("Rossi Household", HOUSEHOLD)])
        self.assertEqual(contact["AccountId"], self.org.rows["Account"][0]["Id"])

    def test_lost_answers_double_nothing(self):
        self.choose("household")
        lost = []

        def judge(name, fields, alone):
            if name == "Contact" and not lost:
                lost.append(name)
                raise Refusal(503, "SERVER_UNAVAILABLE")

        self.org.judge = judge
        self.push(self.contacts, self.anna())
        for _again in range(2):
            [answer] = self.push(self.contacts, self.anna())
            self.assertTrue(answer.ok)
        self.assertEqual((len(self.org.rows["Account"]), len(self.org.rows["Contact"])), (1, 1))

    def test_without_its_household_a_customer_is_not_created(self):
        self.choose("household")

        def judge(name, fields, alone):
            if name == "Account" and fields["Name"].startswith("Rossi"):
                raise Refusal(400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "Not here", ["Name"])

        self.org.judge = judge
        refused, made = self.push(
            self.contacts, self.anna(), self.out(8, kind="person", name="Bo Bianchi", parent=None)
        )
        self.assertEqual((refused.ok, refused.fault.code), (False, "FIELD_CUSTOM_VALIDATION_EXCEPTION"))
        self.assertTrue(made.ok)
        self.assertEqual([row["LastName"] for row in self.org.rows["Contact"]], ["Bianchi"])

    def test_what_refused_a_household_is_named_as_it_is(self):
        """The household's account was taken for a field that the org had lost, and the contact was tried again."""
        self.choose("household")

        def judge(name, fields, alone):
            if name == "Account":
                raise Refusal(400, "INVALID_FIELD", "No such column 'Tier__c' on sobject of type Account")

        self.org.judge = judge
        [refused] = self.push(self.contacts, self.anna())
        self.assertEqual((refused.fault.fault_class, refused.fault.code), ("contract", "INVALID_FIELD"))

    def test_who_leaves_a_company_gets_a_household(self):
        self.choose("household")
        contact = self.contact(1, AccountId=self.account(2), LastName="Rossi")
        left = self.known(7, contact, kind="person", parent=None, remote={"Id": contact, "LastName": "Rossi"})
        [answer] = self.push(self.contacts, left)
        self.assertTrue(answer.ok)
        self.assertEqual(self.accounts_there()[-1], ("Rossi Household", HOUSEHOLD))
        self.assertEqual(self.org.rows["Contact"][0]["AccountId"], self.org.rows["Account"][-1]["Id"])

    def test_a_customer_without_account_is_never_made_where_the_account_is_refused(self):
        self.choose("household")
        [outgoing] = self.encode(self.contacts, self.anna())
        self.assertIn("AccountId", outgoing.required)

    def test_a_contact_is_never_made_without_the_company_that_is_refused(self):
        """A lookup filter or sharing may refuse the account: what is left would be a private contact."""
        company = f"Account/{self.account(1)}"
        [outgoing] = self.encode(self.contacts, self.out(7, kind="person", name="Anna Rossi", parent=company))
        fault = FaultError(FaultClass.business, "FIELD_FILTER_VALIDATION_EXCEPTION", "", fields=["AccountId"])
        self.assertEqual(refused_paths(outgoing, fault), [])
        contact = self.contact(1)
        [outgoing] = self.encode(self.contacts, self.known(7, contact, kind="person", parent=company, remote={}))
        self.assertEqual(refused_paths(outgoing, fault), ["AccountId"])

    def test_a_household_is_not_read_as_a_company(self):
        self.choose("household")
        firm = self.account(1)
        household = self.account(2, Odoo_External_Id__c=HOUSEHOLD)
        rows, missing = self.adapter.read_by_ids(self.accounts, [firm, household])
        self.assertEqual(([row["Id"] for row in rows], missing), ([firm], []))
        self.assertIn(":household:", self.adapter._scope(self.accounts))
        contact = self.contact(3, AccountId=household, **{"Account.Odoo_External_Id__c": HOUSEHOLD})
        [row] = self.adapter.read_by_ids(self.contacts, [contact])[0]
        incoming, errors = self.decode(self.contacts, row)
        self.assertFalse([error for error in errors if error.field == "parent"])
        self.assertIsNone(incoming.parts["main"]["parent"])
        # A load by bulk job gives flat rows: each of its private customers was said to have moved to a company.
        flat = {"Id": contact, "SystemModstamp": OLD, "Name": "Anna", "AccountId": household, ACCOUNT_KEY: HOUSEHOLD}
        self.assertIsNone(self.decode(self.contacts, flat)[0].parts["main"]["parent"])
        flat[ACCOUNT_KEY] = None
        self.assertEqual(self.decode(self.contacts, flat)[0].parts["main"]["parent"], f"Account/{household}")
        # Made households stay what they are, whatever is chosen later.
        self.choose("private")
        self.assertIn(":household:", self.adapter._scope(self.accounts))

    def test_accounts_are_read_as_before_without_households(self):
        self.adapter.read_by_ids(self.accounts, [self.account(1)])
        self.assertIsNone(self.adapter._scope(self.accounts))
