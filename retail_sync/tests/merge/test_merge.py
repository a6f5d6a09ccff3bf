from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.merge import session as session_steps
from ...models.merge import undo
from ..merge_case import MergeCase

# What hangs on a customer, and must be the same after a merge and its undo.
TABLES = (
    "res_partner",
    "res_partner_bank",
    "res_partner_res_partner_category_rel",
    "res_users",
    "sale_order",
    "sale_order_line",
    "account_move",
    "account_move_line",
    "mail_followers",
    "mail_notification",
    "mail_activity",
    "discuss_channel_member",
    "retail_sync_link",
)
PIXEL = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestMerge(MergeCase):
    """Merging moves all that hangs on a customer, and undoing brings all of it back."""

    def setUp(self):
        super().setUp()
        tags = self.env["res.partner.category"].create([{"name": "A"}, {"name": "B"}])
        self.first = self.customer("One", email="one@example.com", category_id=[Command.set(tags.ids)])
        self.second = self.customer(
            "Two",
            email="two@example.com",
            phone="+39 011 1",
            vat="IT00743110157",
            category_id=[Command.set(tags[1].ids)],
        )

    def order(self, partner):
        return self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create({"product_id": self.env["product.product"].create({"name": "Thing"}).id})
                ],
            }
        )

    def invoice(self, partner):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": "2026-01-01",
                "invoice_line_ids": [Command.create({"name": "Work", "quantity": 1, "price_unit": 100})],
            }
        )
        move.action_post()
        return move

    def test_documents_go_to_the_survivor_and_back(self):
        order, invoice = self.order(self.second), self.invoice(self.second)
        order.action_confirm()
        before = self.picture(*TABLES)
        merge = self.merge(self.first, self.second)
        self.assertFalse(self.second.exists())
        self.assertEqual(
            (order.partner_id, order.partner_invoice_id, order.order_line.order_partner_id), (self.first,) * 3
        )
        self.assertEqual(
            (invoice.partner_id, invoice.line_ids.partner_id, invoice.state), (self.first, self.first, "posted")
        )
        self.assertEqual((self.first.email, self.first.phone), ("one@example.com", "+39 011 1"))
        self.assertIn("Sales Order: 1", merge.moved_text)
        self.assertEqual(self.undo(merge), [])
        self.assertAsBefore(before)
        self.assertEqual((order.partner_id, invoice.partner_id, self.first.phone), (self.second, self.second, False))
        self.assertEqual(merge.state, "undone")

    def seal(self, invoice):
        """Seal an entry as Odoo does on posting where the journal says so."""
        invoice.journal_id.restrict_mode_hash_table = True
        invoice.button_hash()
        self.assertTrue(invoice.inalterable_hash)

    def test_sealed_entries_never_change_hands(self):
        """Core's merge moves them, which breaks the hash that covers whose they are."""
        self.seal(self.invoice(self.second))
        wizard = self.env["retail.sync.merge.wizard"].with_context(
            active_model="res.partner", active_ids=(self.first | self.second).ids
        )
        dialog = wizard.create({"survivor_id": self.first.id, "reason": "One"})
        self.assertIn("sealed by a hash", dialog.outlook)
        for refused in (dialog.action_merge, lambda: self.wizard_merge(self.first, self.second)):
            with self.assertRaisesRegex(UserError, "Choose this customer as the survivor"):
                refused()
        self.assertTrue(self.second.exists())
        self.merge(self.second, self.first)
        self.assertFalse(self.first.exists())

    def test_entries_sealed_since_the_merge_stay_when_it_is_undone(self):
        sealed, loose = self.invoice(self.second), self.invoice(self.second)
        merge = self.merge(self.first, self.second)
        self.seal(sealed)
        possible, lines = undo.outlook(self.env, merge)
        self.assertTrue(possible)
        self.assertIn(sealed.name, "\n".join(lines))
        report = self.undo(merge)
        self.assertTrue([line for line in report if "sealed by a hash" in line])
        self.assertEqual((sealed.partner_id, sealed.line_ids.partner_id), (self.first, self.first))
        self.assertEqual((loose.partner_id, loose.line_ids.partner_id), (self.second, self.second))
        self.env.user.group_ids += self.env.ref("account.group_account_user")
        found = sealed.company_id._check_hash_integrity()["results"]
        self.assertNotIn("corrupted", {entry["status"] for entry in found})
        self.assertIn("verified", {entry["status"] for entry in found})

    def test_the_invoice_counts_for_the_survivors_credit(self):
        self.invoice(self.second)
        self.merge(self.first, self.second)
        self.assertEqual(self.first.credit, self.first.commercial_partner_id.credit)
        self.assertGreater(self.first.credit, 0)

    def test_mails_followers_and_activities_go_and_come_back(self):
        reader = self.customer("Reader")
        (self.first | self.second).message_subscribe(reader.ids)
        self.second.message_subscribe(self.env.user.partner_id.ids)
        # pylint: disable-next=translation-required
        note = self.second.message_post(body="Called", partner_ids=(self.first | self.second).ids)
        task = self.second.activity_schedule("mail.mail_activity_data_todo", summary="Call back")
        text = self.env["ir.attachment"].create(
            {"name": "x.txt", "raw": b"x", "res_model": "res.partner", "res_id": self.second.id}
        )
        before = self.picture(*TABLES, "ir_attachment", "mail_message")
        merge = self.merge(self.first, self.second)
        self.assertEqual((note.res_id, task.res_id, text.res_id), (self.first.id,) * 3)
        self.assertEqual(task.res_name, "One")
        self.assertIn(reader, self.first.message_partner_ids)
        self.assertEqual(
            len(self.first.message_follower_ids.filtered(lambda follower: follower.partner_id == reader)), 1
        )
        known = self.first.message_ids
        self.assertEqual(self.undo(merge), [])
        log = (known & self.first.message_ids).filtered(lambda message: message.id > note.id)
        self.assertIn("Merged", "".join(log.mapped("body")), "what was done stays in the log")
        log.unlink()
        self.assertAsBefore(before)

    def test_a_mail_to_both_customers_stops_no_merge(self):
        """A unique index without a constraint made Odoo's own merge fail altogether."""
        # pylint: disable-next=translation-required
        note = self.second.message_post(body="Both", partner_ids=(self.first | self.second).ids, message_type="comment")
        self.assertEqual(len(note.notification_ids), 2)
        merge = self.wizard_merge(self.first, self.second)
        self.assertEqual(note.notification_ids.res_partner_id, self.first)
        self.undo(merge)
        self.assertEqual(note.notification_ids.res_partner_id, self.first | self.second)

    def test_one_row_in_the_way_costs_no_other_its_place(self):
        """Core deletes all followers of the loser when one of them follows the survivor as well."""
        shared, separate = self.customer("Shared"), self.customer("Own")
        self.first.message_subscribe(shared.ids)
        self.second.message_subscribe((shared | separate).ids)
        self.wizard_merge(self.first, self.second)
        self.assertLessEqual(shared | separate, self.first.message_partner_ids)

    def test_what_a_row_in_the_way_held_is_kept(self):
        channel = self.env["discuss.channel"].create({"name": "Chat"})
        channel._add_members(partners=self.first | self.second)
        member = channel.channel_member_ids.filtered(lambda member: member.partner_id == self.second)
        member.custom_channel_name = "Mine"
        merge = self.merge(self.first, self.second)
        self.assertEqual(channel.channel_member_ids.partner_id & (self.first | self.second), self.first)
        self.undo(merge)
        self.assertEqual(member.exists().custom_channel_name, "Mine")

    def test_bank_accounts(self):
        bank = self.env["res.partner.bank"]
        same = bank.create(
            [{"acc_number": "IT60 X054", "partner_id": partner.id} for partner in (self.first, self.second)]
        )
        other = bank.create({"acc_number": "OTHER", "partner_id": self.second.id})
        invoice = self.invoice(self.second)
        self.env.cr.execute("UPDATE account_move SET partner_bank_id = %s WHERE id = %s", [same[1].id, invoice.id])
        before = self.picture(*TABLES)
        merge = self.merge(self.first, self.second)
        self.assertEqual(self.first.bank_ids, same[0] | other)
        self.assertEqual(invoice.partner_bank_id, same[0])
        self.undo(merge)
        self.assertAsBefore(before)

    def test_values_per_company(self):
        terms = self.env["account.payment.term"].search([], limit=2)
        company = self.env["res.company"].create({"name": "Second"})
        self.first.property_payment_term_id = terms[0]
        self.second.property_payment_term_id = terms[1]
        self.second.with_company(company).property_payment_term_id = terms[1]
        self.second.barcode = "B2"
        before = self.picture("res_partner")
        merge = self.merge(self.first, self.second)
        self.assertEqual(self.first.property_payment_term_id, terms[0])
        self.assertEqual(self.first.with_company(company).property_payment_term_id, terms[1])
        self.assertEqual(self.first.barcode, "B2")
        self.undo(merge)
        self.assertAsBefore(before)

    def test_a_field_per_company_that_names_the_loser(self):
        """No module of the tests has such a field, so that of the payment terms stands for one."""
        other = self.customer("Other")
        self.refresh()
        self.env.cr.execute(
            "UPDATE res_partner SET property_payment_term_id = jsonb_build_object('1', %s, '2', %s) WHERE id = %s",
            [self.second.id, self.first.id, other.id],
        )
        before = self.picture("res_partner")
        columns = [("res_partner", "property_payment_term_id")]
        with patch.object(
            type(self.env["retail.sync.merge.tables"]),
            "_company_columns",
            lambda _model, name: columns if name == "res.partner" else [],
        ):
            merge = self.merge(self.first, self.second)
        [row] = [row for row in self.picture("res_partner")["res_partner"] if row["id"] == other.id]
        self.assertEqual(row["property_payment_term_id"], {"1": self.first.id, "2": self.first.id})
        self.undo(merge)
        self.assertAsBefore(before)

    def test_contacts_move_and_keep_what_they_are(self):
        child = self.customer("Child", parent_id=self.second.id, type="contact")
        address = self.customer("Dock", parent_id=self.second.id, type="delivery", city="Asti")
        before = self.picture("res_partner")
        merge = self.merge(self.first, self.second)
        self.assertEqual((child | address).mapped("parent_id"), self.first)
        self.assertEqual((child | address).mapped("commercial_partner_id"), self.first.commercial_partner_id)
        self.undo(merge)
        self.assertAsBefore(before)

    def test_external_ids_go_and_come_back(self):
        self.env["ir.model.data"].create(
            {"module": "import", "name": "two", "model": "res.partner", "res_id": self.second.id}
        )
        merge = self.merge(self.first, self.second)
        self.assertEqual(self.env.ref("import.two"), self.first)
        self.undo(merge)
        self.assertEqual(self.env.ref("import.two"), self.second)

    def test_what_hung_on_a_row_in_the_way_hangs_on_the_survivors_own(self):
        channel = self.env["discuss.channel"].create({"name": "Chat"})
        channel._add_members(partners=self.first | self.second)
        kept, refused = (
            channel.channel_member_ids.filtered(lambda member, partner=partner: member.partner_id == partner)
            for partner in (self.first, self.second)
        )
        session = self.env["discuss.channel.rtc.session"].create({"channel_member_id": refused.id})
        merge = self.merge(self.first, self.second)
        self.assertEqual(session.channel_member_id, kept)
        self.undo(merge)
        self.assertEqual(session.channel_member_id, refused)

    def test_half_a_merge_is_never_kept(self):
        """Whoever catches what core refuses goes on as if nothing had been tried."""
        self.make_user("first", partner_id=self.first.id)
        self.make_user("second", partner_id=self.second.id)
        before = self.picture(*TABLES)
        try:
            session_steps.merge(self.env, self.first, self.second, "They are one")
        except UserError:
            self.refresh()
        self.assertAsBefore(before)
        self.assertFalse(self.env["retail.sync.merge"].search([("state", "=", "draft")]))

    def test_a_login_goes_with_its_customer(self):
        user = self.make_user("portalish", partner_id=self.second.id)
        merge = self.merge(self.first, self.second)
        self.assertEqual(user.partner_id, self.first)
        self.undo(merge)
        self.assertEqual(user.partner_id, self.second)

    def test_two_logins_are_refused(self):
        self.make_user("first", partner_id=self.first.id)
        self.make_user("second", partner_id=self.second.id)
        with self.assertRaisesRegex(UserError, "more than one user"):
            self.merge(self.first, self.second)
        self.assertTrue(self.second.exists())
        self.assertFalse(self.env["retail.sync.merge"].search([("survivor_ref", "=", self.first.id)]))

    def test_a_picture_is_taken_over_and_given_back(self):
        self.second.image_1920 = PIXEL
        before = self.picture("ir_attachment")
        merge = self.merge(self.first, self.second)
        self.assertTrue(self.first.image_1920)
        self.undo(merge)
        self.assertTrue(self.second.image_1920)
        self.assertFalse(self.first.image_1920)
        self.assertAsBefore(before)

    def test_more_than_three_at_once(self):
        others = (
            self.second
            | self.customer("Three")
            | self.customer("Four")
            | self.customer("Five", website="http://five.example")
        )
        orders = [self.order(partner) for partner in others]
        before = self.picture(*TABLES)
        merge = self.merge(self.first, others)
        self.assertEqual({order.partner_id for order in orders}, {self.first})
        self.assertEqual(len(merge.line_ids), 4)
        self.undo(merge)
        self.assertAsBefore(before)

    def test_chosen_values_survive(self):
        merge = self.merge(self.first, self.second, values={"email": "two@example.com"})
        self.assertEqual(self.first.email, "two@example.com")
        self.undo(merge)
        self.assertEqual((self.first.email, self.second.email), ("one@example.com", "two@example.com"))

    def test_an_edit_after_the_merge_stays_and_is_named(self):
        order = self.order(self.second)
        merge = self.merge(self.first, self.second)
        self.first.phone = "+39 011 999"
        third = self.customer("Third")
        order.partner_invoice_id = third
        possible, lines = undo.outlook(self.env, merge)
        self.assertTrue(possible)
        self.assertIn("One keeps its Phone: it was edited after the merge.", lines)
        self.assertIn("1 rows stay", "\n".join(lines))
        report = self.undo(merge)
        self.assertIn("One keeps its Phone: it was edited after the merge.", report)
        self.assertEqual((self.first.phone, self.second.phone), ("+39 011 999", "+39 011 1"))
        self.assertEqual((order.partner_id, order.partner_invoice_id), (self.second, third))
        self.assertIn("Phone", merge.undo_report)

    def test_a_document_made_after_the_merge_stays_with_the_survivor(self):
        merge = self.merge(self.first, self.second)
        order = self.order(self.first)
        self.undo(merge)
        self.assertEqual(order.partner_id, self.first)

    def test_what_the_loser_named_may_be_gone(self):
        manager = self.make_user("seller")
        self.second.user_id = manager
        merge = self.merge(self.first, self.second)
        self.first.user_id = False
        manager.unlink()
        report = self.undo(merge)
        self.assertTrue([line for line in report if "user_id" in line])
        self.assertFalse(self.second.user_id)

    def test_merges_are_undone_in_reverse_order(self):
        three = self.customer("Three")
        order = self.order(self.second)
        before = self.picture(*TABLES)
        first = self.merge(self.first, self.second)
        second = self.merge(three, self.first)
        self.assertEqual((order.partner_id, first.survivor_id), (three, three))
        with self.assertRaisesRegex(UserError, "Undo the later merge first"):
            self.undo(first)
        self.assertFalse(undo.outlook(self.env, first)[0])
        self.undo(second)
        self.assertEqual((order.partner_id, first.survivor_id), (self.first, self.first))
        self.undo(first)
        self.assertAsBefore(before)
        with self.assertRaisesRegex(UserError, "already undone"):
            self.undo(first)

    def test_a_second_merge_into_the_same_survivor_comes_back_first(self):
        three = self.customer("Three")
        first = self.merge(self.first, self.second)
        second = self.merge(self.first, three)
        with self.assertRaisesRegex(UserError, "Undo the later merge first"):
            self.undo(first)
        self.undo(second)
        self.undo(first)
        self.assertTrue((self.second | three).exists() == self.second | three)

    def test_no_undo_without_the_survivor(self):
        merge = self.merge(self.first, self.second)
        self.first.unlink()
        with self.assertRaisesRegex(UserError, "deleted after the merge"):
            self.undo(merge)
        self.assertIn("#", merge.display_name)

    def test_merged_again_after_an_undo(self):
        order = self.order(self.second)
        self.undo(self.merge(self.first, self.second))
        again = self.merge(self.second, self.first)
        self.assertEqual(order.partner_id, self.second)
        self.undo(again)
        self.assertEqual(set((self.first | self.second).mapped("name")), {"One", "Two"})

    def test_parents_cannot_be_merged_with_their_contacts(self):
        self.second.parent_id = self.first
        with self.assertRaisesRegex(UserError, "parent"):
            self.merge(self.first, self.second)

    def test_nothing_to_merge(self):
        with self.assertRaises(UserError):
            self.merge(self.first, self.first)
        gone = self.customer("Gone")
        gone.unlink()
        with self.assertRaisesRegex(UserError, "no longer exists"):
            self.merge(self.first, gone)
