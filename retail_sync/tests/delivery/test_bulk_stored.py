from odoo.tests import tagged

from ...domain.canonical.stored import StoredError
from ...models.delivery import stored_records
from ...models.outbox import outbox
from ..outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestBulkStored(OutboundCase):
    """What a bulk delivery keeps in the database while the platform works outlives an upgrade."""

    def handed_over(self):
        """Hand a change over by the bulk interface; return (customer, run that waits for the platform)."""
        self.platform.bulk_from = 1
        partner = self.linked_firm("F1")
        partner.write({"phone": "+390432222222"})
        self.route()
        outbox.trigger_due(self.env(su=True), self.connection.stream_ids)
        while not self.env["retail.sync.run"].search([("kind", "=", "ingest"), ("state", "=", "running")]):
            self.next_job()
        run = self.env["retail.sync.run"].search([("kind", "=", "ingest"), ("state", "=", "running")])
        return partner, run

    def store(self, run, rows):
        page = run.page_ids.ensure_one()
        self.env.cr.execute("UPDATE retail_sync_page SET payload = %s WHERE id = %s", [page._pack(rows), page.id])
        self.env.invalidate_all()

    def test_records_of_the_time_before_versions_still_get_their_results(self):
        _partner, run = self.handed_over()
        [row] = run.page_ids._rows()
        older = {**row["$value"], "kind": "company"}
        for name in ("attributes", "skipped"):
            del older[name]
        self.store(run, [older])
        run.remote_job = {"cursor": {"asked": 0}, "lane": self.outbox("sending").lane}
        self.run_jobs()
        self.assertEqual(self.outbox("done")[-1:].run_id, run)
        self.assertEqual(self.link("F1").sudo().base["phone"], "+390432222222")

    def test_older_record_keeps_its_kind_as_an_attribute(self):
        values = {"key": "k", "res_id": 1, "external_id": None, "parts": {}, "changed": None, "gained": ["delivery"]}
        record, _warnings = stored_records.load_record({**values, "kind": "person"})
        self.assertEqual((record.attributes, record.gained), ({"kind": "person"}, {"delivery"}))

    def test_records_of_a_later_addon_are_refused(self):
        _partner, run = self.handed_over()
        [row] = run.page_ids._rows()
        with self.assertRaises(StoredError):
            stored_records.load_record({**row, "$version": 99})
