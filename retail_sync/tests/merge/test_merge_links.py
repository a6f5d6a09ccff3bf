from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.outbox import facts
from ..fake_platform import FIRM, PERSON
from ..merge_case import MergeCase


@tagged("post_install", "-at_install")
class TestMergeLinks(MergeCase):
    """What a merge does to links and messages, and what it makes the platforms hear of."""

    def written(self):
        """Return {external id: fields} of what the platform was given."""
        found = {}
        for external_id, values in self.platform.writes:
            found.setdefault(external_id, {}).update(values)
        return found

    def test_the_second_record_of_one_connection_becomes_a_second_id(self):
        kept, lost = self.linked_firm("F1", phone="+390432111111"), self.linked_firm("F2", website="http://two.example")
        merge = self.merge(kept, lost)
        link = self.link("F2")
        self.assertEqual((link.res_id, link.is_primary, link.state), (kept.id, False, "merged"))
        self.assertTrue(self.link("F1").is_primary)
        self.send()
        self.assertEqual(self.written(), {"F1": {"website": "http://two.example"}})
        self.assertIn("F2", self.platform.rows[FIRM], "a merge here deletes nothing there")
        self.assertNotIn("delete_remote", self.platform.calls)
        self.platform.writes.clear()
        self.undo(merge)
        self.assertEqual(self.partner("F2"), lost)
        self.assertTrue(self.link("F2").is_primary)
        self.assertEqual(self.link("F2").state, "in_sync")
        self.send()
        self.assertFalse(self.remote("F1")["website"])
        self.assertEqual(self.remote("F2")["website"], "http://two.example")
        self.assertEqual(self.written().keys(), {"F1"})

    def test_facts_of_a_loser_are_sent_as_the_survivors(self):
        """A fact that a merge closed would hold back all later facts of its record."""
        kept, lost = self.linked_firm("F1"), self.linked_firm("F2")
        self.patch(self.registry["retail.sync.entity.customer"], "_sends_facts", lambda model: True)
        facts.record(self.env(su=True), self.firms, lost, "order/1", {}, fields.Datetime.now())
        self.merge(kept, lost)
        fact = self.env["retail.sync.message"].search([("fact_key", "=", "order/1")])
        self.assertEqual((fact.res_id, fact.state), (kept.id, "pending"))

    def test_deleted_records_of_odoo_stay_although_the_stream_deletes(self):
        """The losers' deletion in Odoo must not be taken for that of a customer."""
        self.firms.unlink_policy = "delete"
        kept, lost = self.linked_firm("F1"), self.linked_firm("F2")
        self.wizard_merge(kept, lost)
        self.send()
        self.assertEqual(self.platform.rows[FIRM].keys(), {"F1", "F2"})
        self.assertNotEqual(self.link("F2").state, "excluded")

    def test_the_only_link_becomes_the_survivors_own(self):
        lost = self.linked_firm("F1", phone="+390432111111")
        kept = self.customer("Kept Srl", is_company=True, email="kept@example.com")
        self.made_before()
        merge = self.merge(kept, lost)
        link = self.link("F1")
        self.assertEqual((link.res_id, link.is_primary, link.state), (kept.id, True, "in_sync"))
        self.send()
        remote = self.remote("F1")
        self.assertEqual((remote["name"], remote["email"]), ("Kept Srl", "kept@example.com"))
        self.assertEqual(remote["phone"], "+390432111111")
        self.assertTrue(remote["odoo_id"].endswith(f":{kept.id}"), "the record carries the survivor's id")
        self.assertEqual(self.platform.rows[FIRM].keys(), {"F1"})
        self.firms.export_policy = "never"
        self.undo(merge)
        self.send()
        self.assertEqual(self.remote("F1")["name"], "Firm F1")
        self.assertTrue(self.remote("F1")["odoo_id"].endswith(f":{lost.id}"))
        self.assertEqual(self.partner("F1"), lost)

    def test_a_merge_that_changes_nothing_sends_nothing(self):
        kept, lost = self.linked_firm("F1"), self.linked_firm("F2")
        self.merge(kept, lost)
        self.send()
        self.assertFalse(self.platform.writes)

    def test_other_connections_keep_theirs(self):
        kept, lost = self.linked_firm("F1"), self.linked_firm("F2")
        other = self.make_connection(name="Other shop")
        link = self.env["retail.sync.link"].create(
            {
                "connection_id": other.id,
                "remote_object": FIRM,
                "external_id": "X1",
                "res_model": "res.partner",
                "res_id": lost.id,
            }
        )
        merge = self.merge(kept, lost)
        self.assertEqual((link.res_id, link.is_primary), (kept.id, True))
        self.undo(merge)
        self.assertEqual((link.res_id, link.is_primary), (lost.id, True))

    def test_second_ids_of_a_loser_follow_through_every_merge_and_back(self):
        first, second, third = (self.linked_firm(key) for key in ("F1", "F2", "F3"))
        before = self.picture("retail_sync_link", "res_partner")
        merge_into_second = self.merge(second, first)
        merge_into_third = self.merge(third, second)
        for key in ("F1", "F2", "F3"):
            self.assertEqual((self.partner(key), self.link(key).is_primary), (third, key == "F3"))
        self.undo(merge_into_third)
        self.assertEqual([self.partner(key) for key in ("F1", "F2", "F3")], [second, second, third])
        self.undo(merge_into_second)
        self.assertEqual([self.partner(key) for key in ("F1", "F2", "F3")], [first, second, third])
        self.assertAsBefore(before, "res_partner")
        self.assertTrue(all(self.link(key).is_primary for key in ("F1", "F2", "F3")))

    def test_a_living_record_counts_more_than_a_deleted_one(self):
        kept, lost = self.linked_firm("F1"), self.linked_firm("F2")
        self.link("F1").state = "deleted"
        merge = self.merge(kept, lost)
        self.assertEqual((self.link("F1").is_primary, self.link("F2").is_primary), (False, True))
        self.assertEqual((self.partner("F2"), self.link("F1").state), (kept, "deleted"))
        self.undo(merge)
        self.assertEqual((self.partner("F1"), self.partner("F2")), (kept, lost))
        self.assertTrue(self.link("F1").is_primary and self.link("F2").is_primary)

    def test_contacts_stay_where_the_platform_decides_whose_they_are(self):
        kept, lost = self.linked_firm("F1"), self.linked_firm("F2")
        person = self.linked_person("P1", firm="F2")
        self.merge(kept, lost)
        self.send()
        self.assertFalse(self.platform.writes)
        self.person("P1", title="Buyer")
        self.take(PERSON)
        self.assertEqual((person.parent_id, person.function), (kept, "Buyer"), "the second id means the survivor")

    def test_contacts_of_the_loser_are_reported_under_the_survivor(self):
        self.ownership_rule("parent", "odoo")
        kept, lost = self.linked_firm("F1"), self.linked_firm("F2")
        self.linked_person("P1", firm="F2")
        merge = self.merge(kept, lost)
        self.send()
        self.assertEqual(self.remote("P1", PERSON)["firm"], "F1")
        self.undo(merge)
        self.send()
        self.assertEqual(self.remote("P1", PERSON)["firm"], "F2")

    def test_addresses_of_the_second_record_write_no_more(self):
        kept, lost = self.linked_firm("F1"), self.linked_firm("F2", ship_city="Asti", ship_street="Via Po 1")
        dock = self.link("F2", "delivery")
        self.assertTrue(dock.is_primary)
        merge = self.merge(kept, lost)
        self.assertEqual((dock.is_primary, dock.state), (False, "merged"))
        self.firm("F2", ship_city="Alba")
        self.take(FIRM)
        self.assertEqual(self.env["res.partner"].browse(dock.res_id).city, "Asti")
        self.undo(merge)
        self.assertEqual((dock.is_primary, dock.state), (True, "in_sync"))

    # -- messages

    def test_what_was_to_be_sent_for_the_loser_goes_with_the_survivor(self):
        kept, lost = self.linked_firm("F1"), self.linked_firm("F2")
        lost.phone = "+390432999999"
        self.route()
        message = self.outbox("pending")
        self.merge(kept, lost)
        self.assertEqual((message.state, message.resolution), ("superseded", f"Merged into #{kept.id}"))
        self.send()
        self.assertEqual(self.remote("F1")["phone"], "+390432999999")
        self.assertFalse(self.remote("F2").get("phone"))

    def test_a_merge_waits_while_the_loser_is_being_sent(self):
        kept, lost = self.linked_firm("F1"), self.linked_firm("F2")
        lost.phone = "+390432999999"
        self.route()
        message = self.outbox("pending")
        message.write({"state": "sending", "claim": "job"})
        self.env.flush_all()
        with self.assertRaisesRegex(UserError, "being sent"):
            self.merge(kept, lost)
        self.assertTrue(lost.exists() and self.partner("F2") == lost)
        message.write({"state": "done"})
        self.merge(kept, lost)
        self.assertFalse(lost.exists())

    def test_reviews_about_the_secondary_record_close(self):
        kept, lost = self.linked_firm("F1"), self.linked_firm("F2")
        self.firm("F2", name="")
        self.take(FIRM)
        message = self.message("F2")
        self.assertEqual((message.state, message.res_id), ("open", lost.id))
        self.merge(kept, lost)
        self.assertEqual(message.state, "superseded")

    def test_reviews_about_the_only_record_stay_and_move(self):
        lost = self.linked_firm("F1")
        kept = self.customer("Kept")
        self.firm("F1", name="")
        self.take(FIRM)
        message = self.message("F1")
        merge = self.merge(kept, lost)
        self.assertEqual((message.state, message.res_id), ("open", kept.id))
        self.undo(merge)
        self.assertEqual((message.state, message.res_id), ("open", lost.id))

    def test_a_review_that_names_both_names_the_survivor_once(self):
        kept, lost = self.linked_firm("F1"), self.linked_firm("F2")
        message = self.env["retail.sync.message"].create(
            {
                "connection_id": self.connection.id,
                "stream_id": self.firms.id,
                "kind": "review",
                "external_id": "F9",
                "state": "review",
                "candidates": [{"id": kept.id, "name": "K"}, {"id": lost.id, "name": "L"}],
            }
        )
        self.merge(kept, lost)
        self.assertEqual([candidate["id"] for candidate in message.candidates], [kept.id])

    def test_what_waits_for_the_loser_waits_for_the_survivor(self):
        kept, lost = self.customer("Kept"), self.customer("Lost")
        message = self.env["retail.sync.message"].create(
            {
                "connection_id": self.connection.id,
                "stream_id": self.persons.id,
                "kind": "delivery",
                "res_model": "res.partner",
                "res_id": self.customer("Child").id,
                "state": "parked",
                "waits_for": f"res.partner/{lost.id}",
            }
        )
        self.merge(kept, lost)
        self.assertEqual(message.waits_for, f"res.partner/{kept.id}")

    # -- the loser's record on the platform

    def test_people_are_asked_to_merge_the_records_there(self):
        self.connection.odoo_merge_handling = "task"
        kept, lost = self.linked_firm("F1"), self.linked_firm("F2")
        merge = self.merge(kept, lost)
        task = self.merge_task("F2")
        self.assertEqual((task.state, task.team, task.partner_id), ("open", "business", kept))
        self.assertIn("F1 (https://platform.example.com/Firm/F1)", task.fault_message)
        self.assertTrue(task.url.endswith("/Firm/F2"))
        self.assertEqual(task.rule_id, self.env.ref("retail_sync.fault_rule_merge_two_records"))
        task.action_retry()
        self.run_jobs()
        self.assertEqual(task.state, "open", "looking again does not close what is not done")
        self.firm("F2", phone="+390432888888")
        self.take(FIRM)
        self.assertEqual(task.state, "open", "an edit of the second record does not close it either")
        self.platform.delete(FIRM, "F2", winner="F1")
        self.poll()
        self.assertEqual(task.state, "done")
        self.assertEqual(self.partner("F2"), kept)
        self.assertEqual(merge.state, "done")

    def test_an_undo_closes_the_task(self):
        self.connection.odoo_merge_handling = "task"
        merge = self.merge(self.linked_firm("F1"), self.linked_firm("F2"))
        self.undo(merge)
        self.assertEqual(self.merge_task("F2").resolution, "The merge was undone")

    def test_the_second_record_is_marked_where_the_platform_can(self):
        self.connection.odoo_merge_handling = "retire"
        self.platform.retires = True
        kept, lost = self.linked_firm("F1"), self.linked_firm("F2")
        self.platform.retires = True
        merge = self.merge(kept, lost)
        self.assertNotIn("retire_remote", self.platform.calls, "nothing is sent in the user's own transaction")
        self.run_jobs()
        self.assertEqual(self.platform.retired, {"F2": "F1"})
        self.undo(merge)
        self.run_jobs()
        self.assertEqual(self.platform.retired, {"F2": None})

    def test_a_mark_that_the_platform_cannot_set_is_a_task(self):
        self.connection.odoo_merge_handling = "retire"
        self.merge(self.linked_firm("F1"), self.linked_firm("F2"))
        self.assertEqual(self.merge_task("F2").state, "open")

    def test_a_refused_mark_is_a_task(self):
        self.connection.odoo_merge_handling = "retire"
        kept, lost = self.linked_firm("F1"), self.linked_firm("F2")
        self.platform.retires = True
        self.merge(kept, lost)
        del self.platform.rows[FIRM]["F2"]
        self.run_jobs()
        self.assertEqual(self.merge_task("F2").state, "open")

    def test_the_platform_keeps_the_record_that_was_the_second_one_here(self):
        """Merged here into F1, merged there into F2: the customer lost its link altogether."""
        kept, lost = self.linked_firm("F1"), self.linked_firm("F2")
        self.merge(kept, lost)
        self.platform.delete(FIRM, "F1", winner="F2")
        self.poll()
        self.assertEqual((self.partner("F1"), self.partner("F2")), (kept, kept))
        self.assertEqual((self.link("F1").is_primary, self.link("F2").is_primary), (False, True))
        kept.phone = "+390432777777"
        self.send()
        self.assertEqual(self.remote("F2")["phone"], "+390432777777")
