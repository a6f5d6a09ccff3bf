from ..models.outbox import outbox as outbox_steps
from ..models.outbox import routing
from .engine_case import EngineCase
from .fake_platform import FIRM, PERSON

# A platform's row names its empty fields too: what it leaves out was not shown, and is not Odoo's to fill.
SHOWN_EMPTY = ("phone", "email", "website", "street", "city", "zip", "country")


def route_all(env):
    """Route all that was captured: a test is one transaction, which may be a mass change."""
    env = env(su=True)
    while routing.route_small(env):
        pass
    while routing.route_mass(env):
        pass


class OutboundCase(EngineCase):
    """Tests of the way out: both streams of the fake platform go both ways."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection.stream_ids.map_ids.write({"direction": "both"})
        cls.connection.stream_ids.write({"direction": "both", "export_policy": "always"})

    def setUp(self):
        super().setUp()
        # What the set-up itself changed is not sent.
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.env["queue.job"].search([]).unlink()

    def route(self):
        """Route what was captured so far."""
        self.env.flush_all()
        route_all(self.env)
        self.env.invalidate_all()

    def send(self):
        """Route, then run all jobs: everything that is due is delivered."""
        self.route()
        outbox_steps.trigger_due(self.env(su=True), self.connection.stream_ids)
        self.run_jobs()

    def made_before(self):
        """Let all customers be of an earlier day: a test is one transaction, and what it creates would be news."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET create_date = create_date - interval '1 day'")
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.env.invalidate_all()

    def linked_firm(self, external_id="F1", **values):
        """A firm that both sides know, and agree about; return its customer."""
        self.firm(external_id, **{**dict.fromkeys(SHOWN_EMPTY), **values})
        self.take(FIRM)
        self.made_before()
        self.send()
        self.platform.writes.clear()
        self.platform.calls.clear()
        return self.partner(external_id)

    def linked_person(self, external_id="P1", **values):
        self.person(external_id, **{**dict.fromkeys(SHOWN_EMPTY), **values})
        self.take(PERSON)
        self.made_before()
        self.send()
        self.platform.writes.clear()
        self.platform.calls.clear()
        return self.partner(external_id)

    def remote(self, external_id, remote_object=FIRM):
        return self.platform.rows[remote_object][external_id]

    def outbox(self, *states):
        domain = [("direction", "=", "out")] + ([("state", "in", states)] if states else [])
        return self.env["retail.sync.message"].search(domain, order="id")

    def changes(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT model, res_id, op, names, origin FROM retail_sync_change ORDER BY id")
        return self.env.cr.fetchall()
