from datetime import timedelta
from unittest.mock import patch

from odoo.tests import TransactionCase
from odoo.tests.common import _super_send

from odoo.addons.retail_sync.adapter import FaultError

from ..client import transport
from ..mapping.default_lines import account_lines, contact_lines
from ..models.adapter import session as adapter_session
from .fake_org import HOST, NOW, SECRET, USER_ID, FakeOrg, stamp

OLD = stamp(NOW - timedelta(days=30))


def paths_of(lines):
    """The first alternative of each line's path, and what dotted ones need: what a plain org has of a mapping."""
    paths = {line["remote_path"].partition("|")[0] for line in lines if not line["remote_path"].startswith("=")}
    return {path for path in paths if "." not in path} | {"OwnerId", "MasterRecordId", "Odoo_External_Id__c"}


class SalesforceCase(TransactionCase):
    """A connection to a fake org whose calls go the real way through session and call guard."""

    person_accounts = False
    # Entities whose streams the test is about.
    entities = ("customer",)

    @classmethod
    def keep_streams(cls):
        """Leave out the streams that the test is not about."""
        streams = cls.connection.with_context(active_test=False).stream_ids
        streams.filtered(lambda stream: stream.entity not in cls.entities).unlink()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        account, contact = account_lines("billing"), contact_lines()
        if not cls.person_accounts:
            account = [line for line in account if line["sf_applies_to"] != "person"]
        flags = {"IsPersonAccount", "PersonContactId"} if cls.person_accounts else set()
        cls.fields = {
            "Account": paths_of(account) | {"BillingCountry", "ShippingCountry", "BillingState"} | flags,
            "Contact": paths_of(contact) | {"MailingCountry"} | (flags & {"IsPersonAccount"}),
            "User": {"Email", "Username", "Name", "IsActive", "UserType"},
        }
        cls.connection = cls.env["retail.sync.connection"].create(
            {
                "name": "Acme",
                "code": "acme_test",
                "system": "salesforce",
                "environment": "sandbox",
                "base_url": HOST,
                "client_id": "key",
                "client_secret": SECRET,
                "sf_private_customers": "private",
                "default_country_id": cls.env.ref("base.it").id,
            }
        )
        cls.keep_streams()
        # Streams only read until an administrator agrees to more.
        cls.connection.go_live()
        customers = cls.connection.stream_ids.filtered(lambda stream: stream.entity == "customer")
        cls.accounts, cls.contacts = customers.sorted("sequence")
        cls.adapter = cls.connection._adapter()

    def setUp(self):
        super().setUp()
        self.org = self.make_org()
        self.org.rows["User"] = [{"Id": USER_ID, "SystemModstamp": OLD, "Username": "integration@acme.example"}]

        def new_http(*args, **kwargs):
            session = transport.new_http(*args, **kwargs)
            session.mount("https://", self.org)
            return session

        self.enterContext(patch.object(adapter_session, "new_http", new_http))
        self.enterContext(self.enter_registry_test_mode())

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        # Calls to the fake org reach no network: its adapter answers them.
        if r.url.startswith(HOST):
            return _super_send(s, r, **kw)
        return super()._request_handler(s, r, **kw)

    def make_org(self):
        return FakeOrg(self.fields)

    def account(self, number, modstamp=OLD, **values):
        """Add an account to the org; return its id."""
        return self._add("Account", f"0015g00000A{number:04d}", modstamp, {"Name": f"Firm {number}", **values})

    def contact(self, number, modstamp=OLD, **values):
        """Add a contact to the org; return its id."""
        return self._add("Contact", f"0035g00000A{number:04d}", modstamp, {"Name": f"Person {number}", **values})

    def _add(self, name, id15, modstamp, values):
        record_id = self.adapter.normalise_id(id15)
        self.org.rows[name].append({"Id": record_id, "SystemModstamp": modstamp, **values})
        return record_id

    def fault(self, call, *args):
        """Return the FaultError that a call raises. assertRaises would roll back what the call guard noted."""
        try:
            call(*args)
        except FaultError as fault:
            return fault
        return self.fail("no FaultError was raised")

    def decode(self, stream, row):
        """Return (incoming, errors) as the engine gets them."""
        return self.adapter.decode(stream, stream._decoder(), row, self.adapter.decode_options(stream))
