import psycopg2

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import AccessError, MissingError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger

from ...models.service_facts.locks import lock_order
from .facts_case import FactsCase


@tagged("post_install", "-at_install")
class TestMoneyVersion(FactsCase):
    """The version rises with everything that moves an order's money, whoever does it."""

    def setUp(self):
        super().setUp()
        self.shirt = self.make_product("SHIRT")
        self.order = self.make_order([(self.shirt, 2)])
        self.other = self.make_order([(self.shirt, 2)])

    def rises(self, work):
        """Check that work raises the version of the order, and of no other; return what it returned."""
        before, other = self.order.sync_money_version, self.other.sync_money_version
        found = work()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertGreater(self.order.sync_money_version, before)
        self.assertEqual(self.other.sync_money_version, other)
        return found

    def test_what_decisions_count_by_is_written_by_no_person(self):
        note = self.credit(self.invoice(self.order), {self.shirt: 1}, post=False)
        clerk = new_test_user(self.env, "clerk", "sales_team.group_sale_manager,account.group_account_manager")
        for records, values in (
            (self.order, {"sync_money_version": 0}),
            (self.order.order_line, {"sync_replaces_line_id": False}),
            (self.order.order_line, {"sync_credited_open": 0}),
            (note, {"sync_action_uuid": "x"}),
            (note.invoice_line_ids, {"sync_credit_kind": "rounding", "sync_credit_total": 0}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                records.with_user(clerk).write(values)
        line = {"product_id": self.shirt.id, "sync_replaces_line_id": self.other.order_line.id}
        with self.assertRaises(AccessError):
            self.order.with_user(clerk).write({"order_line": [Command.create(line)]})
        self.order.with_user(clerk).order_line.product_uom_qty = 3

    def test_invoices_credit_notes_and_payments_raise_it(self):
        invoice = self.rises(lambda: self.invoice(self.order))
        self.rises(lambda: self.pay(invoice, 10))
        note = self.rises(lambda: self.credit(invoice, {self.shirt: 1}, post=False))
        self.rises(note.action_post)
        self.rises(note.button_draft)
        self.rises(note.unlink)

    def test_transactions_raise_it_by_their_source_too(self):
        source = self.transaction(40, "pending", order=self.order)
        self.rises(lambda: source.write({"state": "done"}))
        child = self.rises(
            lambda: self.transaction(
                -10, "draft", order=self.order, source_transaction_id=source.id, operation="refund"
            )
        )
        self.rises(lambda: child.write({"state": "done"}))

    def test_a_state_that_stays_raises_nothing(self):
        invoice = self.invoice(self.order)
        before = self.order.sync_money_version
        invoice.write({"state": "posted"})
        self.assertEqual(self.order.sync_money_version, before)

    def test_a_lock_raises_it_by_one_and_knows_no_missing_order(self):
        before = self.order.sync_money_version
        self.assertEqual(lock_order(self.env, self.order.id), before + 1)
        self.assertEqual(self.order.sync_money_version, before + 1)
        with self.assertRaises(MissingError):
            lock_order(self.env, 2**31 - 1)


@tagged("post_install", "-at_install")
class TestTwoAtOnce(BaseCase):
    """Two transactions that began together cannot both change one order's money."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "retail_sync_lock_test"})
            self.order_id = env["sale.order"].create({"partner_id": partner.id}).id
            self.partner_id = partner.id
        self.addCleanup(self.remove)

    def remove(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["sale.order"].browse(self.order_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def worker(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        cr.execute("SELECT sync_money_version FROM sale_order WHERE id = %s", [self.order_id])
        return api.Environment(cr, SUPERUSER_ID, {})

    def test_the_second_fails_and_sees_the_first_when_it_is_repeated(self):
        first, second = self.worker(), self.worker()
        version = lock_order(first, self.order_id)
        first.cr.commit()  # pylint: disable=invalid-commit
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.errors.SerializationFailure):
            lock_order(second, self.order_id)
        second.cr.rollback()
        self.assertEqual(lock_order(second, self.order_id), version + 1)
