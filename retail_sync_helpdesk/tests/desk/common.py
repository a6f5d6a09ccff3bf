from unittest.mock import patch

from odoo.tests import TransactionCase
from odoo.tests.common import _super_send

from odoo.addons.retail_sync.adapter import FaultError, OutboundRecord

from ...client.transport import Transport
from ...models.desk import adapter as desk_adapter
from .fake_freshdesk import FRESHDESK_HOST, FakeFreshdesk
from .fake_zendesk import HOST, SECRET, FakeZendesk

API_KEY = "the-api-key-that-must-not-show"


class DeskCase(TransactionCase):
    """A connection to a fake account whose calls go the real way through session and call guard."""

    system = "zendesk"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {
            "zendesk": {"base_url": HOST, "client_id": "odoo_sync", "client_secret": SECRET},
            "freshdesk": {"base_url": FRESHDESK_HOST, "desk_token": API_KEY, "desk_ticket_key": "cf_odoo_id"},
        }[cls.system]
        cls.connection = cls.env["retail.sync.connection"].create(
            {
                "name": "Acme desk",
                "code": "acme_desk_test",
                "system": cls.system,
                "environment": "sandbox",
                "default_country_id": cls.env.ref("base.it").id,
                **values,
            }
        )
        # Streams only read until an administrator agrees to more.
        cls.connection.go_live()
        streams = cls.connection.stream_ids
        cls.people = streams.filtered(lambda stream: stream.remote_object == "user")
        cls.organizations = streams.filtered(lambda stream: stream.remote_object == "organization")
        cls.tickets = streams.filtered(lambda stream: stream.remote_object == "ticket")
        cls.comments = streams.filtered(lambda stream: stream.remote_object == "comment")
        cls.adapter = cls.connection._adapter()

    def setUp(self):
        super().setUp()
        self.desk = FakeZendesk() if self.system == "zendesk" else FakeFreshdesk(API_KEY)

        def new_transport(*args, **options):
            return Transport(*args, **{**options, "adapter": self.desk})

        self.enterContext(patch.object(desk_adapter, "new_transport", new_transport))
        self.enterContext(self.enter_registry_test_mode())

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        # Calls to the fake account reach no network: its adapter answers them.
        if r.url.startswith((HOST, FRESHDESK_HOST)):
            return _super_send(s, r, **kw)
        return super()._request_handler(s, r, **kw)

    def fault(self, call, *args):
        """Return the FaultError that a call raises. assertRaises would roll back what the call guard noted."""
        try:
            call(*args)
        except FaultError as fault:
            return fault
        return self.fail("no FaultError was raised")

    def out(self, stream, number, external_id=None, parts=None, remote=None, **main):
        """Return the EncodedRecord of a record with these values."""
        key = f"{self.adapter._database_prefix()}:{stream._entity()._res_model}:{number}"
        record = OutboundRecord(key, number, external_id, parts or {"main": main}, None, ack=True, remote=remote)
        [outgoing] = self.adapter.encode(stream, [record])
        return outgoing
