from contextlib import contextmanager

from odoo.tools import SQL

from ..models.audit import trail, verification
from .common import FakePlatformCase


class AuditCase(FakePlatformCase):
    """Tests that look into the audit trail. What a test writes is rolled back with it."""

    def setUp(self):
        super().setUp()
        self.env.cr.execute("SELECT coalesce(max(id), 0) FROM retail_sync_audit")
        self.first = self.env.cr.fetchone()[0]

    def rows(self, kind=None):
        """Return the rows that this test has written, the oldest first."""
        self.env.flush_all()
        self.env["retail.sync.audit"].invalidate_model()
        domain = [("id", ">", self.first), *([("kind", "=", kind)] if kind else [])]
        return self.env["retail.sync.audit"].search(domain, order="id")

    def text_of(self, row):
        self.env.cr.execute("SELECT text FROM retail_sync_audit_text WHERE audit_id = %s", [row.id])
        found = self.env.cr.fetchone()
        return found[0] if found else None

    def add(self, kind="decision", **values):
        return self.env["retail.sync.audit"].browse(trail.add(self.env, kind, **values))

    def seal(self):
        self.env["retail.sync.audit"]._cron_seal()
        self.env["retail.sync.audit"].invalidate_model()

    def verify(self):
        return verification.verify(self.env)

    @contextmanager
    def unprotected(self, *tables):
        """Let someone who owns the database change what the triggers refuse, as a forger would."""
        for table in tables:
            self.env.cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", SQL.identifier(table)))
        yield
        for table in tables:
            self.env.cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", SQL.identifier(table)))
            self.env.cr.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table]
            )
            for (name,) in self.env.cr.fetchall():
                self.env.cr.execute(
                    SQL("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", SQL.identifier(table), SQL.identifier(name))
                )
