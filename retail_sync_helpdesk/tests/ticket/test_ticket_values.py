from odoo.tests import TransactionCase, tagged

from odoo.addons.retail_sync.domain.canonical import registry

from .ticket_case import TICKET, TicketCase


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


@tagged("post_install", "-at_install")
class TestWordsOfTheDesk(TicketCase):
    """Groups, agents and types of a desk get a meaning when a person gives them one."""

    def value(self, kind, word):
        return self.env["retail.sync.ticket.value"].search([("kind", "=", kind), ("value", "=", word)])

    def test_equal_names_and_addresses_mean_the_same(self):
        self.assertEqual(self.value("team", "g1").team_id, self.team)
        self.assertEqual(self.value("assignee", "a1").user_id, self.agent)
        self.assertFalse(self.value("team", "g2").solved)

    def test_listing_again_keeps_what_a_person_chose(self):
        other = self.env["helpdesk.ticket.team"].create({"name": "Other"})
        self.value("team", "g1").team_id = other
        self.env["retail.sync.ticket.value"]._list(self.connection, "team", {"g1": "Returns", "g3": "New"})
        self.assertEqual(self.value("team", "g1").team_id, other)
        self.assertEqual(self.value("team", "g3").label, "New")

    def test_a_name_that_two_teams_have_means_neither(self):
        self.env["helpdesk.ticket.team"].create([{"name": "Twice"}, {"name": "Twice"}])
        self.env["retail.sync.ticket.value"]._list(self.connection, "team", {"g4": "Twice"})
        self.assertFalse(self.value("team", "g4").solved)

    def test_tickets_follow_when_a_word_gets_its_meaning(self):
        ticket = self.linked_ticket(group="g2")
        self.assertFalse(ticket.team_id)
        self.value("team", "g2").team_id = self.team
        self.run_jobs()
        self.send()
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(self.platform.rows[TICKET]["T1"]["group"], "g2")

    def test_tickets_follow_when_a_word_gets_another_meaning(self):
        ticket = self.linked_ticket(group="g1")
        other = self.env["helpdesk.ticket.team"].create({"name": "Other"})
        self.value("team", "g1").team_id = other
        self.run_jobs()
        self.send()
        self.assertEqual(ticket.team_id, other)
        self.assertEqual(self.platform.rows[TICKET]["T1"]["group"], "g1")
