from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.retail_sync.runtime.transactions import retry_transaction
from odoo.addons.retail_sync.tests.concurrency_case import MARK, ConcurrencyCase

from ...client.records import Comment
from ...models.ticket import comments


@tagged("post_install", "-at_install")
class TestCommentsConcurrency(ConcurrencyCase):
    """Two reads of one ticket at once, each in a transaction of its own."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            ticket = self.environment(cr)["helpdesk.ticket"].create({"name": MARK, "description": "<p>?</p>"})
            self.ticket_id = ticket.id

    def clean(self):  # pylint: disable=missing-return
        with self.registry.cursor() as cr:
            self.environment(cr)["helpdesk.ticket"].search([("name", "=", MARK)]).unlink()
        super().clean()

    def ingest(self, env):
        connection = env["retail.sync.connection"].browse(self.connection_id)
        comment = Comment("c1", text="Once", public=True, at="2026-05-20T09:44:32Z")
        return comments.ingest_comments(env, connection, {self.ticket_id: [comment]})

    def count(self):
        with self.registry.cursor() as cr:
            env = self.environment(cr)
            domain = [
                ("model", "=", "helpdesk.ticket"),
                ("res_id", "=", self.ticket_id),
                ("message_type", "=", "comment"),
            ]
            return env["mail.message"].search_count(domain)

    @mute_logger("odoo.sql_db")
    def test_a_comment_that_two_reads_bring_is_one_message(self):
        # Both have begun, and know nothing of each other, when the first of them writes.
        results = self.in_parallel(2, self.ingest)
        lost = [result for result in results if isinstance(result, SerializationFailure)]
        self.assertEqual(len(lost), 1, results)
        self.assertEqual(self.count(), 1)

    @mute_logger("odoo.sql_db")
    def test_read_that_is_repeated_finds_the_message(self):
        with self.registry.cursor() as cr, patch("time.sleep"):
            env = self.environment(cr)
            made = retry_transaction(env, self.ingest)
            again = retry_transaction(env, self.ingest)
        self.assertEqual((len(made[self.ticket_id]), again), (1, {}))
        self.assertEqual(self.count(), 1)
