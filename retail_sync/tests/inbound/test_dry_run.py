from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.inbound import full_load
from ..dry_run_case import DryRunCase
from ..engine_case import EngineCase
from ..fake_platform import FIRM

ADDRESS = {"street": "Via Roma 1", "zip": "10121", "city": "Torino", "country": "IT"}


@tagged("post_install", "-at_install")
class TestDryRunReport(DryRunCase):
    """What a dry run says about single fields, and that a load then does just that."""

    def customer(self, name, **values):
        return self.partners.create({"name": name, "is_company": True, **values})

    def lines(self, runs):
        lines = self.env["retail.sync.dry.run.line"].search([("run_id", "in", runs.ids)])
        return {(line.side, line.effect, line.field): line.count for line in lines if line.part == "main"}

    def old_customer(self, **values):
        """A customer of an old system: without a VAT number, and without a country."""
        return self.customer("Rossi Srl", email="info@rossi.example", street="Via Roma 1", zip="10121", **values)

    def test_counts_by_field_on_both_sides(self):
        self.old_customer(website="https://rossi.example", phone="+390110000000")
        self.firm("F1", name="Rossi Srl", email="info@rossi.example", phone=None, vat="IT00743110157", **ADDRESS)
        self.firm("F2", name="Bianchi SpA", website="https://bianchi.example")
        runs = self.dry_run()
        lines = self.lines(runs)
        self.assertEqual(lines["odoo", "fill", "vat"], 1)
        self.assertEqual(lines["odoo", "fill", "country"], 1)
        self.assertEqual(lines["odoo", "fill", "city"], 1)
        self.assertEqual(lines["odoo", "create", "website"], 1)
        self.assertEqual(lines["platform", "fill", "phone"], 1)
        self.assertNotIn(("odoo", "fill", "street"), lines)
        self.assertFalse([key for key in lines if key[1] == "empty"])
        self.assertFalse(self.partners.search([("name", "=", "Bianchi SpA")]))

    def test_overwriting_is_counted(self):
        self.old_customer(vat="IT00743110157", website="https://old.example")
        self.ownership_rule("website", "remote", "owner_wins")
        self.firm("F1", name="Rossi Srl", vat="IT00743110157", website="https://new.example")
        self.assertEqual(self.lines(self.dry_run())["odoo", "overwrite", "website"], 1)
        rule = self.env["retail.sync.ownership.rule"].search([("connection_id", "=", self.connection.id)])
        rule.owner = "odoo"
        self.assertEqual(self.lines(self.dry_run())["platform", "overwrite", "website"], 1)

    def elsewhere(self):
        """A customer whose record on the platform has another address, with parts that Odoo's address lacks."""
        old = self.customer("Rossi Srl", street="Via Po 2", zip="10123", city="Torino")
        self.firm("F1", name="Rossi Srl", odoo_id=f"x:res.partner:{old.id}", **ADDRESS)
        return old

    def test_a_reference_to_the_same_customer_is_no_change(self):
        """The platform's name of a parent is known once it is linked, which a dry run only plans."""
        old = self.old_customer(website="https://rossi.example")
        child = self.partners.create({"name": "Luisa Conti", "parent_id": old.id, "email": "luisa@rossi.example"})
        self.firm("F1", name="Rossi Srl", odoo_id=f"x:res.partner:{old.id}")
        self.person("P1", name="Luisa Conti", firm="F1", odoo_id=f"x:res.partner:{child.id}")
        lines = self.lines(self.dry_run())
        self.assertFalse([key for key in lines if key[2] == "parent"])

    def test_emptying_is_counted_and_waits_for_consent(self):
        old = self.elsewhere()
        self.ownership_rule("address", "odoo", "owner_wins")
        lines = self.lines(self.dry_run())
        self.assertEqual(lines["platform", "empty", "country"], 1)
        self.assertEqual(lines["odoo", "ask", "street"], 1)
        self.connection.start_first_load()
        self.run_jobs()
        self.assertEqual(self.message("F1").fault_code, "CONFLICT")
        self.assertEqual(old.street, "Via Po 2")

    def test_with_consent_the_value_goes_as_counted(self):
        self.elsewhere()
        self.ownership_rule("address", "odoo", "owner_wins")
        self.connection.stream_ids.may_empty = True
        self.connection.start_first_load()
        self.run_jobs()
        self.assertFalse(self.message("F1"))

    def test_the_load_does_what_the_dry_run_said(self):
        self.old_customer(phone="+390110000000")
        self.firm("F1", name="Rossi Srl", email="info@rossi.example", vat="IT00743110157", **ADDRESS)
        self.firm("F2", name="Bianchi SpA", website="https://bianchi.example")
        self.firm("F3", name="")
        names = ("n_linked", "n_created", "n_review", "n_failed", "n_updated", "n_excluded")
        dry = self.dry_run()
        real = self.load()
        for name in names:
            self.assertEqual(dry.mapped(name), real.mapped(name), name)
        # What a second dry run would still write in Odoo is nothing.
        self.assertFalse([key for key in self.lines(self.dry_run()) if key[0] == "odoo"])

    def test_a_second_dry_run_takes_the_place_of_the_first(self):
        self.firm("F1", name="Rossi Srl")
        first = self.dry_run()
        self.assertTrue(self.lines(first))
        self.dry_run()
        self.assertFalse(self.lines(first))
        self.assertFalse(self.env["retail.sync.dry.run.sample"].search([("run_id", "in", first.ids)]))

    def test_pages_are_joined(self):
        self.connection.stream_ids.page_size = 100
        for number in range(250):
            self.firm(f"F{number}", name=f"Unlike {number} Srl", website=f"https://w{number}.example")
        runs = self.dry_run()
        lines = self.env["retail.sync.dry.run.line"].search([("run_id", "in", runs.ids), ("field", "=", "website")])
        self.assertEqual(lines.mapped("count"), [250])

    def test_samples_are_masked_until_a_steward_says_why(self):
        steward = self.make_user("steward", "group_steward", "base.group_partner_manager")
        operator = self.make_user("operator", "group_operator", "base.group_partner_manager")
        self.old_customer(phone="+390110000000")
        self.firm("F1", name="Rossi Srl", email="info@rossi.example", phone=None, **ADDRESS)
        runs = self.dry_run()
        line = self.env["retail.sync.dry.run.line"].search([("run_id", "in", runs.ids), ("field", "=", "phone")])
        action = line.with_user(steward).action_samples()
        samples = self.env["retail.sync.dry.run.sample"].with_user(steward).search(action["domain"])
        self.assertEqual(samples.mapped("external_id"), ["F1"])
        self.assertNotIn("0110000000", samples.after)
        self.assertNotIn("Rossi", samples.title)
        with self.assertRaises(AccessError):
            samples.read(["values"])
        reveal = self.env["retail.sync.dry.run.reveal"].with_user(steward).browse(samples.action_reveal()["res_id"])
        with self.assertRaisesRegex(UserError, "why"):
            reveal.action_reveal()
        reveal.reason = "Checking the first load"
        # Back to the same samples, not to all of the run.
        shown = self.env["retail.sync.dry.run.sample"].with_user(steward).search(reveal.action_reveal()["domain"])
        self.assertEqual(shown, samples)
        samples.invalidate_recordset()
        self.assertEqual((samples.title, samples.after), ("Rossi Srl", "+390110000000"))
        self.assertNotIn("Rossi", samples.with_user(operator).title)
        row = self.env["retail.sync.audit"].search([("kind", "=", "reveal")], order="id desc").filtered("reason")[:1]
        self.assertEqual((row.user_id, row.reason), (steward, "Checking the first load"))

    def test_samples_of_hidden_customers_are_hidden(self):
        self.old_customer()
        self.firm("F1", name="Rossi Srl", email="info@rossi.example", vat="IT00743110157", **ADDRESS)
        runs = self.dry_run()
        self.env["ir.rule"].create(
            {
                "name": "No Rossi",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": [("name", "!=", "Rossi Srl")],
                "groups": [self.env.ref("base.group_user").id],
            }
        )
        operator = self.make_user("operator", "group_operator", "base.group_partner_manager")
        samples = self.env["retail.sync.dry.run.sample"].search([("run_id", "in", runs.ids), ("res_id", "!=", 0)])
        self.assertTrue(samples)
        self.assertFalse(samples.with_user(operator).search([("id", "in", samples.ids)]))

    def test_a_record_that_cannot_be_compared_fails_alone(self):
        self.old_customer()
        self.firm("F1", name="Rossi Srl", email="info@rossi.example", **ADDRESS)
        self.firm("F2", name="Bianchi SpA")
        self.assertEqual(self.stream(FIRM).state, "draft")
        self.assertEqual(sum(self.dry_run().mapped("n_created")), 1)

    def families(self):
        """Two linked firms, one below the other."""
        self.firm("F1", name="Rossi Srl")
        self.firm("F2", name="Bianchi SpA", parent="F1")
        self.take(FIRM)
        self.assertEqual(self.partner("F2").parent_id, self.partner("F1"))

    def test_a_record_whose_only_change_is_refused_is_not_updated(self):
        """A move that would close a circle counted as an update, in the dry run and in the load."""
        self.families()
        self.firm("F1", parent="F2")
        [firms, _persons] = self.dry_run()
        self.assertEqual((firms.n_updated, firms.n_unchanged), (0, 2))
        self.assertEqual(self.take(FIRM), {"unchanged": 1})
        self.assertIn("circle", self.link("F1").warning_text)

    def test_a_record_that_gains_an_address_is_updated(self):
        self.families()
        self.firm("F1", **{f"ship_{name}": value for name, value in ADDRESS.items()})
        [firms, _persons] = self.dry_run()
        self.assertEqual((firms.n_updated, firms.n_unchanged), (1, 1))
        self.assertEqual(self.take(FIRM), {"updated": 1})


@tagged("post_install", "-at_install")
class TestDryRunLeftovers(EngineCase):
    """What a dry run has noted of customers goes with the last of the runs that were started together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.stream_ids.write({"state": "draft", "cursor": False})

    def setUp(self):
        super().setUp()
        self.firm("F1", name="Rossi Srl", email="info@rossi.example")
        self.person("P1", name="Luisa Conti", email="luisa@rossi.example", firm="F1")

    def noted(self):
        return [self.env[model].search_count([]) for model in ("retail.sync.dry.run.record", "retail.sync.dry.run.key")]

    def started(self, until):
        """Start a dry run, and run its jobs until one of a method has run; return its runs."""
        runs = self.env["retail.sync.run"].browse(self.connection.start_dry_run())
        while self.next_job() != until:
            continue
        return runs

    def test_a_run_that_fails_leaves_nothing(self):
        """It stayed for a day, with names and addresses of customers, until a cleaner came."""
        runs = self.started("_job_page")
        self.assertTrue(all(self.noted()))
        self.fail_job(self.jobs()[:1])
        self.assertEqual(runs.mapped("state"), ["failed", "cancelled"])
        self.assertTrue(all(run.ended_at for run in runs))
        self.assertEqual(self.noted(), [0, 0])

    def test_the_last_run_that_fails_leaves_nothing(self):
        runs = self.started("_job_finish")
        self.assertEqual((runs[0].state, all(self.noted())), ("done", True), "the persons need what the firms noted")
        self.fail_job(self.jobs()[:1])
        self.assertEqual(runs.mapped("state"), ["done", "failed"])
        self.assertEqual(self.noted(), [0, 0])

    def test_a_run_that_replaces_one_of_several_leaves_the_others_what_they_need(self):
        self.started("_job_finish")
        before = self.noted()
        full_load.start(self.env(su=True), self.connection.sudo(), "dry", self.firms)
        self.assertEqual(self.noted(), before)
        self.run_jobs()
        self.assertEqual(self.noted(), [0, 0])
