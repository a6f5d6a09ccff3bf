from datetime import UTC, datetime

from odoo import fields

from odoo.addons.queue_job.job import Job

from ..adapter.values import DeletedRef
from ..models.inbound import intake
from ..models.reconcile import remote_deletions
from .common import FakePlatformCase
from .fake_platform import FIRM, PERSON, address_lines, field_mapping

# What the shipped lines of the fake platform leave out. A row without the key says nothing about the field.
MORE_LINES = [
    field_mapping("state", "state", "state"),
    field_mapping("language", "language", "language"),
    field_mapping("owner", "owner", "email"),
    field_mapping("notes", "notes", "text"),
    field_mapping("phone_opt_out", "no_calls", "bool"),
    field_mapping("active", "active", "bool"),
]


def ms(moment):
    """Return a naive UTC datetime as the platform's clock shows it."""
    return int(moment.replace(tzinfo=UTC).timestamp() * 1000)


class EngineCase(FakePlatformCase):
    """Tests of the engine's steps, on a connection that runs already.

    The platform's clock stands in 2023 unless a test moves it: what Odoo wrote is the
    later edit, until `later_than_odoo`.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        streams = cls.connection.stream_ids
        cls.firms = streams.filtered(lambda stream: stream.remote_object == FIRM)
        cls.persons = streams.filtered(lambda stream: stream.remote_object == PERSON)
        cls.env["retail.sync.field.map"].create(
            [
                dict(line, stream_id=stream.id, sequence=100)
                for stream in streams
                for line in [*MORE_LINES, *(address_lines("bill_", "invoice") if stream == cls.firms else [])]
            ]
        )
        streams.write({"state": "live", "cursor": {"since": "0", "modstamp": "0"}, "deleted_until": "0"})
        cls.connection.write({"state": "running", "connected_at": fields.Datetime.now()})
        cls.partners = cls.env["res.partner"].with_context(active_test=False)

    def setUp(self):
        super().setUp()
        self.seen = dict.fromkeys((FIRM, PERSON), 0)

    def stream(self, remote_object):
        return self.firms if remote_object == FIRM else self.persons

    def firm(self, external_id, **values):
        return self.platform.put(
            FIRM, external_id, **{"name": f"Firm {external_id}", **self.known(FIRM, external_id), **values}
        )

    def person(self, external_id, **values):
        return self.platform.put(
            PERSON, external_id, **{"name": f"Person {external_id}", **self.known(PERSON, external_id), **values}
        )

    def known(self, remote_object, external_id):
        return {"name": row["name"]} if (row := self.platform.rows[remote_object].get(external_id)) else {}

    def take(self, remote_object, rows=None, **options):
        """Process rows (what changed since the last call, if none are given) as one page; return its counters."""
        if rows is None:
            rows = self.platform.since(remote_object, self.seen[remote_object])
            self.seen[remote_object] = self.platform.now
        run = self.make_run(remote_object, "poll")
        counters = intake.process(self.env, self.stream(remote_object), rows, run, **options)
        self.env.flush_all()
        self.env.invalidate_all()
        return {name.removeprefix("n_"): count for name, count in counters.items() if count}

    def report_deletions(self, remote_object, *external_ids, **winners):
        """Report deletions to the engine, and merges as loser=winner; return the links that changed."""
        refs = [DeletedRef(external_id, "2026-01-01") for external_id in external_ids]
        refs += [DeletedRef(loser, "2026-01-01", winner) for loser, winner in winners.items()]
        count = remote_deletions.apply_deletions(self.env, self.stream(remote_object), refs)
        self.env.flush_all()
        self.env.invalidate_all()
        return count

    def make_run(self, remote_object, kind, state="running"):
        return self.env["retail.sync.run"].create(
            {
                "connection_id": self.connection.id,
                "stream_id": self.stream(remote_object).id,
                "kind": kind,
                "state": state,
                "correlation_id": f"test-{kind}",
            }
        )

    def later_than_odoo(self):
        """Move the platform's clock so that its edits are later than any Odoo has made."""
        self.platform.now = ms(datetime.now()) + 86_400_000

    def ownership_rule(self, name, owner, survivorship="owner_wins", **values):
        """Set who may write a canonical field on this connection."""
        self.env["retail.sync.ownership.rule"].create(
            {
                "entity": "customer",
                "canonical_field": name,
                "connection_id": self.connection.id,
                "owner": owner,
                "survivorship": survivorship,
                **values,
            }
        )

    def next_job(self):
        """Perform the job that is next in line; return its method's name. What it raises goes up."""
        row = self.jobs().sorted(lambda job: (job.priority, job.id))[:1]
        # Read now: the job may delete its own row, as a trigger that has found its work.
        method = row.method_name
        job = Job.load(self.env, row.uuid)
        self.env.flush_all()
        # As the runner does: a job that is under way keeps none like it from being queued.
        job.set_started()
        job.store()
        job.perform()
        job.set_done()
        job.store()
        self.env.flush_all()
        self.env.invalidate_all()
        return method

    def fail_job(self, job, text="boom"):
        """Let queue_job give a job up, as it does in a transaction of its own."""
        job.write(
            {"state": "failed", "exc_name": "odoo.addons.queue_job.exception.FailedJobError", "exc_message": text}
        )
        self.env.flush_all()
        self.env.invalidate_all()

    def jobs(self, method=None):
        """Return the engine's jobs that wait."""
        domain = [("model_name", "=like", "retail.sync.%"), ("state", "=", "pending")]
        return self.env["queue.job"].search(domain + ([("method_name", "=", method)] if method else []), order="id")
