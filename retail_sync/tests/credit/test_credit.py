from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from ...models.credit import credit_status
from ..block_case import BlockCase


@tagged("post_install", "-at_install")
class TestCredit(BlockCase):
    """What the books say about a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_use_credit_limit = True

    def values(self, partner=None):
        self.env.invalidate_all()
        partner = partner or self.firm
        return partner._retail_sync_commercial()[partner.id]

    def credit(self, partner=None):
        values = self.values(partner)
        return values["amount_due"], values["overdue_amount"], values["credit_state"]

    def set_rules(self, **values):
        settings = self.env["res.config.settings"].create(
            {f"retail_sync_{name}": value for name, value in values.items()}
        )
        settings.execute()

    def test_nothing_owed(self):
        self.assertEqual(
            self.values(),
            {
                "credit_limit": None,
                "amount_due": 0.0,
                "overdue_amount": 0.0,
                "credit_state": "ok",
                "credit_reason": "NO_LIMIT",
                "payment_terms": None,
                "tax_class": None,
                "vat_status": "unchecked",
                "account_block": False,
                "block_reason": None,
                "block_until": None,
            },
        )

    def test_amounts_of_the_whole_entity(self):
        self.owes(self.firm, 100, due_in=5)
        self.owes(self.contact, 30.5, due_in=-5)
        self.owes(self.other, 7)
        self.owes(self.firm, 1000, post=False)
        for partner in (self.firm, self.contact):
            self.assertEqual(self.credit(partner), (130.5, 30.5, "hold"))
        self.assertEqual(self.credit(self.other), (7.0, 0.0, "ok"))
        self.assertEqual(self.values()["amount_due"], self.firm.credit + self.contact.credit, "as Odoo itself has it")

    def test_due_today_is_not_overdue(self):
        self.owes(self.firm, 50, due_in=0)
        self.assertEqual(self.credit(), (50.0, 0.0, "ok"))

    def test_payment_and_reconciliation(self):
        invoice = self.owes(self.firm, 100, due_in=-5)
        self.assertEqual(self.credit(), (100.0, 100.0, "hold"))
        payment = self.owes(self.firm, -40, due_in=-1)
        self.assertEqual(self.credit(), (60.0, 60.0, "hold"), "money that is not matched yet counts")
        (invoice | payment).reconcile()
        self.assertEqual(self.credit(), (60.0, 60.0, "hold"))
        self.owes(self.firm, -100, due_in=-1)
        self.assertEqual(self.credit(), (-40.0, 0.0, "ok"))
        invoice.move_id.button_draft()
        self.assertEqual(self.values()["amount_due"], self.firm.credit)
        self.assertNotEqual(self.firm.credit, -40.0)

    def test_only_receivables(self):
        payable = self.env["account.account"].create(
            {"name": "Test creditors", "code": "TST300", "account_type": "liability_payable", "reconcile": True}
        )
        self.receivable = payable
        self.owes(self.firm, -500, due_in=-5)
        self.assertEqual(self.credit(), (0.0, 0.0, "ok"))

    def test_limit(self):
        self.firm.credit_limit = 1000
        self.owes(self.firm, 899)
        self.assertEqual((self.values()["credit_limit"], self.values()["credit_state"]), (1000.0, "ok"))
        self.owes(self.firm, 1)
        self.assertEqual(self.values()["credit_state"], "near_limit")
        self.assertEqual(self.values(self.contact)["credit_limit"], 1000.0)
        self.owes(self.firm, 101)
        values = self.values()
        self.assertEqual((values["credit_state"], values["credit_reason"]), ("hold", "OVER_LIMIT"))

    def test_an_exchange_rate_that_moved_is_no_change_of_an_amount(self):
        """A comparison converts at the rate of the day on which the amount was sent."""
        self.firm.credit_limit = 1000
        code = "CHF" if self.company.currency_id.name != "CHF" else "SEK"
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
        currency.rate_ids.unlink()
        for day, rate in (("2026-01-01", 2.0), ("2026-03-01", 3.0)):
            self.env["res.currency.rate"].create(
                {"currency_id": currency.id, "company_id": self.company.id, "name": day, "rate": rate}
            )
        entity = self.env["retail.sync.entity.customer"]

        def limit(**ctx):
            ctx = {"country_code": {}, "state_of": {}, "fields": {"credit_limit"}, "company_id": self.company.id, **ctx}
            values = entity._local_values(self.firm, ctx, {self.firm.id: {"currency": code}})
            return values[self.firm.id]["credit_limit"]

        self.assertEqual(limit(), 3000.0)
        self.assertEqual(limit(exchanged_on={self.firm.id: {"credit_limit": date(2026, 2, 1)}}), 2000.0)

    def test_limit_as_odoo_has_it(self):
        self.env["ir.default"].set("res.partner", "credit_limit", 300.0, company_id=self.company.id)
        self.assertEqual(self.values()["credit_limit"], 300.0, "the company's default")
        self.assertFalse(self.firm.use_partner_credit_limit)
        self.firm.credit_limit = 50
        self.env.invalidate_all()
        self.assertTrue(self.firm.use_partner_credit_limit)
        self.assertEqual(self.values()["credit_limit"], 50.0)
        self.firm.credit_limit = 0
        self.assertIsNone(self.values()["credit_limit"], "0 switches the check off")
        self.firm.credit_limit = 50
        self.company.account_use_credit_limit = False
        self.assertIsNone(self.values()["credit_limit"], "a limit that no user sees does not count")

    def test_each_company_has_its_own_books(self):
        second = self.env["res.company"].create({"name": "Second", "account_use_credit_limit": True})
        self.firm.credit_limit = 1000
        self.firm.with_company(second).credit_limit = 20
        self.owes(self.firm, 100)
        self.assertEqual(self.credit(), (100.0, 0.0, "ok"))
        there = self.firm.with_company(second)._retail_sync_commercial()[self.firm.id]
        self.assertEqual((there["credit_limit"], there["amount_due"]), (20.0, 0.0))

    def test_branches_count_with_their_company(self):
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.owes(self.firm, 100)
        self.assertEqual(self.firm.with_company(branch)._retail_sync_commercial()[self.firm.id]["amount_due"], 100.0)

    def test_rules(self):
        self.firm.credit_limit = 1000
        self.owes(self.firm, 600, due_in=-1)
        self.assertEqual(self.values()["credit_state"], "hold")
        self.set_rules(grace=600)
        self.assertEqual(self.values()["credit_state"], "ok")
        self.set_rules(grace=599.99)
        self.assertEqual(self.values()["credit_state"], "hold")
        self.set_rules(overdue_hold=False, grace=0)
        self.assertEqual(self.values()["credit_state"], "ok")
        self.set_rules(near_percent=50)
        self.assertEqual(self.values()["credit_state"], "near_limit")
        settings = self.env["res.config.settings"].create({})
        self.assertFalse(settings.retail_sync_overdue_hold, "a no stays a no")
        self.assertEqual((settings.retail_sync_near_percent, settings.retail_sync_grace), (50.0, 0.0))
        for wrong in ({"near_percent": 0}, {"near_percent": 101}, {"grace": -1}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.set_rules(**wrong)

    def test_a_slip_in_a_parameter_closes_no_screen(self):
        for text in ("lots", "nan", "inf"):
            self.env["ir.config_parameter"].set_param("retail_sync.credit_near_percent", text)
            self.assertEqual(credit_status.credit_settings(self.env)["near_percent"], 90.0)

    def test_block_holds(self):
        self.block(until=self.today + timedelta(days=3))
        values = self.values(self.contact)
        self.assertEqual((values["credit_state"], values["account_block"]), ("hold", True))
        self.assertEqual((values["block_reason"], values["block_until"]), ("Unpaid invoices", self.days(3)))
        self.firm.account_block_until = self.today - timedelta(days=1)
        values = self.values(self.contact)
        self.assertEqual((values["credit_state"], values["account_block"]), ("ok", False))
        self.assertIsNone(values["block_reason"] or values["block_until"])

    def test_terms_in_one_language(self):
        self.env["res.lang"]._activate_lang("it_IT")
        term = self.env["account.payment.term"].create({"name": "30 days"})
        position = self.env["account.fiscal.position"].create({"name": "EU trade"})
        term.with_context(lang="it_IT").name = "30 giorni"
        position.with_context(lang="it_IT").name = "Intra UE"
        self.firm.write({"property_payment_term_id": term.id, "property_account_position_id": position.id})
        values = self.contact.with_context(lang="it_IT")._retail_sync_commercial()[self.contact.id]
        self.assertEqual((values["payment_terms"], values["tax_class"]), ("30 days", "EU trade"))

    def test_vat_status(self):
        for vat, country, expected in (
            (False, "IT", "unchecked"),
            ("/", "IT", "unchecked"),
            ("IT00743110157", "IT", "valid"),
            ("it 007 431 101 57", "IT", "valid"),
            ("00743110157", "IT", "valid"),
            ("IT00743110158", "IT", "invalid"),
            ("00743110158", "IT", "invalid"),
            ("DE136695976", "IT", "valid"),
            ("DE136695977", "IT", "invalid"),
            ("EL094259216", "GR", "valid"),
            ("094259216", "GR", "valid"),
            ("GODE561231GR8", "MX", "valid"),
            ("12345", "AQ", "unchecked"),
            ("12345", False, "unchecked"),
        ):
            self.assertEqual(credit_status._vat_status(self.env, vat, country), expected, f"{vat} {country}")
        self.firm.write({"country_id": self.env.ref("base.it").id, "vat": "IT00743110157"})
        self.assertEqual(self.values(self.contact)["vat_status"], "valid")

    def test_number_of_queries_does_not_grow(self):
        def made(number):
            firms = self.env["res.partner"].create(
                [{"name": f"Firm {index}", "is_company": True, "vat": "IT00743110157"} for index in range(number)]
            )
            terms = self.env["account.payment.term"].create([{"name": f"Term {index}"} for index in range(number)])
            for firm, term in zip(firms, terms, strict=True):
                firm.write({"credit_limit": 10, "property_payment_term_id": term.id})
            self.block(firms[:1])
            contacts = self.env["res.partner"].create([{"name": "C", "parent_id": firm.id} for firm in firms])
            return firms | contacts

        single, fifty = made(1), made(50)
        for partner in fifty[:3]:
            self.owes(partner, 100)
        self._prime = single._retail_sync_commercial()
        few, many = self.queries(single._retail_sync_commercial), self.queries(fifty._retail_sync_commercial)
        self.assertLessEqual(many, few)
        self.assertLessEqual(many, 14)

    # -- on screens

    def test_who_sees_what(self):
        self.owes(self.firm, 100, due_in=-1)
        amounts = ["sync_amount_due", "sync_overdue_amount"]
        accountant = new_test_user(self.env, "accountant", groups="account.group_account_invoice")
        for user in (accountant, self.users["auditor"]):
            found = self.contact.with_user(user).read(["sync_credit_state", *amounts])[0]
            self.assertEqual((found["sync_credit_state"], *(found[name] for name in amounts)), ("hold", 100.0, 100.0))
        self.assertEqual(self.as_user("seller", self.firm).sync_credit_state, "hold")
        self.assertEqual(self.as_user("seller", self.firm).sync_credit_reason, "Invoices are overdue.")
        with self.assertRaises(AccessError):
            self.as_user("seller", self.firm).read(amounts)
        clerk = new_test_user(self.env, "clerk", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.firm.with_user(clerk).read(["sync_credit_state"])
        with Form(self.firm.with_user(accountant), view="base.view_partner_form") as form:
            self.assertEqual(form.sync_overdue_amount, 100.0)
        Form(self.firm.with_user(clerk), view="base.view_partner_form")
        accountant.group_ids += self.env.ref("base.group_partner_manager")
        Form(self.env["res.partner"].with_user(accountant), view="base.view_partner_form")

    def test_hold_warns_and_does_not_stop(self):
        order = self.order(self.contact)
        self.owes(self.firm, 100, due_in=-1)
        order.invalidate_recordset()
        with Form(self.as_user("seller", order)) as form:
            self.assertIn("Invoices are overdue", form.credit_hold_note)
            self.assertFalse(form.account_block_note)
        self.assertFalse(order.is_stopped)
        self.as_user("seller", order).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_hold_stops_where_it_is_set(self):
        self.set_rules(stops_orders=True)
        order = self.order(self.contact)
        self.owes(self.firm, 100, due_in=-1)
        with self.assertRaisesRegex(UserError, "credit hold: Invoices are overdue"):
            self.as_user("seller", order).action_confirm()
        self.order(self.other).action_confirm()
        order.invalidate_recordset()
        self.assertTrue(order.is_stopped)
        action = self.as_user("boss", order).action_confirm_despite_block()
        wizard = self.as_user("boss", self.env["retail.sync.block.confirm"]).browse(action["res_id"])
        wizard.reason = "Paid in cash"
        wizard.action_apply()
        self.assertEqual(order.state, "sale")
        row = self.env["retail.sync.block.override"].search([("order_id", "=", order.id)])
        self.assertEqual((row.kind, row.partner_id, row.blocked_by_id.id), ("credit_hold", self.firm, False))
