from odoo.tests import tagged

from ..fake_platform import FIRM
from .test_comparison import ComparisonCase


@tagged("post_install", "-at_install")
class TestOffPeriods(ComparisonCase):
    """What was edited while a connection, a stream or a mapping line was off is found when it is on again."""

    def come_to_rest(self):
        self.run_jobs()
        self.send()
        self.poll()
        self.env.invalidate_all()

    def edit_while_off(self, off, on):
        """Edit a customer between off() and on(); return its difference."""
        self.firms_in_sync(2)
        off()
        self.env.cr.execute("UPDATE res_partner SET write_date = now() - interval '1 day'")
        self.partner("F001").phone = "+390432666666"
        self.env.flush_all()
        self.env.cr.execute("UPDATE retail_sync_off_period SET since = since - interval '1 hour'")
        self.env.invalidate_all()
        self.route()
        self.assertFalse(self.outbox("pending"))
        on()
        self.come_to_rest()
        self.assertEqual(self.remote("F001")["phone"], "+390432666666")
        return self.difference("F001")

    def test_a_mapping_line(self):
        line = self.firms.map_ids.filtered(lambda line: line.canonical_field == "phone")
        found = self.edit_while_off(lambda: line.write({"active": False}), lambda: line.write({"active": True}))
        self.assertEqual((found.cause, found.off_name, found.state), ("off", "phone", "repairing"))
        self.assertIn("mapping of Phone was off", found.explanation)

    def test_a_stream_that_only_read(self):
        """Whoever agreed to writing again has all linked records read and sent: no comparison is needed for it."""
        self.edit_while_off(
            lambda: self.firms.write({"direction": "in"}), lambda: self.firms.write({"direction": "both"})
        )

    def test_a_part_of_the_period_explains_the_difference(self):
        self.firms_in_sync(1)
        self.firms.active = False
        self.by_sql("F000", phone="+390432666666")
        self.env.cr.execute("UPDATE res_partner SET write_date = now()")
        self.env.cr.execute("UPDATE retail_sync_off_period SET since = since - interval '1 hour'")
        self.env.invalidate_all()
        self.firms.active = True
        self.come_to_rest()
        found = self.difference("F000")
        self.assertEqual((found.cause, found.off_name), ("off", False))
        self.assertIn("stream was off", found.explanation)

    def test_an_archived_stream(self):
        self.edit_while_off(lambda: self.firms.write({"active": False}), lambda: self.firms.write({"active": True}))

    def test_an_archived_connection(self):
        self.edit_while_off(
            lambda: self.connection.write({"active": False}), lambda: self.connection.write({"active": True})
        )

    def test_a_customer_made_while_the_stream_was_off(self):
        self.firms_in_sync(1)
        self.firms.direction = "in"
        self.env["res.partner"].create({"name": "Made meanwhile", "is_company": True})
        self.made_before()
        self.firms.direction = "both"
        self.come_to_rest()
        self.assertIn("Made meanwhile", [row["name"] for row in self.platform.rows[FIRM].values()])

    def test_a_first_activation_sends_nothing(self):
        """Only what was on before is repaired without a preview."""
        self.firms.direction = "in"
        self.env["retail.sync.off.period"].search([]).unlink()
        self.firm("F1", phone="+390432111111")
        self.take(FIRM)
        self.by_sql("F1", phone="+390432999999")
        self.firms.direction = "both"
        self.assertFalse(self.env["retail.sync.comparison"].search([]))
