from odoo.tests import tagged

from odoo.addons.retail_sync.models.inbound import intake

from .ticket_case import TICKET, TicketCase, tags


@tagged("post_install", "-at_install")
class TestTicketsIn(TicketCase):
    """Tickets of the desk become tickets of Odoo, quietly."""

    def test_a_ticket_is_created_with_what_the_desk_says(self):
        self.person("P1", name="Ada Rossi", email="ada@rossi.example")
        self.take("Person")
        self.put(
            "T1",
            subject="Where is my parcel?",
            description="<p>It is late.</p>",
            status="pending",
            priority="urgent",
            group="g1",
            assignee="a1",
            tags=tags("VIP", "late"),
            requester="P1",
            channel="web",
            custom=[{"key": "42", "value": "blue"}],
        )

        self.assertEqual(self.take(TICKET), {"created": 1})

        ticket = self.ticket("T1")
        self.assertEqual(ticket.name, "Where is my parcel?")
        self.assertIn("It is late.", ticket.description)
        self.assertEqual(ticket.stage_id.sync_status, "pending")
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(ticket.team_id, self.team)
        self.assertEqual(ticket.user_id, self.agent)
        self.assertEqual(sorted(ticket.tag_ids.mapped("name")), ["VIP", "late"])
        self.assertEqual((ticket.partner_id.name, ticket.partner_email), ("Ada Rossi", "ada@rossi.example"))
        self.assertEqual((ticket.sync_channel, ticket.sync_custom), ("web", {"42": "blue"}))
        self.assertFalse(self.mails())

    def test_what_was_taken_in_is_not_sent_back(self):
        self.linked_ticket(status="hold", priority="low", group="g1", assignee="a1", tags=tags("b", "A"))
        self.send()
        self.assertFalse(self.platform.writes)
        self.assertFalse(self.outbox("pending"))

    def test_two_tickets_of_one_subject_are_two(self):
        self.put("T1", subject="Help")
        self.put("T2", subject="Help")
        self.assertEqual(self.take(TICKET), {"created": 2})
        self.assertNotEqual(self.ticket("T1"), self.ticket("T2"))

    def test_the_requester_follows_when_it_is_linked(self):
        self.put("T1", requester="P9")
        self.take(TICKET)
        self.assertFalse(self.ticket("T1").partner_id)

        self.person("P9", name="Late Comer", email="late@rossi.example")
        self.take("Person")

        self.assertEqual(self.ticket("T1").partner_id.name, "Late Comer")
        self.assertEqual(self.ticket("T1").partner_email, "late@rossi.example")

    def test_closing_mails_nobody_and_keeps_the_time_of_the_desk(self):
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.assertTrue(done.mail_template_id)
        self.person("P1", name="Ada Rossi", email="ada@rossi.example")
        self.take("Person")
        ticket = self.linked_ticket(requester="P1")
        self.later_than_odoo()
        self.put("T1", status="solved", solved_at="2026-05-20T10:00:00Z")

        self.take(TICKET)

        self.assertEqual(ticket.stage_id, done)
        self.assertEqual(str(ticket.closed_date), "2026-05-20 10:00:00")
        self.assertFalse(self.mails())

    def test_reopening_empties_the_time_of_closing(self):
        ticket = self.linked_ticket(status="solved", solved_at="2026-05-20T10:00:00Z")
        self.assertTrue(ticket.closed_date)
        self.later_than_odoo()
        self.put("T1", status="open", solved_at=None)
        self.take(TICKET)
        self.assertEqual(ticket.stage_id.sync_status, "open")
        self.assertFalse(ticket.closed_date)

    def test_another_team_keeps_status_and_assignee(self):
        ticket = self.linked_ticket(status="pending", assignee="a1")
        stages = self.env["helpdesk.ticket.stage"]
        other = self.env["helpdesk.ticket.team"].create({"name": "Unknown group", "company_id": self.env.company.id})
        first = stages.create({"name": "Inbox", "sequence": 0, "team_ids": other.ids, "unattended": True})
        waits = stages.create({"name": "Waits", "sequence": 1, "team_ids": other.ids, "sync_status": "pending"})
        self.env["retail.sync.ticket.value"]._list(self.connection, "team", {"g2": "Unknown group"})
        ticket.stage_id.team_ids = self.team
        self.later_than_odoo()
        self.put("T1", group="g2")

        self.take(TICKET)
        self.send()

        self.assertEqual((ticket.team_id, ticket.stage_id, ticket.user_id), (other, waits, self.agent))
        self.assertNotEqual(ticket.stage_id, first)
        self.assertFalse(self.platform.writes)

    def test_a_group_without_a_meaning_changes_nothing(self):
        ticket = self.linked_ticket(group="g1")
        self.later_than_odoo()
        self.put("T1", group="g7", status="open")
        self.take(TICKET)
        self.send()
        self.assertEqual(ticket.team_id, self.team)
        self.assertTrue(self.env["retail.sync.ticket.value"].search([("kind", "=", "team"), ("value", "=", "g7")]))
        self.assertNotIn("group", self.written())

    def test_a_ticket_deleted_on_the_desk_is_closed_and_kept(self):
        ticket = self.linked_ticket()
        self.platform.delete(TICKET, "T1")
        self.report_deletions(TICKET, "T1")
        self.assertTrue(ticket.active)
        self.assertTrue(ticket.closed)
        self.assertFalse(self.mails())

    def test_the_integration_user_has_the_rights_for_it(self):
        user = self.connection.user_id
        self.put("T1", status="open", tags=tags("new-tag"), group="g1")
        env = self.env(user=user, su=False)
        stream = self.tickets.with_env(env)
        counters = intake.process(env, stream, self.platform.since(TICKET, 0), self.make_run(TICKET, "poll"))
        self.assertEqual(counters["n_created"], 1)
        self.assertEqual(self.ticket("T1").tag_ids.name, "new-tag")
