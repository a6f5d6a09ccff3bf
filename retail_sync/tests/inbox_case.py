import itertools

from odoo.addons.queue_job.exception import RetryableJobError

from ..domain.security.event_notice import Notice
from .engine_case import EngineCase


class InboxCase(EngineCase):
    """Tests of events, from the moment they are stored."""

    def setUp(self):
        super().setUp()
        self.later_than_odoo()
        self.env.flush_all()
        self.numbers = itertools.count(1)

    def tell(self, remote_object, *external_ids, key=None, connection=None):
        """Store events as one request does; return how many were new."""
        notices = [
            Notice(key or f"event-{next(self.numbers)}", remote_object, external_id) for external_id in external_ids
        ]
        return self.env["retail.sync.event"]._store(connection or self.connection, "json", notices)

    def events(self, **values):
        self.env.invalidate_all()
        return self.env["retail.sync.event"].search([(name, "=", value) for name, value in values.items()])

    def run_events(self, lane="standard"):
        self.env.flush_all()
        self.env["retail.sync.inbound.jobs"]._job_events(self.connection.id, lane)
        self.env.invalidate_all()

    def put_off(self):
        """Return how a job puts itself off. assertRaises would roll back what it did before."""
        try:
            self.run_events()
        except RetryableJobError as retry:
            self.env.invalidate_all()
            return retry
        return self.fail("the job was not put off")

    def triggers(self):
        return self.jobs("_job_events")

    def outlive(self, seconds):
        """Make events older. In a test all time that passes belongs to the present moment of its transaction."""
        self.env.cr.execute(
            "UPDATE retail_sync_event SET received_at = received_at - (clock_timestamp() - now()) - %s * interval '1s'",
            [seconds],
        )
