from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from ...domain.canonical.schema import ENTITIES
from ...models.credit.capture_sources import affected, affected_of
from ...models.credit.constants import BLOCK_NAMES, COMMERCIAL_NAMES, CREDIT_NAMES
from ...models.outbox.capture import Trigger
from ...models.outbox.change_source import record_arguments, record_trigger_name
from ..block_case import BlockCase
from ..common import FakePlatformMixin


@tagged("post_install", "-at_install")
class TestChangeSources(FakePlatformMixin, BlockCase):
    """What reports that the credit of a customer may have changed, and for whom."""

    def setUp(self):
        super().setUp()
        self.env["retail.sync.change"].search([]).unlink()
        self.capture = self.env["retail.sync.capture"]

    def sources(self):
        return self.capture._sources([self.env["retail.sync.entity.customer"]])

    def watch(self):
        """Set the triggers of our sources, as an active stream that maps all values would."""
        watched = {}
        columns = set()
        for source in self.sources():
            if self.capture._is_own(source):
                columns |= set(source.columns)
            else:
                watched[source.trigger_name()] = Trigger(source.table, source.arguments(set(source.names)))
        watched[record_trigger_name("res_partner")] = Trigger(
            "res_partner", record_arguments("res.partner", columns, created=True)
        )
        self.patch(self.registry["retail.sync.capture"], "_watched", lambda model: watched)
        self.env.flush_all()
        self.capture._refresh()

    def seen(self):
        """Return {partner id: names} of what was captured since the last call."""
        self.env.flush_all()
        found = {}
        changes = self.env["retail.sync.change"].search([("model", "=", "res.partner")])
        for change in changes:
            found.setdefault(change.res_id, set()).update((change.names or "").split(","))
        changes.unlink()
        return found

    def test_sources_name_what_exists(self):
        entity = self.env["retail.sync.entity.customer"]
        names = set(ENTITIES["customer"].fields) | set(entity._export_words())
        found = set()
        for source in self.sources():
            self.assertLessEqual(set(source.names), names)
            found |= set(source.names)
            self.env.cr.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s", [source.table]
            )
            columns = {name for (name,) in self.env.cr.fetchall()}
            self.assertLessEqual({*source.columns, source.id_column, *filter(None, [source.amount])}, columns)
        computed = {name for name, spec in ENTITIES["customer"].fields.items() if spec.computed} - {"odoo_id"}
        self.assertLessEqual(computed | set(COMMERCIAL_NAMES), found, "each computed value has a source")

    def test_books(self):
        self.watch()
        credit = set(CREDIT_NAMES)
        line = self.owes(self.firm, 100, post=False)
        self.seen()
        line.move_id.action_post()
        self.assertEqual(self.seen(), {self.firm.id: credit}, "posting; the income line has nothing to say")
        line.date_maturity = self.today - timedelta(days=3)
        self.assertEqual(self.seen(), {self.firm.id: credit}, "a due date that moves")
        payment = self.owes(self.firm, -100)
        self.assertEqual(self.seen(), {self.firm.id: credit})
        (line | payment).reconcile()
        self.assertEqual(self.seen(), {self.firm.id: credit}, "reconciliation, that writes stored computes only")
        self.assertEqual(line.amount_residual, 0)
        line.name = "a remark"
        self.assertEqual(self.seen(), {})
        line.remove_move_reconcile()
        self.assertEqual(self.seen(), {self.firm.id: credit})
        payment.move_id.button_draft()
        self.assertEqual(self.seen(), {self.firm.id: credit})

    def test_row_that_moves_concerns_both(self):
        self.watch()
        line = self.owes(self.firm, 100)
        self.seen()
        line.partner_id = self.other
        self.assertEqual(set(self.seen()), {self.firm.id, self.other.id})

    def test_customer(self):
        self.watch()
        self.block()
        self.assertIn("account_block", self.seen()[self.firm.id])
        self.firm.with_company(self.company).credit_limit = 10
        self.assertIn("credit_limit", self.seen()[self.firm.id])
        self.firm.property_payment_term_id = self.env["account.payment.term"].create({"name": "30"})
        self.assertIn("property_payment_term_id", self.seen()[self.firm.id])
        self.firm.vat = "IT00743110157"
        self.assertIn("vat", self.seen()[self.firm.id])
        self.contact.parent_id = self.other
        self.assertIn("commercial_partner_id", self.seen()[self.contact.id])

    def test_a_renamed_payment_term_or_fiscal_position_concerns_who_has_it(self):
        """Seen: the platform kept the old name, and nothing said so."""
        term = self.env["account.payment.term"].create({"name": "30 days"})
        position = self.env["account.fiscal.position"].create({"name": "Domestic"})
        self.other.property_payment_term_id = self.env["account.payment.term"].create({"name": "Cash"})
        self.other.property_account_position_id = self.env["account.fiscal.position"].create({"name": "Export"})
        self.firm.write({"property_payment_term_id": term.id, "property_account_position_id": position.id})
        self.watch()
        self.seen()
        term.name = "Thirty days"
        found = self.seen()
        self.assertEqual((found.get(self.firm.id), found.get(self.other.id)), ({"payment_terms"}, None))
        position.name = "At home"
        self.assertEqual(self.seen().get(self.firm.id), {"tax_class"})
        term.note = "A remark"
        self.assertEqual(self.seen(), {})

    def test_a_default_concerns_who_has_no_value_of_their_own(self):
        terms = self.env["account.payment.term"].create([{"name": "Cash"}, {"name": "30 days"}])
        for company in self.env["res.company"].with_context(active_test=False).search([]):
            self.other.with_company(company).property_payment_term_id = terms[0]
        self.watch()
        self.seen()
        self.env["ir.default"].set("res.partner", "property_payment_term_id", terms[1].id, company_id=self.company.id)
        found = self.seen()
        self.assertEqual((found.get(self.firm.id), found.get(self.other.id)), ({"payment_terms"}, None))
        terms[1].name = "Thirty days"
        found = self.seen()
        self.assertEqual((found.get(self.firm.id), found.get(self.other.id)), ({"payment_terms"}, None))
        self.env["ir.default"].set("res.partner", "credit_limit", 500.0, company_id=self.company.id)
        self.assertEqual(self.seen().get(self.firm.id), {"credit_limit", "credit_state"})
        self.env["ir.default"].set("res.partner", "lang", "en_US", company_id=self.company.id)
        self.assertEqual(self.seen(), {})

    def test_first_order(self):
        self.watch()
        order = self.order(self.other)
        self.seen()
        order.action_confirm()
        self.assertEqual(self.seen(), {self.other.id: {"first_order", "open_orders", "last_order_at"}})

    def test_orders_and_books_trigger_the_router(self):
        self.watch()
        line = self.owes(self.firm, 100)
        order = self.order()

        def woken(run):
            """Tell whether run() asks for the router, as a commit would find it."""
            self.env.flush_all()
            self.env.cr.precommit.clear()
            run()
            self.env.flush_all()
            return "retail_sync.soon" in self.env.cr.precommit.data

        payment = self.owes(self.firm, -100)
        self.assertTrue(woken((line | payment).reconcile))
        self.assertTrue(woken(order.action_confirm))
        self.assertTrue(woken(lambda: self.owes(self.other, 5)))
        self.assertFalse(woken(lambda: self.env["res.country"].search([], limit=1).read(["name"])))
        self.env.cr.precommit.clear()

    # -- whom it concerns

    def link(self, *partners):
        self.env["retail.sync.link"].create(
            [
                {
                    "connection_id": self.connection.id,
                    "remote_object": "Firm",
                    "external_id": f"X{partner.id}",
                    "res_model": "res.partner",
                    "res_id": partner.id,
                }
                for partner in partners
            ]
        )

    def test_affected(self):
        linked, unlinked, archived = self.env["res.partner"].create(
            [{"name": name, "parent_id": self.firm.id, "active": name != "C"} for name in "ABC"]
        )
        self.link(linked, archived)
        expected = {self.firm.id, linked.id, archived.id}
        self.assertEqual(affected(self.env, [self.firm.id]), expected)
        self.assertEqual(affected(self.env, [unlinked.id]), expected, "news about a contact is news of its company")
        self.assertEqual(affected(self.env, [unlinked.id, self.other.id]), expected | {self.other.id})
        self.assertEqual(
            affected_of(self.env, [unlinked.id, self.other.id]),
            {unlinked.id: expected, self.other.id: {self.other.id}},
        )
        self.assertEqual(affected(self.env, []), set())
        gone = self.env["res.partner"].create({"name": "Gone"})
        gone.unlink()
        self.assertEqual(affected(self.env, [gone.id]), set())

    def test_affected_is_one_query(self):
        firms = self.env["res.partner"].create([{"name": f"F{index}", "is_company": True} for index in range(50)])
        self.env["res.partner"].create([{"name": "C", "parent_id": firm.id} for firm in firms])
        self.link(*firms)
        contacts = firms.child_ids.ids
        self.env.flush_all()
        with self.assertQueryCount(1):
            found = affected(self.env, contacts)
        self.assertEqual(found, set(firms.ids))

    # -- time

    def cron(self, days=0):
        with freeze_time(datetime.now() + timedelta(days=days)):
            self.env["res.partner"]._cron_retail_sync_credit()
        found = self.changes()
        self.env["retail.sync.change"].search([]).unlink()
        return found

    def test_falling_due(self):
        self.owes(self.firm, 100, due_in=1)
        self.owes(self.other, 100, due_in=-40)
        self.assertIn(self.other.id, self.cron(), "the first run looks at all")
        self.assertEqual(self.company.retail_sync_credit_day, self.today)
        self.assertEqual(self.cron(), {}, "once a day")
        self.assertEqual(self.cron(1), {}, "due on that day is not overdue")
        found = self.cron(2)
        self.assertEqual(found[self.firm.id], set(CREDIT_NAMES))
        self.assertNotIn(self.other.id, found, "it was overdue before")
        self.assertEqual(self.cron(3), {})

    def test_days_without_the_cron_are_made_up_for(self):
        self.owes(self.firm, 100, due_in=2)
        self.cron()
        self.assertIn(self.firm.id, self.cron(9))

    def test_paid_in_time(self):
        line = self.owes(self.firm, 100, due_in=1)
        (line | self.owes(self.firm, -100, due_in=1)).reconcile()
        self.cron()
        self.assertEqual(self.cron(2), {})

    def test_block_that_ends(self):
        self.cron()
        self.block(until=self.today)
        found = self.cron(1)
        self.assertLessEqual(set(BLOCK_NAMES), found[self.firm.id])

    def test_cron_is_set(self):
        cron = self.env.ref("retail_sync.cron_credit")
        self.assertTrue(cron.active)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertTrue(self.company.retail_sync_credit_day)

    def test_new_rules_concern_all_who_are_linked(self):
        self.link(self.contact)
        self.env["res.config.settings"].create({"retail_sync_grace": 5}).execute()
        found = self.changes()
        self.assertIn("credit_state", found[self.firm.id])
        self.assertNotIn(self.other.id, found)
        self.env["retail.sync.change"].search([]).unlink()
        self.env["res.config.settings"].create({"retail_sync_stops_orders": True}).execute()
        self.assertEqual(self.changes(), {}, "what orders do about it is no value of a customer")
        self.company.account_use_credit_limit = not self.company.account_use_credit_limit
        self.assertIn("credit_limit", self.changes()[self.firm.id])
