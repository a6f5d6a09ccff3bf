from unittest.mock import patch

from odoo.tests import tagged

from ...domain.tickets.comment_reading import FEW
from ...models.desk import comments_reported, walk
from .fake_zendesk import OWN_USER
from .zendesk_case import ADA, ZendeskCase

MANY = FEW + 5


@tagged("post_install", "-at_install")
class TestCommentsReported(ZendeskCase):
    """Comments of many tickets, reported by the export of what happened to them: each once, as they are."""

    def many(self, first=5000):
        """Make many tickets with two comments each; return their numbers."""
        numbers = range(first, first + MANY)
        for number in numbers:
            self.desk.add("tickets", number, subject=f"Ticket {number}", description="Hello", requester_id=ADA)
            self.desk.comment(number, "Hello", ADA)
            self.desk.comment(number, f"Where is {number}?", ADA)
        return list(numbers)

    def paths(self):
        paths = [call.partition(" ")[2] for call in self.desk.calls]
        return [path for path in paths if path.endswith(("/comments", "/ticket_events"))]

    def hour_passes(self):
        self.env.cr.execute("UPDATE retail_sync_desk_walk SET read_at = read_at - interval '1 hour'")

    def test_a_first_load_reads_comments_of_many_tickets_in_one_call(self):
        numbers = self.many()
        self.take_in(*numbers)
        self.assertIsNone(self.read_comments())
        self.assertEqual(self.paths(), ["/incremental/ticket_events"])
        for number in numbers:
            self.assertEqual(self.texts(self.linked(number)), [f"Where is {number}?"])
        self.desk.calls.clear()
        self.assertIsNone(self.read_comments())
        self.assertEqual(self.desk.calls, [], "what is known is asked for again")

    def test_what_many_tickets_were_reported_in_an_outage_comes_once_and_as_it_is(self):
        numbers = self.many()
        self.take_in(*numbers)
        self.read_comments()
        for number in numbers:
            self.desk.comment(number, "Is anybody there?", ADA)
        file = {"id": 77, "file_name": "photo.txt", "content_type": "text/plain", "size": 5, "content_url": "/f"}
        self.desk.comment(numbers[0], "A note", OWN_USER + 1, public=False, attachments=[file])
        self.take_in(*numbers)
        self.hour_passes()
        self.desk.calls.clear()
        with patch.object(comments_reported, "download", return_value={"77": b"proof"}):
            self.assertIsNone(self.read_comments())
        self.assertEqual(self.paths(), ["/incremental/ticket_events"])
        comments = self.comments_of(self.linked(numbers[0]))
        first = f"Where is {numbers[0]}?"
        self.assertEqual(self.texts(self.linked(numbers[0])), [first, "Is anybody there?", "A note"])
        self.assertEqual([message.subtype_id.internal for message in comments], [False, False, True])
        self.assertEqual(comments[-1].attachment_ids.raw, b"proof")
        self.assertEqual(comments[0].author_id.name, "Ada Rossi")
        self.assertEqual(comments.mapped("date"), sorted(comments.mapped("date")))
        for number in numbers[1:]:
            self.assertEqual(self.texts(self.linked(number)), [f"Where is {number}?", "Is anybody there?"])

    def test_few_tickets_are_read_singly_and_the_export_brings_nothing_twice(self):
        ticket = self.take_in()
        self.read_comments()
        self.desk.calls.clear()
        self.desk.comment(4000, "It has not come", ADA)
        self.take_in()
        self.read_comments()
        self.assertEqual(self.paths(), ["/tickets/4000/comments"])
        self.hour_passes()
        self.assertIsNone(self.read_comments())
        self.assertEqual(self.paths(), ["/tickets/4000/comments", "/incremental/ticket_events"])
        self.assertEqual(self.texts(ticket), ["It has not come"])

    def test_a_ticket_that_came_after_its_past_was_reported_is_read_singly(self):
        self.desk.add("tickets", 4001, subject="Other", description="Hi", requester_id=ADA)
        self.desk.comment(4001, "Hi", ADA)
        self.desk.comment(4001, "First", ADA)
        self.take_in()
        self.read_comments()
        self.desk.comment(4001, "Second", ADA)
        ticket = self.take_in(4001)
        self.hour_passes()
        self.read_comments()
        self.assertEqual(self.texts(ticket), ["First", "Second"])

    def test_a_comment_that_is_not_reported_whole_is_read_singly(self):
        numbers = self.many()
        del self.desk.comments[numbers[3]][1]["attachments"]
        self.take_in(*numbers)
        self.read_comments()
        self.assertEqual(self.paths(), ["/incremental/ticket_events", f"/tickets/{numbers[3]}/comments"])
        self.assertEqual(self.texts(self.linked(numbers[3])), [f"Where is {numbers[3]}?"])

    def test_a_worker_that_dies_between_two_pages_loses_nothing_and_doubles_nothing(self):
        numbers = self.many()
        self.take_in(*numbers)
        moves = []

        def die(*args):
            moves.append(args)
            if len(moves) == 3:
                raise MemoryError

        with patch.object(comments_reported, "PAGE", 20), patch.object(walk, "move", wraps=walk.move) as moved:
            real = moved._mock_wraps
            moved.side_effect = lambda *args: (die(*args), real(*args))
            with self.assertRaises(MemoryError):
                self.read_comments()
        self.assertEqual(len(moves), 3)
        with patch.object(comments_reported, "PAGE", 20):
            self.assertIsNone(self.read_comments())
        for number in numbers:
            self.assertEqual(self.texts(self.linked(number)), [f"Where is {number}?"])
        self.assertEqual({path for path in self.paths() if "comments" in path}, set())

    def test_comments_that_are_written_while_the_export_is_read_are_not_passed(self):
        numbers = self.many()
        self.take_in(*numbers)
        answer = self.desk._events

        def late(desk, call):
            found = answer(call)
            self.desk.comment(numbers[0], "At the last moment", ADA)
            self.take_in(*numbers)
            return found

        routes = [(method, path, late if "ticket_events" in path else run) for method, path, run in self.desk.routes]
        with patch.object(type(self.desk), "routes", routes):
            self.read_comments()
        self.hour_passes()
        self.read_comments()
        self.assertEqual(self.texts(self.linked(numbers[0])), [f"Where is {numbers[0]}?", "At the last moment"])
