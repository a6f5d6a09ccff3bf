"""A desk in this process: tickets, their requesters and their comments, on the fake platform of the engine."""

from odoo import Command

from odoo.addons.retail_sync.tests.fake_platform import PERSON, field_mapping
from odoo.addons.retail_sync.tests.outbound_case import OutboundCase

from ...client.records import Comment
from ...models.ticket.comments import ingest_comments

TICKET, COMMENT = "Ticket", "Comment"
TICKET_LINES = [
    field_mapping("subject", "subject", "line"),
    field_mapping("description", "description"),
    field_mapping("status", "status"),
    field_mapping("priority", "priority"),
    field_mapping("type", "type"),
    field_mapping("team", "group"),
    field_mapping("assignee", "assignee"),
    field_mapping("tags", "tags"),
    field_mapping("requester", "requester", "ref", options={"object": PERSON}),
    field_mapping("channel", "channel"),
    field_mapping("custom", "custom"),
    field_mapping("url", "url"),
    field_mapping("solved_at", "solved_at"),
    field_mapping("orders", "orders"),
]
NAMES = ("subject", "description", "status", "priority", "type", "group", "assignee", "tags", "requester", "orders")


def tags(*names):
    return [{"key": name.lower(), "name": name} for name in sorted(names)]


class TicketCase(OutboundCase):
    """A desk whose tickets and comments go both ways."""

    # Whether a linked ticket has had its delivery: what is written to it later is nothing but the edit of the test.
    acknowledges = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tickets = cls.make_stream("ticket", TICKET, TICKET_LINES, direction="both", export_policy="always")
        cls.comments = cls.make_stream(
            "ticket_comment", COMMENT, [field_mapping("html", "html", direction="out")], direction="out"
        )
        cls.team = cls.env["helpdesk.ticket.team"].create({"name": "Returns", "company_id": cls.env.company.id})
        cls.agent = cls.make_user("agent", "retail_sync_helpdesk.group_agent", email="agent@shop.example")
        cls.team.user_ids = cls.agent
        values = cls.env["retail.sync.ticket.value"]
        values._list(cls.connection, "team", {"g1": "Returns", "g2": "Unknown group"})
        values._list(cls.connection, "assignee", {"a1": "agent@shop.example"})

    @classmethod
    def make_stream(cls, entity, remote_object, lines, **values):
        return cls.env["retail.sync.stream"].create(
            {
                "name": remote_object,
                "connection_id": cls.connection.id,
                "entity": entity,
                "remote_object": remote_object,
                "sequence": 50,
                "state": "live",
                "cursor": {"since": "0", "modstamp": "0"},
                "deleted_until": "0",
                "map_ids": [
                    Command.create({"direction": "both", **line, "sequence": number})
                    for number, line in enumerate(lines)
                ],
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        for name in (TICKET, COMMENT):
            self.platform.rows[name] = {}
            self.platform.deleted[name] = []
            self.seen[name] = 0

    def stream(self, remote_object):
        return {TICKET: self.tickets, COMMENT: self.comments}.get(remote_object) or super().stream(remote_object)

    def put(self, external_id, **values):
        """Create or change a ticket on the desk; a new one says something of everything."""
        known = self.platform.rows[TICKET].get(external_id)
        blank = {} if known else {**dict.fromkeys(NAMES), "subject": f"Ticket {external_id}", "status": "new"}
        return self.platform.put(TICKET, external_id, **{**blank, **values})

    def made_before(self):  # pylint: disable=missing-return
        """Let tickets be of an earlier day as well: what a transaction does to a record of its own is not captured."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE helpdesk_ticket SET create_date = create_date - interval '1 day'")
        super().made_before()

    def ticket(self, external_id):
        """Return the ticket that a ticket of the desk is linked to."""
        link = self.env["retail.sync.link"].search([("external_id", "=", external_id), ("role", "=", "ticket")])
        return self.env["helpdesk.ticket"].with_context(active_test=False).browse(link.res_id)

    def linked_ticket(self, external_id="T1", **values):
        """Return a ticket on which both sides agree."""
        self.put(external_id, **values)
        self.take(TICKET)
        self.assertTrue(self.ticket(external_id), self.env["retail.sync.message"].search([]).mapped("fault_message"))
        if self.acknowledges:
            self.send()
            self.platform.writes.clear()
        else:
            self.env.flush_all()
            self.env.cr.execute("DELETE FROM retail_sync_change")
        return self.ticket(external_id)

    def written(self, external_id="T1"):
        """Return what was written to a ticket of the desk: {field: value}."""
        found = {}
        for written_id, fields in self.platform.writes:
            if written_id == external_id:
                found.update(fields)
        return found

    def ingest(self, ticket, *comments, **options):
        return ingest_comments(self.env, self.connection, {ticket.id: comments}, **options)

    def comment(self, key, text="", **values):
        return Comment(**{"key": key, "text": text, "public": True, "at": "2026-05-20T09:44:32Z", **values})

    def messages(self, ticket):
        """Return what people wrote on a ticket, oldest first."""
        found = self.env["mail.message"].search([("model", "=", ticket._name), ("res_id", "=", ticket.id)], order="id")
        return found.filtered(lambda message: message.message_type == "comment")

    def facts(self):
        return self.env["retail.sync.message"].search([("fact_key", "!=", False)], order="id")

    def mails(self):
        return self.env["mail.mail"].sudo().search([])
