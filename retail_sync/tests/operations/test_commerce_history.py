from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..commerce_case import CommerceCase


@tagged("post_install", "-at_install")
class TestCommerceHistory(CommerceCase):
    """A shop that has sold for long goes live: what is open or recent is sent, by real documents."""

    entities = ("order", "shipment", "invoice")

    def setUp(self):
        super().setUp()
        shirt = self.make_product()
        self.old, self.open, self.recent = (self.make_order([(shirt, 2)]) for _number in range(3))
        self.ship(self.old)
        self.old_invoice = self.invoice(self.old)
        self.pay(self.old_invoice)
        self.ship(self.recent)
        self.quotation = self.make_order([(shirt, 1)], confirm=False)
        self.env.flush_all()
        long_ago = fields.Datetime.now() - timedelta(days=400)
        documents = [self.old, self.open, self.quotation, self.old.picking_ids, self.open.picking_ids, self.old_invoice]
        for record in documents:
            columns = {"sale.order": "date_order", "stock.picking": "scheduled_date", "account.move": "invoice_date"}
            self.env.cr.execute(
                f"UPDATE {record._table} SET create_date = %s, {columns[record._name]} = %s WHERE id = ANY(%s)",
                [long_ago, long_ago, record.ids],
            )
        for record in (self.recent, self.recent.picking_ids):
            self.env.cr.execute(
                f"UPDATE {record._table} SET create_date = create_date - interval '1 day' WHERE id = ANY(%s)",
                [record.ids],
            )
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.env.invalidate_all()
        for number, stream in enumerate(self.streams.values()):
            stream.write({"direction": "in", "sequence": 50 + number, "planned_direction": "out"})
            stream.sudo().write({"state": "draft", "live_at": False})
            stream.write({"history": "open_since", "history_from": fields.Date.today() - timedelta(days=30)})
        self.env["retail.sync.off.period"].search([]).unlink()
        self.env["queue.job"].search([]).unlink()

    def counted(self):
        self.connection.count_history()
        return {stream.entity: stream.history_count for stream in self.connection.published_stream_ids}

    def test_open_and_recent_documents_are_counted_and_sent_in_order(self):
        counted = self.counted()
        self.assertEqual((counted["order"], counted["shipment"], counted["invoice"]), (2, 2, 0))
        self.connection.go_live()
        self.run_jobs()
        self.assertTrue(self.row_of(self.open) and self.row_of(self.recent))
        self.assertTrue(self.row_of(self.open.picking_ids) and self.row_of(self.recent.picking_ids))
        self.assertFalse(self.row_of(self.old) or self.row_of(self.old.picking_ids) or self.row_of(self.old_invoice))
        runs = self.env["retail.sync.run"].search([("kind", "=", "history")], order="id")
        self.assertEqual(set(runs.mapped("state")), {"done"})
        self.assertEqual(runs.stream_id.mapped("entity"), ["order", "shipment", "invoice"])

    def test_a_refund_of_an_old_order_sends_the_order_as_a_whole(self):
        self.connection.go_live()
        self.run_jobs()
        self.assertFalse(self.row_of(self.old))
        note = self.credit(self.old_invoice)
        self.send()
        self.send()
        self.assertTrue(self.row_of(note))
        row = self.row_of(self.old)
        self.assertEqual((row["number"], row["refunded"] is not None), (self.old.name, True))

    def test_all_sends_everything_that_the_entities_are_about(self):
        for stream in self.streams.values():
            stream.history = "all"
        counted = self.counted()
        self.assertEqual((counted["order"], counted["shipment"], counted["invoice"]), (3, 3, 1))
        self.connection.go_live()
        self.run_jobs()
        self.assertTrue(self.row_of(self.old_invoice) and self.row_of(self.old))
        self.assertFalse(self.row_of(self.quotation))
