from .engine_case import EngineCase


class DryRunCase(EngineCase):
    """Tests of dry runs: nothing was loaded yet, and both streams are to go both ways."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.stream_ids.map_ids.write({"direction": "both"})
        cls.connection.stream_ids.write({"state": "draft", "cursor": False})

    def dry_run(self):
        """Make a dry run to its end; return its runs."""
        runs = self.start_dry_run()
        self.run_jobs(2000)
        self.assertEqual(set(runs.mapped("state")), {"done"})
        return runs

    def start_dry_run(self):
        return self.env["retail.sync.run"].browse(self.connection.start_dry_run())

    def load(self):
        """Make the first load; return its runs."""
        runs = self.env["retail.sync.run"].browse(self.connection.start_first_load())
        self.run_jobs(2000)
        return runs

    def read_pages(self, run):
        """Read all records of a dry run, and decide about none; return the pages that wait for their turn."""
        while True:
            self.run_next_job()
            pages = self.env["retail.sync.page"].search([("run_id", "=", run.id)], order="sequence, id")
            if pages:
                self.assertEqual(set(pages.mapped("state")), {"pending"})
                return pages
