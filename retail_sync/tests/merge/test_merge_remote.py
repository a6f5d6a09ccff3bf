from odoo.tests import tagged

from ...models.merge import undo
from ..fake_platform import FIRM, PERSON
from ..merge_case import MergeCase


@tagged("post_install", "-at_install")
class TestMergeRemote(MergeCase):
    """The platform merged two records that are two customers here."""

    def setUp(self):
        super().setUp()
        self.winner = self.linked_firm("F2", phone="+390432222222")
        self.loser = self.linked_firm("F1", website="http://one.example")

    def merged_there(self, loser="F1", winner="F2"):
        self.platform.delete(FIRM, loser, winner=winner)
        self.poll()

    def test_a_person_is_asked_by_default(self):
        self.merged_there()
        self.assertTrue(self.loser.exists().active)
        message = self.message("F1")
        self.assertEqual((message.state, message.team, message.fault_code), ("open", "business", "REMOTE_MERGE"))
        self.assertTrue(message.asks_merge)
        self.assertIn(f"#{self.loser.id}", message.fault_message)
        self.assertNotIn("Firm", message.fault_message, "a name shows by the rights on its record")
        self.assertEqual(message.rule_id, self.env.ref("retail_sync.fault_rule_merge_remote"))
        self.assertEqual(self.link("F1").state, "attention")
        self.report_deletions(FIRM, F1="F2")
        again = self.env["retail.sync.message"].search([("external_id", "=", "F1"), ("state", "=", "open")])
        self.assertEqual(again, message, "it is asked once, and stays with whom it was given to")

    def test_the_answer_merges_and_can_be_undone(self):
        steward = self.make_user("steward", "group_steward")
        person = self.linked_person("P1", firm="F1")
        self.merged_there()
        message = self.message("F1")
        message.with_user(steward).action_merge_here()
        self.refresh()
        self.assertEqual((message.state, message.resolved_by), ("done", steward))
        self.assertFalse(self.loser.exists())
        link = self.link("F1")
        self.assertEqual((link.res_id, link.is_primary, link.state), (self.winner.id, False, "merged"))
        self.assertTrue(link.deleted_at)
        self.assertEqual((self.winner.website, person.parent_id), ("http://one.example", self.winner))
        merge = self.env["retail.sync.merge"].search([], limit=1)
        self.assertEqual((merge.source, merge.connection_id, merge.user_id), ("platform", self.connection, steward))
        self.assertEqual(merge.line_ids.external_id, "F1")
        self.send()
        self.assertEqual(self.remote("F2")["website"], "http://one.example")
        _possible, lines = undo.outlook(self.env, merge)
        self.assertTrue([line for line in lines if "F1" in line and "Odoo cannot undo that" in line])
        self.undo(merge)
        self.assertTrue(self.loser.exists())
        self.assertEqual((self.partner("F1"), person.parent_id), (self.winner, self.loser))
        self.assertIn("F1 stays a secondary link", merge.undo_report)
        self.send()
        [created] = [row for row in self.platform.rows[FIRM].values() if row["id"] not in ("F1", "F2")]
        self.assertEqual((created["name"], created["website"]), ("Firm F1", "http://one.example"))
        self.assertFalse(self.remote("F2")["website"])

    def test_marked_as_different_customers(self):
        self.merged_there()
        message = self.message("F1")
        message.action_mark_non_match()
        self.assertEqual(message.state, "done")
        self.assertTrue(self.loser.active)
        self.assertEqual((self.partner("F1"), self.link("F1").is_primary), (self.winner, False))
        self.merged_there_again()
        self.assertFalse(self.message("F1").filtered(lambda message: message.state == "open"))
        self.send()
        [created] = [row for row in self.platform.rows[FIRM].values() if row["id"] not in ("F1", "F2")]
        self.assertEqual((created["name"], self.partner(created["id"])), ("Firm F1", self.loser))

    def merged_there_again(self):
        self.report_deletions(FIRM, F1="F2")

    def test_followed_at_once_where_the_connection_says_so(self):
        self.connection.remote_merge_handling = "merge"
        self.merged_there()
        self.refresh()
        self.assertFalse(self.loser.exists())
        self.assertEqual(self.partner("F1"), self.winner)
        merge = self.env["retail.sync.merge"].search([], limit=1)
        self.assertEqual((merge.source, merge.state), ("platform", "done"))
        self.assertFalse(self.message("F1").filtered("is_exception"))
        self.undo(merge)
        self.assertTrue(self.loser.exists())

    def test_what_odoo_refuses_is_asked_about(self):
        self.connection.remote_merge_handling = "merge"
        for name, partner in (("first", self.winner), ("second", self.loser)):
            self.env["res.users"].with_context(no_reset_password=True).create(
                {
                    "login": f"{name}.portal",
                    "partner_id": partner.id,
                    "group_ids": [(6, 0, [self.env.ref("base.group_portal").id])],
                }
            )
        self.merged_there()
        message = self.message("F1")
        self.assertEqual(message.fault_code, "REMOTE_MERGE")
        self.assertIn("more than one user", message.fault_message)
        self.assertTrue(self.loser.exists())
        self.assertTrue(self.link("F1").is_primary)

    def test_merged_by_hand_meanwhile(self):
        self.merged_there()
        message = self.message("F1")
        self.wizard_merge(self.winner, self.loser)
        self.assertEqual(message.state, "superseded")
        self.assertEqual((self.partner("F1"), self.link("F1").is_primary), (self.winner, False))

    def test_a_chain_of_merges_ends_at_the_last_winner(self):
        self.connection.remote_merge_handling = "merge"
        last = self.linked_firm("F3")
        self.merged_there("F1", "F2")
        self.merged_there("F2", "F3")
        self.refresh()
        self.assertEqual([self.partner(key) for key in ("F1", "F2", "F3")], [last] * 3)
        self.assertEqual(self.env["retail.sync.merge"].search_count([]), 2)

    def test_found_out_by_a_delivery_to_the_loser_itself(self):
        """The delivery holds the customer that it is to be merged away from: it must end first."""
        self.connection.remote_merge_handling = "merge"
        self.loser.phone = "+390432555555"
        self.platform.delete(FIRM, "F1", winner="F2")
        self.send()
        self.refresh()
        self.assertFalse(self.loser.exists())
        self.assertEqual(self.partner("F1"), self.winner)
        self.assertFalse(self.outbox("pending", "sending", "open"))
        self.assertEqual(self.remote("F2")["phone"], "+390432222222")

    def test_contacts_too(self):
        self.connection.remote_merge_handling = "merge"
        kept, lost = self.linked_person("P1"), self.linked_person("P2", title="Buyer")
        self.platform.delete(PERSON, "P2", winner="P1")
        self.poll()
        self.refresh()
        self.assertFalse(lost.exists())
        self.assertEqual(kept.function, "Buyer")

    def test_answers_are_for_stewards(self):
        self.merged_there()
        operator = self.make_user("operator", "group_operator")
        for answer in ("action_merge_here", "action_mark_non_match"):
            with self.assertRaisesRegex(Exception, "data steward"):
                getattr(self.message("F1").with_user(operator), answer)()

    def test_no_answer_to_what_was_not_asked(self):
        self.firm("F2", name="")
        self.take(FIRM)
        with self.assertRaisesRegex(Exception, "is closed"):
            self.message("F2").action_merge_here()
