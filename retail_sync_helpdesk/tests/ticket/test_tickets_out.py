from odoo.tests import tagged

from ...models.ticket import documents
from .ticket_case import TICKET, TicketCase, tags


@tagged("post_install", "-at_install")
class TestTicketsOut(TicketCase):
    """What is edited in Odoo reaches the desk, and nothing else does."""

    def stage(self, name):
        return self.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}")

    def test_status_and_priority_are_sent(self):
        ticket = self.linked_ticket(status="open", priority="normal")
        ticket.write({"stage_id": self.stage("done").id, "priority": "2"})
        self.send()
        self.assertEqual(self.written(), {"status": "solved", "priority": "high"})

    def test_a_tag_is_added_to_those_of_the_desk(self):
        ticket = self.linked_ticket(tags=tags("a"))
        self.later_than_odoo()
        self.put("T1", tags=tags("a", "b"))
        ticket.tag_ids += self.env["helpdesk.ticket.tag"].create({"name": "c"})
        self.send()
        self.take(TICKET)
        self.send()
        self.assertEqual([line["key"] for line in self.platform.rows[TICKET]["T1"]["tags"]], ["a", "b", "c"])
        self.assertEqual(sorted(ticket.tag_ids.mapped("name")), ["a", "b", "c"])

    def test_edits_of_different_fields_are_both_kept(self):
        ticket = self.linked_ticket(status="open", priority="normal")
        ticket.priority = "3"
        self.later_than_odoo()
        self.put("T1", status="pending")
        self.take(TICKET)
        self.send()
        self.assertEqual((ticket.priority, ticket.stage_id.sync_status), ("3", "pending"))
        remote = self.platform.rows[TICKET]["T1"]
        self.assertEqual((remote["priority"], remote["status"]), ("urgent", "pending"))

    def test_the_later_edit_of_one_field_counts(self):
        ticket = self.linked_ticket(priority="normal")
        ticket.priority = "3"
        self.env.flush_all()
        self.later_than_odoo()
        self.put("T1", priority="low")
        self.take(TICKET)
        self.send()
        self.assertEqual(ticket.priority, "0")
        self.assertEqual(self.platform.rows[TICKET]["T1"]["priority"], "low")

    def test_the_subject_belongs_to_the_desk(self):
        ticket = self.linked_ticket(subject="As asked")
        ticket.name = "As edited"
        self.send()
        self.take(TICKET, [self.platform.rows[TICKET]["T1"]])
        self.assertEqual(self.platform.rows[TICKET]["T1"]["subject"], "As asked")

    def test_a_ticket_of_odoo_is_created_on_the_desk(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "By phone", "description": "<p>Called us</p>", "priority": "2", "team_id": self.team.id}
        )
        self.send()
        [row] = self.platform.rows[TICKET].values()
        self.assertEqual((row["subject"], row["priority"], row["group"]), ("By phone", "high", "g1"))
        self.assertEqual(self.ticket(row["id"]), ticket)

    def test_a_ticket_of_odoo_does_not_wait_for_a_requester_whom_nothing_sends(self):
        self.persons.export_policy = "never"
        partner = self.env["res.partner"].create({"name": "Walk-in", "email": "walk@in.example"})
        self.env["helpdesk.ticket"].create(
            {"name": "At the till", "description": "<p>Hello</p>", "partner_id": partner.id}
        )
        self.send()
        [row] = self.platform.rows[TICKET].values()
        self.assertFalse(row.get("requester"))

    def test_a_ticket_of_odoo_names_the_requester_that_is_sent_first(self):
        partner = self.env["res.partner"].create({"name": "Walk-in", "email": "walk@in.example"})
        self.env["helpdesk.ticket"].create(
            {"name": "At the till", "description": "<p>Hello</p>", "partner_id": partner.id}
        )
        self.send()
        [row] = self.platform.rows[TICKET].values()
        [person] = self.platform.rows["Person"].values()
        self.assertEqual((person["name"], row["requester"]), ("Walk-in", person["id"]))

    def test_a_ticket_of_a_team_that_the_desk_does_not_know_stays(self):
        inside = self.env["helpdesk.ticket.team"].create({"name": "Internal IT", "company_id": self.env.company.id})
        self.env["helpdesk.ticket"].create({"name": "Printer", "description": "<p>Paper</p>", "team_id": inside.id})
        self.send()
        self.assertFalse(self.platform.rows[TICKET])

    def test_a_ticket_of_another_desk_is_not_created_here(self):
        ticket = self.linked_ticket()
        other = self.make_connection(name="Other desk")
        stream = self.tickets.copy({"connection_id": other.id, "state": "live"})
        self.assertFalse(stream._entity()._exportable(stream, ticket.ids))

    def test_numbers_of_linked_orders_are_sent(self):
        self.person("P1", name="Ada Rossi", email="ada@rossi.example")
        self.take("Person")
        ticket = self.linked_ticket(requester="P1")
        self.made_before()
        order = self.env["sale.order"].create({"partner_id": ticket.partner_id.id, "name": "S91001"})
        documents.add(self.env, ticket.id, order)
        self.send()
        self.assertEqual(self.written(), {"orders": "S91001"})
        self.platform.writes.clear()
        ticket.sync_document_ids.action_reject()
        self.send()
        self.assertEqual(self.written(), {"orders": None})

    def test_a_second_stage_of_a_status_is_no_edit(self):
        ticket = self.linked_ticket(status="open")
        second = self.env["helpdesk.ticket.stage"].create({"name": "At work", "sync_status": "open"})
        ticket.stage_id = second
        self.send()
        self.assertNotIn("status", self.written())
        self.later_than_odoo()
        self.put("T1", priority="high")
        self.take(TICKET)
        self.assertEqual(ticket.stage_id, second)
