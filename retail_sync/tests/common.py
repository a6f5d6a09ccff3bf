from contextlib import closing, contextmanager
from typing import Any
from unittest.mock import patch

from odoo import Command
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase

from odoo.addons.queue_job.job import Job

from ..models.exceptions.subject import records_domain
from .added_models import add_models
from .fake_platform import PLATFORM, FakeAdapter

BUSY = ("pending", "enqueued", "started")
# Groups of users of the addon, as group_<name>.
GROUPS = ("operator", "steward", "manager", "auditor")


@contextmanager
def held_elsewhere(env, statement, params):
    """Let another session of the database hold the locks of a statement, which refers to committed rows only."""
    with closing(db_connect(env.cr.dbname).cursor()) as other:
        other.execute("SET lock_timeout = '10s'")
        other.execute(statement, params)
        yield
        other.rollback()


class JobsMixin:
    """Runs the engine's queued jobs within a test."""

    @classmethod
    def run_next_job(cls):
        """Run the first of the engine's queued jobs; return whether there was one. What it raises goes up."""
        rows = cls.env["queue.job"].search(
            [("state", "in", BUSY), ("model_name", "=like", "retail.sync.%")], order="priority, id", limit=1
        )
        if not rows:
            return False
        job = Job.load(cls.env, rows.uuid)
        cls.env.flush_all()
        # As the runner does: a job that is under way keeps none like it from being queued.
        job.set_started()
        job.store()
        job.perform()
        job.set_done()
        job.store()
        cls.env.flush_all()
        cls.env.invalidate_all()
        return True

    @classmethod
    def run_jobs(cls, limit=200):
        """Run the engine's queued jobs, those they queue included, in order; return how many ran.

        Waiting times are skipped. What a job raises goes up to the test.
        """
        for count in range(limit):
            if not cls.run_next_job():
                return count
        raise AssertionError(f"Jobs were still left after {limit}: a job queues itself without end")


class FakePlatformMixin(JobsMixin):
    """Gives a test class a platform of its own (`self.platform`) and a connection to it (`self.connection`)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._register_fake_adapter()
        cls.platform = PLATFORM
        PLATFORM.reset()
        cls.connection = cls.make_connection()

    def setUp(self):
        super().setUp()
        PLATFORM.reset()

    @classmethod
    def _register_fake_adapter(cls):
        """Add the fake adapter to the registry, and its platform to the choices of a connection, for this class."""
        add_models(cls, "retail.sync.adapter", FakeAdapter)
        field = cls.registry["retail.sync.connection"]._fields["system"]
        known = [*field.selection, ("fake", "Fake platform")]
        # As a function: of a list, the labels would be looked up in the database.
        for attribute, value in (("selection", lambda _model: known), ("_selection", None)):
            patcher = patch.object(field, attribute, value)
            patcher.start()
            cls.addClassCleanup(patcher.stop)

    @classmethod
    def make_connection(cls, **values):
        return cls.env["retail.sync.connection"].create(
            {
                "name": "Fake shop",
                "system": "fake",
                "environment": "simulator",
                "base_url": "https://platform.example.com",
                "credential_values": {"client_id": "odoo"},
                "credential_secrets": {"client_secret": "a-secret-that-must-not-show"},
                "default_country_id": cls.env.ref("base.it").id,
                **values,
            }
        )

    @classmethod
    def make_user(cls, login, *groups, **values):
        """Create an internal user with the groups of these external ids (of retail_sync when no module is named)."""
        names = [name if "." in name else f"retail_sync.{name}" for name in groups]
        return (
            cls.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": login.capitalize(),
                    "login": login,
                    "password": login,
                    "group_ids": [
                        Command.set([cls.env.ref("base.group_user").id, *(cls.env.ref(name).id for name in names)])
                    ],
                    **values,
                }
            )
        )

    @classmethod
    def make_users_of_groups(cls, *outsiders):
        """Create a user for each group, and users without any; return {name of the group or outsider: user}."""
        users = {name: cls.make_user(name, f"group_{name}") for name in GROUPS}
        return {**users, **{name: cls.make_user(name) for name in outsiders}}

    def first_load(self, connection=None):
        """Test the connection and load everything; return the runs."""
        connection = connection or self.connection
        connection.action_test_connection()
        run_ids = connection.start_first_load()
        self.run_jobs()
        return self.env["retail.sync.run"].browse(run_ids)

    def poll(self, connection=None):
        (connection or self.connection).start_poll()
        self.run_jobs()

    def link(self, external_id, part="main"):
        return self.env["retail.sync.link"].search([("external_id", "=", external_id), ("part", "=", part)])

    def partner(self, external_id):
        """Return the customer linked to a remote record, archived ones included."""
        link = self.link(external_id)
        return self.env["res.partner"].with_context(active_test=False).browse(link.res_id)

    def message(self, external_id: str) -> Any:
        """Return the newest message about a remote record."""
        return self.env["retail.sync.message"].search(records_domain([external_id]), limit=1)

    def alarms(self, about: str) -> Any:
        """Return the alarms of the connection about a thing."""
        return self.env["retail.sync.message"].search(
            [("kind", "=", "alarm"), ("alarm_about", "=", about), ("connection_id", "=", self.connection.id)]
        )

    def merge_task(self, external_id: str) -> Any:
        """Return the newest task to merge a duplicate on the platform."""
        domain = [("merge_task", "=", "two_records"), ("external_id", "=", external_id)]
        return self.env["retail.sync.message"].search(domain, limit=1)


class FakePlatformCase(FakePlatformMixin, TransactionCase):
    """A database test with a fake platform. Transactions of their own are savepoints of the test's."""

    def setUp(self):
        super().setUp()
        self.env.flush_all()
        self.enterContext(self.enter_registry_test_mode())
