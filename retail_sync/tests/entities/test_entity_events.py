from odoo.tests import tagged

from ..inbox_case import InboxCase
from .declarations import DOCUMENT_OBJECT, PRODUCT_OBJECT
from .entity_case import EntityCase


@tagged("post_install", "-at_install")
class TestEntityEvents(EntityCase, InboxCase):
    """Events about other records than customers."""

    def test_an_event_brings_the_document_it_is_about(self):
        self.firm("F1", name="Rossi Srl")
        self.take("Firm")
        self.document("D1", customer="F1")
        self.tell(DOCUMENT_OBJECT, "D1")

        self.run_events()

        self.assertEqual(self.linked("D1", DOCUMENT_OBJECT).client_order_ref, "N-D1")

    def test_events_about_what_odoo_alone_writes_are_ignored(self):
        self.product("P1")
        self.tell(PRODUCT_OBJECT, "P1")

        self.assertEqual(self.events(external_id="P1").state, "ignored")

    def test_each_stream_of_an_object_gets_an_event(self):
        other = self.make_second_stream()
        self.tell(DOCUMENT_OBJECT, "D1")

        self.assertEqual(self.events(external_id="D1").stream_id, self.document_stream | other)
