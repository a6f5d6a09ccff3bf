from odoo.tests import tagged

from .journal_case import JournalCase


@tagged("post_install", "-at_install")
class TestJournalCost(JournalCase):
    """What an order costs while the journal is kept: rows that the triggers write."""

    def rows(self, work):
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM retail_sync_change")
        work()
        self.env.flush_all()
        self.env.cr.execute("SELECT model, count(*) FROM retail_sync_change GROUP BY model")
        return dict(self.env.cr.fetchall())

    def test_an_order_of_four_lines_writes_few_rows(self):
        lines = [(self.goods(f"ITEM{number}", 5), 1) for number in range(4)]
        order = self.order(*lines)
        self.made_before(order)
        confirming = self.rows(order.action_confirm)
        shipping = self.rows(lambda: self.ship(order))
        # Of each of the four moves: that it is there, and that it is reserved; the order itself, and its transfer.
        self.assertLessEqual(confirming.get("sale.order"), 12, confirming)
        self.assertLessEqual(shipping.get("sale.order"), 12, shipping)

    def test_the_journal_has_no_triggers_beside_those_of_the_streams(self):
        keeper = self.env["retail.sync.milestone.keeper"]
        declared = {
            source
            for entity in self.env["retail.sync.entity"]._all().values()
            if entity._res_model == "sale.order"
            for source in entity._change_sources()
        }
        if declared & set(keeper._order_sources()):
            self.assertEqual(set(keeper._order_sources()) - declared, set())
