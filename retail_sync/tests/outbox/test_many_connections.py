from unittest.mock import patch

from odoo.tests import tagged

from ..fake_platform import FIRM
from ..outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestManyConnections(OutboundCase):
    """A change asks the streams that know its record; the others cost one query together."""

    def more_connections(self, count):
        """Connect further accounts of the platform, which know no customer and create none."""
        made = self.connection.browse()
        for number in range(count):
            connection = self.make_connection(name=f"Shop {number}", code=f"shop{count}of{number}")
            connection.stream_ids.map_ids.write({"direction": "both"})
            connection.stream_ids.write({"direction": "both", "export_policy": "never", "state": "live"})
            connection.state = "running"
            made |= connection
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM retail_sync_change")
        return made

    def statements(self, partner, phone):
        partner.phone = phone
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.route()
        return self.cr.sql_log_count - before

    def test_connections_that_do_not_know_a_record_cost_no_queries(self):
        """60 connections made 644 queries of each routing."""
        partner = self.linked_firm()
        self.more_connections(2)
        self.statements(partner, "+390432100000")
        few = self.statements(partner, "+390432200000")
        self.more_connections(6)
        self.statements(partner, "+390432300000")
        many = self.statements(partner, "+390432400000")
        self.assertLessEqual(many, few)
        self.assertEqual(self.outbox("pending").stream_id, self.firms)

    def test_a_connection_that_would_create_the_record_is_asked(self):
        shops = self.more_connections(2)
        shops[0].stream_ids.write({"export_policy": "always"})
        partner = self.env["res.partner"].create({"name": "New", "is_company": True})
        self.connection.stream_ids.write({"export_policy": "never"})
        self.route()
        message = self.outbox("pending")
        self.assertEqual((message.res_id, message.connection_id), (partner.id, shops[0]))

    def test_a_connection_that_knows_only_a_contact_hears_of_its_company(self):
        partner = self.linked_firm()
        shop = self.more_connections(1)
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": partner.id})
        self.made_before()
        entity = self.firms._entity()
        streams = self.connection.stream_ids | shop.stream_ids
        streams = streams.filtered(lambda stream: stream.remote_object == FIRM)
        self.assertEqual(entity._concerned(streams, {partner.id}).connection_id, self.connection)
        self.env["retail.sync.link"].sudo().create(
            {
                "connection_id": shop.id,
                "stream_id": shop.stream_ids[0].id,
                "remote_object": shop.stream_ids[0].remote_object,
                "external_id": "C1",
                "res_model": "res.partner",
                "res_id": contact.id,
            }
        )
        self.assertEqual(entity._concerned(streams, {partner.id}).connection_id, self.connection | shop)

    def test_what_waits_for_a_record_is_released_on_connections_that_do_not_know_it(self):
        partner = self.linked_firm()
        shop = self.more_connections(1)
        waiting = self.env["retail.sync.message"].create(
            {
                "connection_id": shop.id,
                "stream_id": shop.stream_ids[0].id,
                "kind": "delivery",
                "res_model": "res.partner",
                "res_id": 7,
                "state": "parked",
                "waits_for": f"res.partner/{partner.id}",
            }
        )
        self.statements(partner, "+390432100000")
        self.assertEqual(waiting.state, "pending")

    def test_a_record_that_cannot_be_judged_is_routed_as_if_all_were_concerned(self):
        partner = self.linked_firm()
        self.more_connections(1)
        entity = type(self.firms._entity())
        with patch.object(entity, "_near", side_effect=ValueError("odd")), self.assertLogs(level="WARNING"):
            self.statements(partner, "+390432100000")
        self.assertEqual(self.outbox("pending").stream_id, self.firms)
