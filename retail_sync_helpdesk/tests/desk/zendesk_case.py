from odoo.tools import html2plaintext

from odoo.addons.retail_sync.models.inbound import intake
from odoo.addons.retail_sync.models.runs import run_start

from ...models.desk import comments_in
from .common import DeskCase
from .fake_zendesk import OWN_USER

ADA = 7000


class ZendeskCase(DeskCase):
    """A person and a ticket with one comment are on the desk."""

    def setUp(self):
        super().setUp()
        self.connection.sudo().write({"desk_account": "acme.zendesk.com", "desk_user_key": str(OWN_USER)})
        self.desk.add("users", ADA, name="Ada Rossi", email="ada@rossi.example")
        self.desk.add("tickets", 4000, subject="Late parcel", description="Where is it?", requester_id=ADA)
        self.desk.comment(4000, "Where is it?", ADA)

    def take_in(self, *numbers):
        """Read and take in people and tickets, 4000 if none is named; return the first ticket of Odoo."""
        numbers = numbers or (4000,)
        for stream, wanted in ((self.people, (ADA,)), (self.tickets, numbers)):
            rows, _missing = self.adapter.read_by_ids(stream, [str(number) for number in wanted])
            [run] = run_start.plan_runs(self.env, stream, "poll")
            intake.process(self.env, stream, rows, run)
            # In the life of a connection the job ends it.
            run.state = "done"
            run.flush_recordset()
        return self.linked(numbers[0])

    def linked(self, number):
        link = self.env["retail.sync.link"].search(
            [("connection_id", "=", self.connection.id), ("external_id", "=", str(number)), ("part", "=", "main")]
        )
        return self.env[link.res_model].browse(link.res_id)

    def read_comments(self):
        found = self.connection.with_context(retail_sync_lane="standard")
        return comments_in.read_due(self.env, found)

    def comments_of(self, ticket):
        self.env.invalidate_all()
        return ticket.message_ids.filtered(lambda message: message.message_type in ("comment", "email")).sorted("id")

    def texts(self, ticket):
        return [html2plaintext(message.body).strip() for message in self.comments_of(ticket)]
