from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.retail_sync.domain.resilience.faults import FaultError
from odoo.addons.retail_sync.tests.fake_platform import PERSON

from ...client.freshdesk.ticket_form import DESCRIPTION
from ...client.records import Attachment
from ...models.ticket import comments_out, notes
from ...models.ticket.comments import wanted_files
from .ticket_case import TICKET, TicketCase

PDF = b"%PDF-1.4 a small file"


@tagged("post_install", "-at_install")
class TestCommentsIn(TicketCase):
    """Comments of the desk become messages: once, quietly, with author and time of the desk."""

    acknowledges = False

    def test_a_comment_is_a_message_of_its_author_and_time(self):
        self.person("P1", name="Ada Rossi", email="ada@rossi.example")
        self.take(PERSON)
        ticket = self.linked_ticket(requester="P1")
        ticket.message_subscribe(ticket.partner_id.ids)

        self.ingest(
            ticket,
            self.comment("c1", "Where is it?", author="P1"),
            self.comment("c2", "Customer is angry", public=False, author="a1", at="2026-05-20T10:00:00Z"),
        )

        first, second = self.messages(ticket)
        self.assertEqual(first.author_id, ticket.partner_id)
        self.assertEqual(str(first.date), "2026-05-20 09:44:32")
        self.assertEqual(first.subtype_id, self.env.ref("mail.mt_comment"))
        self.assertEqual(second.author_id, self.agent.partner_id)
        self.assertEqual(second.subtype_id, self.env.ref("mail.mt_note"))
        self.assertFalse(self.mails())
        self.assertFalse((first | second).notification_ids)

    def test_a_comment_comes_once(self):
        ticket = self.linked_ticket()
        self.ingest(ticket, self.comment("c1", "One"))
        self.ingest(ticket, self.comment("c1", "One"), self.comment("c2", "Two"), self.comment("c2", "Two"))
        self.assertEqual([message.preview for message in self.messages(ticket)], ["One", "Two"])

    def test_a_comment_that_came_in_is_not_sent_back(self):
        ticket = self.linked_ticket()
        self.ingest(ticket, self.comment("c1", "One"))
        self.send()
        self.assertFalse(self.facts())
        self.assertFalse(self.platform.facts)

    def test_the_description_is_no_message(self):
        ticket = self.linked_ticket(description="<p>It is   late.</p>")
        self.ingest(ticket, self.comment("c0", "It is late."), self.comment("c1", "Still late."))
        self.assertEqual([message.preview for message in self.messages(ticket)], ["Still late."])
        # The same words again are another comment.
        self.ingest(ticket, self.comment("c2", "It is late."))
        self.assertEqual([message.preview for message in self.messages(ticket)], ["Still late.", "It is late."])

    def test_an_author_who_is_linked_later_is_named_then(self):
        ticket = self.linked_ticket()
        self.ingest(ticket, self.comment("c1", "Hello", author="P7"))
        self.assertFalse(self.messages(ticket).author_id)
        self.person("P7", name="Late Comer")
        self.take(PERSON)
        self.ingest(ticket)
        self.assertEqual(self.messages(ticket).author_id.name, "Late Comer")

    def test_harmful_mark_up_is_taken_out(self):
        ticket = self.linked_ticket()
        self.ingest(ticket, self.comment("c1", html="<p>Hi<script>alert(1)</script><img src=x onerror=alert(1)></p>"))
        body = self.messages(ticket).body
        self.assertNotIn("script", body)
        self.assertNotIn("onerror", body)

    def test_number_of_queries_does_not_grow_with_the_comments(self):
        ticket, other = self.linked_ticket("T1"), self.linked_ticket("T2")
        few, many = (
            [self.comment(f"{prefix}{n}", f"Text {n}") for n in range(count)] for prefix, count in (("f", 5), ("m", 25))
        )
        self.ingest(ticket, self.comment("warm", "up"))
        start = self.env.cr.sql_log_count
        self.ingest(ticket, *few)
        self.env.flush_all()
        middle = self.env.cr.sql_log_count
        self.ingest(other, *many)
        self.env.flush_all()
        self.assertLessEqual(self.env.cr.sql_log_count - middle, middle - start + 5)

    # -- files

    def file(self, key="f1", name="label.pdf", size=21):
        return Attachment(key, name, "application/pdf", size)

    def test_a_file_is_kept_on_the_ticket(self):
        ticket = self.linked_ticket()
        comment = self.comment("c1", "See file", attachments=(self.file(),))
        self.assertEqual(wanted_files(self.env, self.connection, {ticket.id: [comment]}), [self.file()])
        self.ingest(ticket, comment, files={"f1": PDF})
        attachment = self.messages(ticket).attachment_ids
        self.assertEqual((attachment.name, attachment.raw, attachment.res_id), ("label.pdf", PDF, ticket.id))
        self.assertFalse(wanted_files(self.env, self.connection, {ticket.id: [comment]}))

    def test_files_of_the_description_are_kept_without_its_text(self):
        ticket = self.linked_ticket(description="<p>See the photo</p>")
        self.ingest(ticket, self.comment("c0", "See the photo", attachments=(self.file(),)), files={"f1": PDF})
        message = self.messages(ticket)
        self.assertEqual((message.preview or "", message.attachment_ids.name), ("", "label.pdf"))

    def test_key_that_each_ticket_has_is_one_of_its_ticket(self):
        for ticket in (self.linked_ticket("T1"), self.linked_ticket("T2")):
            self.ingest(ticket, self.comment(DESCRIPTION, "What it is about"))
            self.ingest(ticket, self.comment(DESCRIPTION, "What it is about"))
            self.assertEqual(len(self.messages(ticket)), 1)

    def test_a_file_that_may_do_harm_is_named_with_a_way_to_it(self):
        ticket = self.linked_ticket(url="https://desk.example.com/tickets/1")
        files = (self.file("f1", "bill.pdf"), self.file("f2", "page.html"), self.file("f3", "../run.exe"))
        content = {"f1": b"MZ\x90\x00", "f2": b"<html><script>1</script>", "f3": b"MZ\x90\x00"}
        self.ingest(ticket, self.comment("c1", "See files", attachments=files), files=content)
        message = self.messages(ticket)
        self.assertFalse(message.attachment_ids)
        for name in ("bill.pdf", "page.html", "run.exe", "https://desk.example.com/tickets/1"):
            self.assertIn(name, message.body)

    def test_a_file_that_is_too_large_is_not_asked_for(self):
        ticket = self.linked_ticket()
        self.connection.desk_file_megabytes = 1
        comment = self.comment("c1", "Film", attachments=(self.file(size=2 * 1024 * 1024),))
        self.assertFalse(wanted_files(self.env, self.connection, {ticket.id: [comment]}))
        self.ingest(ticket, comment)
        self.assertIn("larger", self.messages(ticket).body)


@tagged("post_install", "-at_install")
class TestCommentsOut(TicketCase):
    """Messages of Odoo become comments of the desk: once, in order."""

    acknowledges = False

    def post(self, ticket, text, public=True, **values):
        subtype = "mail.mt_comment" if public else "mail.mt_note"
        return ticket.with_user(self.agent).message_post(
            body=text, message_type="comment", subtype_xmlid=subtype, **values
        )

    def out(self, message):
        [row] = self.env["retail.sync.ticket.comment"].search([("message_id", "=", message.id)])
        return comments_out.outgoing(self.env, [{"comment": row.id}])[row.id]

    def test_messages_are_sent_once_and_in_order(self):
        ticket = self.linked_ticket()
        messages = [self.post(ticket, f"Answer {number}") for number in range(3)]
        self.send()
        self.send()
        rows = self.env["retail.sync.ticket.comment"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(rows.message_id.ids, [message.id for message in messages])
        self.assertEqual(self.platform.facts, [(row.marker, ticket.id) for row in rows])
        self.assertEqual(self.facts().mapped("state"), ["done"] * 3)

    def test_the_desk_gets_text_author_and_who_may_see_it(self):
        ticket = self.linked_ticket()
        answer = self.out(self.post(ticket, "On its way"))
        self.assertEqual((answer.text, answer.public, answer.author_key), ("On its way", True, "a1"))
        note = self.out(self.post(ticket, "Careful", public=False))
        self.assertFalse(note.public)

    def test_a_fact_holds_no_text(self):
        ticket = self.linked_ticket()
        self.post(ticket, "Very private words")
        self.assertEqual(list(self.facts().payload), ["comment"])

    def test_what_odoo_notes_by_itself_stays(self):
        ticket = self.linked_ticket(status="open")
        ticket.with_user(self.agent).write(
            {"stage_id": self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting").id}
        )
        self.env.flush_all()
        self.assertFalse(self.facts())

    def test_our_comment_that_comes_back_is_known_by_its_marker(self):
        ticket = self.linked_ticket()
        self.post(ticket, "On its way")
        self.send()
        row = self.env["retail.sync.ticket.comment"].search([("ticket_id", "=", ticket.id)])
        self.ingest(ticket, self.comment("c9", "On its way", marker=row.marker))
        self.ingest(ticket, self.comment("c9", "On its way"))
        self.assertEqual(len(self.messages(ticket)), 1)
        self.assertEqual(row.external_id, "c9")

    def test_our_comment_without_a_marker_is_known_by_text_and_author(self):
        ticket = self.linked_ticket()
        self.post(ticket, "Same words")
        self.post(ticket, "Same words")
        self.send()
        self.ingest(
            ticket,
            self.comment("c1", "Same  words", author="robot"),
            self.comment("c2", "Same words", author="robot"),
            self.comment("c3", "Same words", author="robot"),
            self.comment("c4", "Same words", author="P1"),
            own_author="robot",
        )
        self.assertEqual(len(self.messages(ticket)), 4)

    def test_a_refused_comment_holds_up_the_next_one_until_a_person_decides(self):
        ticket = self.linked_ticket()
        self.post(ticket, "First")
        self.post(ticket, "Second")
        first, second = self.facts()
        self.platform.refusals[first.fact_key] = FaultError("business", "NO", "Not like this")
        self.send()
        self.env.invalidate_all()
        self.assertEqual((first.state, second.state), ("open", "pending"))
        self.assertFalse(self.platform.facts)

    def test_comments_wait_until_their_ticket_is_on_the_desk(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "By phone", "description": "<p>Called</p>"})
        self.post(ticket, "We look at it")
        self.assertFalse(self.facts())
        self.send()
        self.env["retail.sync.ticket.comment"]._cron_queue_waiting()
        self.send()
        self.assertEqual(len(self.platform.facts), 1)
        self.env["retail.sync.ticket.comment"]._cron_queue_waiting()
        self.assertEqual(len(self.facts()), 1)

    # -- one mailer

    def customer_follows(self):
        self.person("P1", name="Ada Rossi", email="ada@rossi.example")
        self.take(PERSON)
        ticket = self.linked_ticket(requester="P1")
        ticket.message_subscribe(ticket.partner_id.ids)
        return ticket

    def test_the_desk_mails_and_odoo_does_not(self):
        ticket = self.customer_follows()
        self.post(ticket, "On its way", partner_ids=ticket.partner_id.ids)
        self.assertFalse(self.mails())
        ticket.with_user(self.agent).write({"stage_id": self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done").id})
        self.flush_tracking()
        self.assertFalse(self.mails())

    def test_odoo_mails_and_the_desk_gets_an_internal_comment(self):
        ticket = self.customer_follows()
        self.connection.desk_mails = "odoo"
        message = self.post(ticket, "On its way", partner_ids=ticket.partner_id.ids)
        self.assertEqual(message.notification_ids.res_partner_id, ticket.partner_id)
        self.assertFalse(self.out(message).public)

    def test_odoo_mails_where_the_desk_gets_no_comments(self):
        ticket = self.customer_follows()
        self.comments.state = "paused"
        message = self.post(ticket, "On its way", partner_ids=ticket.partner_id.ids)
        self.assertEqual(message.notification_ids.res_partner_id, ticket.partner_id)

    def test_colleagues_are_notified_all_the_same(self):
        ticket = self.customer_follows()
        other = self.make_user("colleague", "retail_sync_helpdesk.group_agent")
        message = self.post(ticket, "Look", public=False, partner_ids=other.partner_id.ids)
        self.assertEqual(message.notification_ids.res_partner_id, other.partner_id)

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    # -- notes

    def test_a_note_reaches_the_desk_and_notifies_nobody(self):
        ticket = self.customer_follows()
        notes.note(self.env(user=self.agent), ticket.id, "Refund <1> asked\nfor")
        [message] = self.messages(ticket)
        self.assertEqual(message.author_id, self.agent.partner_id)
        self.assertIn("Refund &lt;1&gt; asked", message.body)
        self.assertFalse(self.mails() or message.notification_ids)
        self.assertFalse(self.out(message).public)
        self.assertEqual(len(self.facts()), 1)

    def test_a_public_note_reaches_the_customer_from_one_side(self):
        ticket = self.customer_follows()
        notes.note(self.env(user=self.agent), ticket.id, "Refunded", public=True)
        message = self.messages(ticket)
        self.assertFalse(message.notification_ids)
        self.assertTrue(self.out(message).public)

        self.connection.desk_mails = "odoo"
        notes.note(self.env(user=self.agent), ticket.id, "Refunded again", public=True)
        message = self.messages(ticket) - message
        self.assertEqual(message.notification_ids.res_partner_id, ticket.partner_id)
        self.assertFalse(self.out(message).public)

    def test_a_note_on_a_ticket_that_the_desk_has_closed_for_good_stays_in_odoo(self):
        ticket = self.linked_ticket(status="closed")
        notes.note(self.env, ticket.id, "Refunded")
        self.assertEqual(len(self.messages(ticket)), 1)
        self.assertFalse(self.facts())

    def test_what_a_customer_writes_in_the_portal_is_the_customers_comment(self):
        ticket = self.customer_follows()
        portal = self.env["res.users"].create(
            {
                "login": "portal-ada",
                "partner_id": ticket.partner_id.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        # pylint: disable-next=translation-required
        message = ticket.with_user(portal).message_post(
            body="Any news?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        answer = self.out(message)
        self.assertEqual((answer.author_key, answer.public), ("P1", True))
        with self.assertRaises(AccessError):
            ticket.with_user(portal).read(["sync_custom"])

    def test_a_file_goes_with_its_message_if_it_may(self):
        ticket = self.linked_ticket()
        good, bad = (
            self.env["ir.attachment"]
            .with_user(self.agent)
            .create([{"name": "label.pdf", "raw": PDF}, {"name": "run.exe", "raw": b"MZ\x90\x00"}])
        )
        found = self.out(self.post(ticket, "Files", attachment_ids=[good.id, bad.id]))
        self.assertEqual(found.files, [("label.pdf", good.id)])
        self.assertIn("run.exe", found.text)

    def test_ticket_of_a_marker_is_known(self):
        ticket = self.linked_ticket()
        message = self.post(ticket, "On its way")
        self.assertEqual(comments_out.place_of(self.env, self.connection, self.out(message).marker), "T1")
        self.assertEqual(comments_out.place_of(self.env, self.connection, "unknown"), "")
        self.assertEqual(self.ticket("T1"), ticket)
        self.assertIn("T1", self.platform.rows[TICKET])
