from odoo import Command
from odoo.tests import tagged

from ..engine_case import EngineCase
from ..fake_platform import FIRM, PERSON


@tagged("post_install", "-at_install")
class TestDeletions(EngineCase):
    """Records that are gone on the platform. Odoo deletes nothing because of it."""

    def test_archive(self):
        self.firm("F1", ship_city="Asti", city="Torino")
        self.firm("F2")
        self.take(FIRM)
        self.assertEqual(self.report_deletions(FIRM, "F1"), 1)
        self.assertFalse(self.partner("F1").active)
        self.assertFalse(self.partners.browse(self.link("F1", "delivery").res_id).active)
        for part in ("main", "delivery"):
            link = self.link("F1", part)
            self.assertEqual((link.state, link.archived_by_sync), ("deleted", True))
            self.assertTrue(link.deleted_at)
        self.assertTrue(self.partner("F2").active)
        self.assertEqual(self.partner("F1").sync_state, "deleted")

    def test_keep(self):
        self.firms.delete_policy = "keep"
        self.firm("F1", ship_city="Asti", city="Torino")
        self.take(FIRM)
        self.report_deletions(FIRM, "F1")
        self.assertTrue(self.partner("F1").active)
        self.assertTrue(self.partner("F1").child_ids.active)
        self.assertEqual((self.link("F1").state, self.link("F1").archived_by_sync), ("deleted", False))

    def test_seen_twice(self):
        """Windows of deletions overlap: a customer that staff brought back must not be archived again."""
        self.firm("F1")
        self.take(FIRM)
        self.report_deletions(FIRM, "F1")
        self.partner("F1").active = True
        self.assertEqual(self.report_deletions(FIRM, "F1"), 0)
        self.assertTrue(self.partner("F1").active)

    def test_unknown_record(self):
        self.assertEqual(self.report_deletions(FIRM, "F99"), 0)

    def test_undelete(self):
        self.firm("F1", ship_city="Asti", city="Torino")
        self.take(FIRM)
        self.report_deletions(FIRM, "F1")
        self.firm("F1", email="back@example.com")
        self.assertEqual(self.take(FIRM), {"updated": 1})
        partner, link = self.partner("F1"), self.link("F1")
        self.assertEqual((partner.active, partner.email), (True, "back@example.com"))
        self.assertTrue(self.partners.browse(self.link("F1", "delivery").res_id).active)
        self.assertEqual((link.state, link.archived_by_sync, link.deleted_at), ("in_sync", False, False))

    def test_undelete_leaves_what_staff_archived(self):
        self.firm("F1")
        self.take(FIRM)
        self.partner("F1").active = False
        self.report_deletions(FIRM, "F1")
        self.firm("F1", email="back@example.com")
        self.take(FIRM)
        self.assertEqual((self.partner("F1").active, self.link("F1").state), (False, "in_sync"))

    def test_partner_with_a_login(self):
        """Odoo refuses to archive it. The message about it was closed again in the same breath."""
        self.person("P1")
        self.person("P2")
        self.take(PERSON)
        portal = [Command.set(self.env.ref("base.group_portal").ids)]
        self.make_user("ada", partner_id=self.partner("P1").id, group_ids=portal)
        self.report_deletions(PERSON, "P1", "P2")
        self.assertTrue(self.partner("P1").active)
        self.assertFalse(self.partner("P2").active, "the one with a login does not keep the others")
        message = self.message("P1")
        self.assertEqual((message.state, message.fault_code, message.team), ("open", "DELETE_REFUSED", "business"))
        self.assertEqual(message.res_id, self.partner("P1").id)
        self.assertIn("user", message.fault_message)
        self.assertEqual((self.link("P1").state, self.link("P1").archived_by_sync), ("deleted", False))
        self.assertFalse(self.message("P2"))

    def test_open_exceptions_end(self):
        self.firm("F1", name="")
        self.take(FIRM)
        self.report_deletions(FIRM, "F1")
        self.assertEqual(self.message("F1").state, "done")

    def test_by_poll(self):
        self.firm("F1")
        self.poll()
        self.platform.delete(FIRM, "F1")
        self.poll()
        self.assertFalse(self.partner("F1").active)
        self.assertEqual(self.firms.deleted_until, str(self.platform.now))
        run = self.env["retail.sync.run"].search([("connection_id", "=", self.connection.id)], limit=1)
        self.assertEqual((run.kind, run.n_deleted), ("poll", 1))
