import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.milestone import protection
from ...runtime import retention
from .journal_case import JournalCase


@tagged("post_install", "-at_install")
class TestJournalProtection(JournalCase):
    """No user changes the journal: the database refuses."""

    def setUp(self):
        super().setUp()
        self.of = self.confirmed((self.chair, 1))
        self.route()

    def test_the_database_refuses_to_change_and_to_delete(self):
        for statement in (
            "UPDATE retail_sync_milestone SET at = now()",
            "DELETE FROM retail_sync_milestone",
            "TRUNCATE retail_sync_milestone CASCADE",
        ):
            with (
                self.assertRaises(psycopg2.errors.InsufficientPrivilege, msg=statement),
                self.env.cr.savepoint(),
                mute_logger("odoo.sql_db"),
            ):
                self.env.cr.execute(statement)

    def test_a_second_row_of_the_same_milestone_is_refused(self):
        with self.assertRaises(psycopg2.errors.UniqueViolation), self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
            self.env.cr.execute(
                "INSERT INTO retail_sync_milestone (res_model, res_id, kind, document_model, document_id, ordinal,"
                " reversal, at, seen_at, rank) SELECT res_model, res_id, kind, document_model, document_id, ordinal,"
                " reversal, at, seen_at, rank FROM retail_sync_milestone WHERE res_id = %s LIMIT 1",
                self.of.ids,
            )

    def test_no_user_writes_creates_or_deletes(self):
        row = self.row(self.of, "confirmed").sudo()
        for attempt in (lambda: row.write({"kind": "paid"}), lambda: row.copy(), row.unlink):
            with self.assertRaises(UserError):
                attempt()

    def test_who_may_not_see_an_order_sees_no_milestone_of_it(self):
        seller = self.env["res.users"].create(
            {
                "name": "Seller",
                "login": "seller_of_milestones",
                "group_ids": [Command.link(self.env.ref("sales_team.group_sale_salesman").id)],
                "company_id": self.env.company.id,
                "company_ids": [Command.set(self.env.company.ids)],
            }
        )
        visible = self.confirmed((self.table, 1), user_id=seller.id)
        self.of.user_id = self.env.ref("base.user_admin")
        self.route()
        milestones = self.env["retail.sync.milestone"].with_user(seller)
        found = milestones.search([("kind", "=", "confirmed")])
        self.assertEqual(found.mapped("res_id"), visible.ids)
        self.assertEqual(milestones.search([("order_name", "=", self.of.name)]).ids, [])
        self.assertTrue(visible.with_user(seller).milestone_ids)
        with self.assertRaises(AccessError):
            self.row(self.of, "confirmed").with_user(seller).read(["kind"])

    def test_a_trigger_that_is_gone_or_off_is_missed_and_made_again(self):
        self.assertEqual(protection.GUARD.missing(self.env), [])
        self.env.cr.execute("ALTER TABLE retail_sync_milestone DISABLE TRIGGER retail_sync_milestone_guard")
        self.env.cr.execute("DROP TRIGGER retail_sync_milestone_guard_truncate ON retail_sync_milestone")
        self.assertEqual(
            sorted(protection.GUARD.missing(self.env)), sorted(trigger.name for trigger in protection.GUARD.triggers)
        )
        self.env["retail.sync.milestone"]._protect()
        self.assertEqual(protection.GUARD.missing(self.env), [])

    def test_no_retention_deletes_milestones(self):
        models = {model._name for model, _method in retention.methods(self.env)}
        self.assertNotIn("retail.sync.milestone", models)

    def test_the_journal_holds_no_word_of_a_customer(self):
        self.customer.write({"name": "Rossi Srl", "email": "anna@example.com", "phone": "+39 02 1234567"})
        order = self.confirmed((self.chair, 1))
        invoice = self.invoice(order)
        self.credit(invoice)
        self.customer._block_account("Anna does not pay")
        self.route()
        self.env.cr.execute("SELECT string_agg(to_jsonb(row)::text, ' ') FROM retail_sync_milestone row")
        text = self.env.cr.fetchone()[0]
        for word in ("Rossi", "anna", "1234567", "Anna", "Broken"):
            self.assertNotIn(word, text)
