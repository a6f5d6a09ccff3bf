from psycopg2.errors import UniqueViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.inbound import intake
from ...models.links import lookups
from .declarations import DOCUMENT_OBJECT
from .entity_case import EntityCase


@tagged("post_install", "-at_install")
class TestRoles(EntityCase):
    """One record with several links, and one remote object that feeds several records."""

    def setUp(self):
        super().setUp()
        self.other = self.make_second_stream()
        self.firm("F1", name="Rossi Srl")
        self.take("Firm")
        self.document("D1", customer="F1", buyer="Bianchi Srl")

    def take_both(self):
        rows = list(self.platform.rows[DOCUMENT_OBJECT].values())
        self.take(DOCUMENT_OBJECT, rows=rows)
        intake.process(self.env, self.other, rows, self.make_run(DOCUMENT_OBJECT, "poll"))
        return self.link("D1")

    def test_two_streams_read_one_object(self):
        links = self.take_both()

        self.assertEqual(sorted(links.mapped("role")), ["customer", "document"])
        self.assertEqual(sorted(links.mapped("res_model")), ["res.partner", "sale.order"])
        self.assertEqual(set(links.mapped("is_primary")), {True})

    def test_each_stream_follows_its_own_link(self):
        self.take_both()
        order = self.env["sale.order"].search([("client_order_ref", "=", "N-D1")])
        self.later_than_odoo()
        self.document("D1", customer="F1", buyer="Verdi Srl", remarks="Call first")

        self.take_both()

        partner = self.link("D1").filtered(lambda link: link.role == "customer")
        self.assertEqual(order.origin, "Call first")
        self.assertEqual(self.env["res.partner"].browse(partner.res_id).name, "Verdi Srl")

    def test_a_deletion_that_one_stream_reports_ends_its_own_record_only(self):
        links = self.take_both()

        self.report_deletions(DOCUMENT_OBJECT, "D1")

        ended = links.filtered(lambda link: link.state == "deleted")
        self.assertEqual(ended.role, "document")

    def test_a_record_has_one_primary_link_in_each_role(self):
        partner = self.partner("F1")
        values = {
            "connection_id": self.connection.id,
            "remote_object": "Supplier",
            "external_id": "S1",
            "res_model": "res.partner",
            "res_id": partner.id,
        }
        supplier = self.env["retail.sync.link"].create(dict(values, role="supplier"))
        found = lookups.primary_links(self.env, self.connection, "res.partner", partner.ids)
        self.assertEqual(found, supplier | self.link("F1"))
        self.assertEqual(
            lookups.primary_links(self.env, self.connection, "res.partner", partner.ids, role="customer"),
            self.link("F1"),
        )
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            self.env["retail.sync.link"].create(dict(values, external_id="S2", role="supplier"))
