from odoo.tests import TransactionCase, tagged

from ...runtime import actions
from ...runtime.sql import execute_values, index_scans


@tagged("post_install", "-at_install")
class TestSqlAndActions(TransactionCase):
    """Helpers that exist once: statements on many rows, plans with indexes, actions of buttons."""

    def scans(self):
        self.env.cr.execute("SHOW enable_seqscan")
        return self.env.cr.fetchone()[0]

    def test_all_pages_of_returned_rows_come_back(self):
        self.env.cr.execute("CREATE TEMPORARY TABLE retail_sync_numbers (number int, name text)")
        rows = [(number, f"No. {number}") for number in range(5)]
        query = "INSERT INTO retail_sync_numbers (number, name) VALUES %s RETURNING number"
        self.assertEqual(execute_values(self.env, query, rows, page_size=2), [(number,) for number in range(5)])
        self.assertEqual(execute_values(self.env, query, []), [])

    def test_a_statement_that_returns_nothing_gives_an_empty_list(self):
        self.env.cr.execute("CREATE TEMPORARY TABLE retail_sync_numbers (number int, twice int)")
        query = "INSERT INTO retail_sync_numbers (number, twice) VALUES %s"
        self.assertEqual(execute_values(self.env, query, [(1,), (2,)], template="(%s, 0)"), [])
        self.env.cr.execute("SELECT COUNT(*) FROM retail_sync_numbers")
        self.assertEqual(self.env.cr.fetchone(), (2,))

    def test_indexes_are_preferred_in_the_block_only(self):
        with index_scans(self.env):
            self.assertEqual(self.scans(), "off")
        self.assertEqual(self.scans(), "on")

    def test_an_error_in_the_block_leaves_the_transaction_usable(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint(), index_scans(self.env):
            raise ZeroDivisionError
        self.assertEqual(self.scans(), "on")

    def test_a_dialog_shows_a_record_or_a_new_one(self):
        partner = self.env.user.partner_id
        action = actions.dialog("Title", partner, dialog_size="extra-large")
        self.assertEqual((action["res_id"], action["target"], action["name"]), (partner.id, "new", "Title"))
        self.assertEqual(action["context"], {"dialog_size": "extra-large"})
        action = actions.dialog("Title", partner.browse(), self.env.ref("base.view_partner_form"))
        self.assertNotIn("res_id", action)
        self.assertEqual(action["views"], [[self.env.ref("base.view_partner_form").id, "form"]])

    def test_a_list_keeps_the_domain_of_its_action_unless_another_is_given(self):
        stored = self.env["ir.actions.act_window"]._for_xml_id("retail_sync.action_exception")
        self.assertEqual(actions.list_of(self.env, "retail_sync.action_exception")["domain"], stored["domain"])
        self.assertEqual(actions.list_of(self.env, "retail_sync.action_exception", [])["domain"], [])
