from odoo.tests import TransactionCase, tagged

from odoo.addons.retail_sync.domain.canonical import registry


@tagged("post_install", "-at_install")
class TestTicketValues(TransactionCase):
    """What the stages of Odoo say to a desk."""

    def test_entities_are_declared_and_have_models(self):
        known = self.env["retail.sync.entity"]._all()
        self.assertEqual(known["ticket"]._spec(), registry.get("ticket"))
        self.assertTrue(known["ticket_comment"]._sends_facts())

    def test_stages_stand_for_statuses(self):
        stage = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        self.assertEqual(stage.sync_status, "pending")
        self.assertEqual(self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done").sync_status, "solved")
        self.assertEqual(self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new").sync_status, "new")
