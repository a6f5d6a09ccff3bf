from odoo.tests import tagged

from ..fake_platform import FIRM, PERSON
from ..outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestBothWays(OutboundCase):
    """Both sides change something before they hear of each other."""

    def both(self, odoo, platform, platform_later=True):
        """Let Odoo and the platform edit the same firm before either hears of the other; return its customer."""
        partner = self.linked_firm(phone="+390432111111", website="http://old.example", email="old@example.com")
        partner.write(odoo)
        self.route()
        self.platform.now = self.message_time() + (60_000 if platform_later else -60_000)
        self.firm("F1", **platform)
        return partner

    def message_time(self):
        changes = self.outbox("pending")[-1:].sudo().changes
        return max(changes.values())

    def agree(self, turns=3):
        for _turn in range(turns):
            self.poll()
            self.send()
        self.env.invalidate_all()

    def sides(self, partner, name):
        return partner[name], self.remote("F1")[name]

    def test_different_fields_both_survive(self):
        partner = self.both({"phone": "+390432222222"}, {"website": "http://new.example"})
        self.agree()
        self.assertEqual(self.sides(partner, "phone"), ("+390432222222", "+390432222222"))
        self.assertEqual(self.sides(partner, "website"), ("http://new.example", "http://new.example"))

    def test_different_fields_both_survive_when_odoo_sends_first(self):
        partner = self.both({"phone": "+390432222222"}, {"website": "http://new.example"})
        self.send()
        self.agree()
        self.assertEqual(self.sides(partner, "phone"), ("+390432222222", "+390432222222"))
        self.assertEqual(self.sides(partner, "website"), ("http://new.example", "http://new.example"))

    def check_latest(self, platform_later, send_first):
        partner = self.both({"phone": "+390432222222"}, {"phone": "+390432333333"}, platform_later)
        if send_first:
            self.send()
        self.agree()
        winner = "+390432333333" if platform_later else "+390432222222"
        self.assertEqual(self.sides(partner, "phone"), (winner, winner))
        self.assertFalse(self.outbox("pending", "sending", "open"))

    def test_same_field_platform_later_poll_first(self):
        self.check_latest(True, False)

    def test_same_field_platform_later_delivery_first(self):
        self.check_latest(True, True)

    def test_same_field_odoo_later_poll_first(self):
        self.check_latest(False, False)

    def test_same_field_odoo_later_delivery_first(self):
        self.check_latest(False, True)

    def test_another_field_changed_later_does_not_make_an_older_edit_the_latest(self):
        """The whole record's time was compared: any later write on either side decided all its fields."""
        partner = self.both({"phone": "+390432222222"}, {"phone": "+390432333333"}, platform_later=True)
        partner.write({"comment": "<p>later</p>"})
        self.agree()
        self.assertEqual(self.sides(partner, "phone"), ("+390432333333", "+390432333333"))

    def test_same_field_odoo_owns(self):
        self.ownership_rule("phone", "odoo", "owner_wins")
        partner = self.both({"phone": "+390432222222"}, {"phone": "+390432333333"})
        self.agree()
        self.assertEqual(self.sides(partner, "phone"), ("+390432222222", "+390432222222"))

    def test_same_field_platform_owns(self):
        self.ownership_rule("phone", "remote", "owner_wins")
        partner = self.both({"phone": "+390432222222"}, {"phone": "+390432333333"}, platform_later=False)
        self.agree()
        self.assertEqual(self.sides(partner, "phone"), ("+390432333333", "+390432333333"))

    def test_edit_of_what_the_platform_owns_is_taken_back(self):
        self.ownership_rule("phone", "remote", "owner_wins")
        partner = self.linked_firm(phone="+390432111111")
        partner.write({"phone": "+390432222222"})
        self.send()
        self.env.invalidate_all()
        self.assertEqual(self.sides(partner, "phone"), ("+390432111111", "+390432111111"))
        self.assertEqual(self.platform.writes, [])

    def test_edit_of_what_odoo_owns_is_pushed_back(self):
        self.ownership_rule("phone", "odoo", "owner_wins")
        partner = self.linked_firm(phone="+390432111111")
        self.firm("F1", phone="+390432333333")
        self.agree()
        self.assertEqual(self.sides(partner, "phone"), ("+390432111111", "+390432111111"))

    def test_most_complete_value_wins(self):
        self.ownership_rule("name", "shared", "most_complete")
        partner = self.both({"name": "Rossi"}, {"name": "Rossi Costruzioni Srl"}, platform_later=False)
        self.agree()
        self.assertEqual(self.sides(partner, "name"), ("Rossi Costruzioni Srl", "Rossi Costruzioni Srl"))

    def test_ask_ends_in_the_exception_queue_with_both_values(self):
        self.ownership_rule("phone", "shared", "ask")
        partner = self.both({"phone": "+390432222222", "email": "new@example.com"}, {"phone": "+390432333333"})
        self.agree()
        message = self.message("F1")
        self.assertEqual((message.fault_code, message.is_exception), ("CONFLICT", True))
        self.assertNotIn("+390432222222", message.fault_message, "lists show no personal data")
        self.assertEqual(message.conflict_text, "Phone: Odoo has +390432222222, the platform has +390432333333.")
        # Operators read this text; the values are for stewards.
        self.assertIn("Phone", message.fault_message)
        self.assertNotRegex(message.fault_message, r"\d")
        self.assertEqual(partner.sync_state, "attention")
        self.assertEqual(self.sides(partner, "phone"), ("+390432222222", "+390432333333"))
        self.assertEqual(self.sides(partner, "email"), ("new@example.com", "new@example.com"))

    def test_opt_out_on_either_side_stands(self):
        partner = self.linked_firm(no_mail=False)
        partner.write({"email_opt_out": True})
        self.firm("F1", no_mail=False, phone="+390432999999")
        self.agree()
        self.assertEqual((partner.email_opt_out, self.remote("F1")["no_mail"]), (True, True))

    def test_deleted_there_edited_here(self):
        partner = self.linked_firm(phone="+390432111111")
        partner.write({"phone": "+390432222222"})
        self.platform.delete(FIRM, "F1")
        self.send()
        self.env.invalidate_all()
        self.assertEqual(self.link("F1").state, "deleted")
        self.assertFalse(partner.active)
        self.assertEqual(partner.phone, "+390432222222", "the edit is kept")
        self.assertFalse(self.outbox("pending", "sending"))

    def test_deleted_there_and_kept_here_needs_attention(self):
        self.firms.delete_policy = "keep"
        partner = self.linked_firm(phone="+390432111111")
        partner.write({"phone": "+390432222222"})
        self.platform.delete(FIRM, "F1")
        self.send()
        [message] = self.outbox("open")
        self.assertEqual((message.fault_code, message.res_id), ("REMOTE_DELETED", partner.id))
        self.assertTrue(message.next_step)

    def test_deleted_here_edited_there(self):
        partner = self.linked_firm()
        partner.unlink()
        self.firm("F1", phone="+390432333333")
        self.agree()
        self.assertEqual(self.link("F1").state, "excluded")
        self.assertEqual(self.env["res.partner"].search_count([("name", "=", "Firm F1")]), 0)
        self.assertIn("F1", self.platform.rows[FIRM])

    def test_merged_there_edited_here(self):
        """An edit of the record that lost a merge is kept where it was made, and overwrites nothing of the winner."""
        self.connection.remote_merge_handling = "secondary"
        self.linked_firm("F2", phone="+390432777777")
        loser = self.linked_firm("F1", phone="+390432111111")
        loser.write({"phone": "+390432222222"})
        self.platform.delete(FIRM, "F1", winner="F2")
        self.agree()
        self.assertEqual(self.link("F1").state, "merged")
        self.assertEqual(self.remote("F2")["phone"], "+390432777777")
        self.assertFalse(self.outbox("pending", "sending"))

    def test_merged_here_edited_there(self):
        kept, lost = self.linked_person("P1"), self.linked_person("P2")
        self.env["base.partner.merge.automatic.wizard"].create(
            {"partner_ids": [(6, 0, (kept | lost).ids)], "dst_partner_id": kept.id, "state": "selection"}
        ).action_merge()
        self.person("P1", title="Buyer")
        self.person("P2", title="Seller")
        for _turn in range(2):
            self.poll()
            self.send()
        self.env.invalidate_all()
        self.assertEqual(kept.function, "Buyer")
        self.assertEqual(self.remote("P2", PERSON)["title"], "Seller")

    def test_stale_news_after_a_newer_poll_changes_nothing(self):
        partner = self.linked_firm(phone="+390432111111")
        stale = dict(self.remote("F1"))
        self.firm("F1", phone="+390432333333")
        self.poll()
        self.take(FIRM, [stale])
        self.assertEqual(partner.phone, "+390432333333")

    def test_person_decides_for_odoo(self):
        self.ownership_rule("phone", "shared", "ask")
        partner = self.both({"phone": "+390432222222"}, {"phone": "+390432333333"})
        self.agree()
        message = self.message("F1")
        message.action_keep_odoo()
        self.agree()
        self.assertEqual(self.sides(partner, "phone"), ("+390432222222", "+390432222222"))
        self.assertEqual((message.state, partner.sync_state), ("done", "in_sync"))

    def test_person_decides_for_the_platform(self):
        self.ownership_rule("phone", "shared", "ask")
        partner = self.both({"phone": "+390432222222"}, {"phone": "+390432333333"})
        self.agree()
        message = self.message("F1")
        message.action_take_remote()
        self.agree()
        self.assertEqual(self.sides(partner, "phone"), ("+390432333333", "+390432333333"))
        self.assertEqual(message.state, "done")
