from odoo.tests import HttpCase, tagged

from ...models.audit import trail
from ..common import FakePlatformMixin


@tagged("post_install", "-at_install", "browser")
class TestAuditTour(FakePlatformMixin, HttpCase):
    """In a real browser: an auditor reads and verifies the audit trail."""

    def test_an_auditor_reads_and_verifies_the_trail(self):
        self.make_user("examiner", "group_auditor", lang="en_US")
        partner = self.env["res.partner"].create({"name": "Rossi Srl"})
        trail.add(
            self.env,
            "reveal",
            model="res.partner",
            res_ids=partner.ids,
            connection=self.connection,
            reason="customer on the phone",
            details={"fields": ["email"]},
        )
        self.env["retail.sync.audit"]._cron_seal()
        self.start_tour("/odoo/retail-sync-audit", "retail_sync_audit", login="examiner")
        self.assertFalse(self.env["retail.sync.message"].search([("alarm_about", "=", "audit")]))
