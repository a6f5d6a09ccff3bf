from odoo.tests import tagged

from ..engine_case import EngineCase
from ..fake_platform import FIRM, PERSON


@tagged("post_install", "-at_install")
class TestDryRun(EngineCase):
    """What a first load would do, counted before anything is written."""

    def seed(self):
        old = self.env["res.partner"].create({"name": "Rossi Srl", "is_company": True, "vat": "IT00743110157"})
        self.firm("F1", name="Rossi Srl", vat="IT00743110157")
        self.firm("F2", name="Verdi Spa", email="verdi@verdi.example")
        self.firm("F3", name="Verdi Spa", email="verdi@verdi.example")
        self.firm("F4", name="")
        self.person("P1", name="Ada Neri", firm="F2")
        return old

    def dry_run(self):
        runs = self.env["retail.sync.run"].browse(self.connection.start_dry_run())
        self.run_jobs()
        return runs

    def test_counts_and_writes_no_customer(self):
        old = self.seed()
        before = self.env["res.partner"].search_count([])
        firms, persons = self.dry_run()
        self.assertEqual(
            (firms.n_read, firms.n_linked, firms.n_created, firms.n_review, firms.n_failed), (4, 1, 1, 1, 1)
        )
        self.assertEqual((persons.n_created, persons.state), (1, "done"))
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.assertFalse(self.env["retail.sync.link"].search([("connection_id", "=", self.connection.id)]))
        self.assertFalse(self.env["retail.sync.message"].search([("connection_id", "=", self.connection.id)]))
        self.assertEqual((self.connection.state, self.firms.state), ("running", "live"))
        self.assertFalse(old.website)

    def test_same_numbers_as_the_load(self):
        self.seed()
        dry = self.dry_run()
        real = self.env["retail.sync.run"].browse(self.connection.start_first_load())
        self.run_jobs()
        for name in ("n_read", "n_linked", "n_created", "n_review", "n_failed"):
            self.assertEqual(dry.mapped(name), real.mapped(name), name)

    def test_the_same_customer_on_different_pages(self):
        """Nothing is created in a dry run, so only its claims know a record of the same customer on an earlier page."""
        self.seed()
        self.firms.page_size = 1
        firms = self.dry_run()[0]
        self.assertEqual((firms.n_created, firms.n_review), (1, 1))

    def test_samples_are_masked(self):
        self.seed()
        firms = self.dry_run()[0]
        self.assertEqual(set(firms.samples), {"linked", "created", "review", "failed"})
        self.assertEqual(firms.samples["failed"][0]["key"], "F4")
        self.assertTrue(all(sample["why"] for examples in firms.samples.values() for sample in examples))
        self.assertNotIn("Verdi", str(firms.samples["created"]))
        self.assertNotIn("verdi@verdi.example", str(firms.samples))

    def test_second_dry_run(self):
        """The claims of the first one made every record of the second one a duplicate."""
        self.seed()
        first = self.dry_run()
        second = self.dry_run()
        for name in ("n_created", "n_review"):
            self.assertEqual(first.mapped(name), second.mapped(name))
        for model in ("retail.sync.dry.run.record", "retail.sync.dry.run.key"):
            self.assertFalse(self.env[model].search([("run_id", "in", (first | second).ids)]))

    def test_after_a_load_all_is_unchanged(self):
        self.seed()
        self.connection.start_first_load()
        self.run_jobs()
        firms, persons = self.dry_run()
        self.assertEqual((firms.n_unchanged, firms.n_created, persons.n_unchanged), (2, 0, 1))

    def test_ignored_records_stay_out(self):
        self.seed()
        self.take(FIRM)
        self.message("F4").action_ignore()
        self.assertEqual(self.dry_run()[0].n_excluded, 1)


@tagged("post_install", "-at_install")
class TestProgress(EngineCase):
    """What people who watch a load are shown."""

    def setUp(self):
        super().setUp()
        for number in range(5):
            self.firm(f"F{number}", name="" if number == 4 else f"Firm {number}")
        self.firms.page_size = 2

    def test_numbers_while_it_runs(self):
        self.assertEqual(self.connection.get_progress()["streams"], [])
        self.connection.start_first_load()
        while self.next_job() != "_job_fetch":
            continue
        progress = self.connection.get_progress()
        self.assertEqual((progress["kind"], progress["done"], progress["ok"]), ("initial", False, False))
        firms = progress["streams"][0]
        self.assertEqual(
            (firms["name"], firms["state"], firms["total"], firms["read"], firms["done"]), ("Firms", "running", 5, 5, 0)
        )
        self.next_job()
        firms = self.connection.get_progress()["streams"][0]
        self.assertEqual((firms["created"], firms["done"]), (2, 2))
        self.run_jobs()
        progress = self.connection.get_progress()
        self.assertEqual((progress["done"], progress["ok"]), (True, True))
        self.assertEqual(
            (progress["totals"]["created"], progress["totals"]["failed"], progress["totals"]["done"]), (4, 1, 5)
        )
        self.assertGreater(progress["totals"]["api_calls"], 0)

    def test_failed_load_is_done_and_not_ok(self):
        self.connection.start_first_load()
        self.fail_job(self.jobs("_job_begin"), "The platform is gone")
        progress = self.connection.get_progress()
        self.assertEqual((progress["done"], progress["ok"]), (True, False))
        self.assertIn("The platform is gone", progress["streams"][0]["message"])

    def test_events(self):
        self.assertEqual(self.connection.get_events(), [])
        self.connection.start_first_load()
        self.run_jobs()
        events = self.connection.get_events()
        self.assertEqual([event["level"] for event in events], ["warning"])
        self.assertIn("4 created", events[0]["text"])
        self.poll()
        self.assertEqual(
            self.connection.get_events(after_id=events[0]["id"]), [], "a poll that found nothing is no event"
        )
        self.person("P1")
        self.poll()
        later = self.connection.get_events(after_id=events[0]["id"])
        self.assertEqual([event["level"] for event in later], ["info"])
        self.assertIn("1 created", later[0]["text"])

    def test_overview(self):
        self.connection.start_first_load()
        self.run_jobs()
        cards = {
            stream["name"]: stream
            for connection in self.env["retail.sync.connection"].get_overview()["connections"]
            if connection["id"] == self.connection.id
            for stream in connection["streams"]
        }
        firms = cards["Firms"]
        counts = firms["counts"]
        self.assertEqual((counts["in_sync"], counts["attention"], counts["review"]), (4, 1, 0))
        self.assertEqual((firms["total"], firms["state"]), (5, "live"))
        self.assertEqual((firms["last_run"]["created"], firms["last_run"]["kind"]), (4, "initial"))
        self.assertEqual(cards["Persons"]["counts"]["in_sync"], 0)
        self.assertEqual(PERSON, self.persons.remote_object)
