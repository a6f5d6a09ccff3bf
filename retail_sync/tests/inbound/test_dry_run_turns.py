from odoo.tests import tagged

from ...models.inbound import load_pages
from ..common import held_elsewhere
from ..dry_run_case import DryRunCase

COUNTS = ("n_linked", "n_created", "n_updated", "n_review", "n_failed", "n_excluded")
# Where all the firms of a holding work.
SEAT = {"street": "Corso Marconi 12", "zip": "10125", "city": "Torino", "country": "IT"}


@tagged("post_install", "-at_install")
class TestDryRunTurns(DryRunCase):
    """A page of a dry run is decided about after all pages before it, whichever of their jobs a worker takes first."""

    def pages(self, firms=6, size=2):
        """Read firms as pages; return the run and its pages."""
        self.connection.stream_ids.page_size = size
        for number in range(firms):
            self.firm(f"F{number}", name=f"Unlike{number} Number{number} Srl", website=f"https://w{number}.example")
        run = self.start_dry_run()[0]
        pages = self.read_pages(run)
        self.assertEqual(len(pages), firms // size)
        return run, pages

    def planned(self):
        return self.env["retail.sync.dry.run.record"].search([]).mapped("external_id")

    def take_page(self, page):
        """Do the work of a page's job."""
        load_pages.job_page(self.env, page.run_id.id, page.id)
        self.env.invalidate_all()

    def assertWaits(self, run, page):
        """A page is not decided about, and stays whole."""
        number, planned = len(run.page_ids), self.planned()
        with self.assertRaises(load_pages.OutOfTurnError), self.env.cr.savepoint():
            self.take_page(page)
        self.env.invalidate_all()
        self.assertEqual((page.state, len(run.page_ids), self.planned()), ("pending", number, planned))

    def test_a_page_out_of_turn_waits_whole(self):
        run, pages = self.pages()
        for page in pages[1:]:
            self.assertWaits(run, page)
        self.assertEqual(self.planned(), [])
        self.take_page(pages[0])
        self.assertWaits(run, pages[2])
        self.take_page(pages[1])
        self.take_page(pages[2])
        self.assertEqual(set(pages.mapped("state")), {"done"})
        self.assertEqual(len(self.planned()), 6)
        self.run_jobs()
        self.assertEqual((run.state, run.n_created), ("done", 6))

    def test_the_halves_of_a_page_keep_its_turn(self):
        run, pages = self.pages()
        load_pages.split_page(self.env, pages[0])
        halves = run.page_ids.filtered(lambda page: page.state == "pending") - pages
        self.assertEqual(len(halves), 2)
        first, second = halves.sorted("id")
        self.assertWaits(run, pages[1])
        self.assertWaits(run, second)
        self.take_page(first)
        self.assertWaits(run, pages[1])
        self.take_page(second)
        self.take_page(pages[1])
        self.run_jobs()
        self.assertEqual((run.state, run.n_created), ("done", 6))

    def test_a_page_waits_for_the_worker_that_decides_about_another_one(self):
        """Two workers at once would each decide without what the other one plans: neither has committed it."""
        run, pages = self.pages()
        lock = "SELECT pg_advisory_xact_lock(%s, %s)"
        with held_elsewhere(self.env, lock, [load_pages.DRY_RUN_LOCK, run.id]):
            self.assertWaits(run, pages[0])
        with held_elsewhere(self.env, lock, [load_pages.DRY_RUN_LOCK, run.id + 1]):
            # The lock of another dry run.
            self.take_page(pages[0])
        self.assertEqual(pages[0].state, "done")


@tagged("post_install", "-at_install")
class TestDryRunDeferredParents(DryRunCase):
    """A record that came before its parent is under it once the parent has come, as in a load."""

    def check(self):
        """Make a dry run and a load, page by page; return the counts of firms."""
        self.connection.stream_ids.page_size = 1
        dry = self.dry_run()
        real = self.load()
        counts = [{name: run[name] for name in COUNTS} for run in dry if run.stream_id == self.firms]
        self.assertEqual(counts, [{name: run[name] for name in COUNTS} for run in real if run.stream_id == self.firms])
        return counts[0]

    def test_a_child_stands_at_the_address_of_a_parent_that_came_after_it(self):
        """The third one has the name of the first, and the address that the first has from the second by then."""
        self.firm("F1", name="Rossi Moden Srl", parent="F2")
        self.firm("F2", name="Conti Holding SpA", **SEAT)
        self.firm("F3", name="Rossi Moden Srl", **SEAT)
        counts = self.check()
        self.assertEqual(counts["n_created"], 2)

    def test_without_the_parent_the_two_are_not_alike(self):
        self.firm("F1", name="Rossi Moden Srl")
        self.firm("F2", name="Conti Holding SpA", **SEAT)
        self.firm("F3", name="Rossi Moden Srl", **SEAT)
        self.assertEqual(self.check()["n_created"], 3)
