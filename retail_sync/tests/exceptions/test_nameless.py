from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.exceptions.subject import is_nameless
from ..engine_case import EngineCase
from ..fake_platform import FIRM


@tagged("post_install", "-at_install")
class TestNamelessRecords(EngineCase):
    """A row without an id is an exception that Retry cannot read: a retry says so, and what to do instead."""

    def nameless(self, **values):
        self.platform.put(FIRM, "", **{"name": "No id", **values})
        self.read_again()
        return self.env["retail.sync.message"].search([("external_id", "=like", "?%")], order="id")

    def read_again(self):
        """Poll from the beginning, as the look-back of a poll reads rows again."""
        self.firms.cursor = {"since": "0", "modstamp": "0"}
        self.poll()
        self.env.invalidate_all()

    def bad_record(self):
        self.firm("F1", name="")
        self.take(FIRM)
        return self.message("F1")

    def test_it_says_that_retry_cannot_read_it(self):
        message = self.nameless()
        self.assertTrue(is_nameless(message.external_id))
        self.assertIn("without an id", message.outlook)
        self.assertNotIn("presses Retry", message.outlook)
        self.assertFalse(message.url, "a hash is no id at the platform")

    def test_retry_of_one_says_why_and_what_to_do(self):
        """It answered that the record is being retried, and did nothing."""
        message = self.nameless()
        with self.assertRaisesRegex(UserError, r"1 skipped: the record came without an id.*press Ignore here"):
            message.action_retry()
        self.assertEqual(message.state, "open")

    def test_retry_of_a_selection_counts_what_it_skips(self):
        bad, message = self.bad_record(), self.nameless()
        closed = bad.copy({"key": "closed", "state": "done"})
        answer = (bad + message + closed).action_retry()["params"]
        self.assertIn("1 records are being retried", answer["message"])
        self.assertIn("1 skipped: the record came without an id", answer["message"])
        self.assertIn("1 skipped: they are done", answer["message"])
        self.assertEqual((answer["type"], answer["sticky"]), ("warning", True))
        self.assertEqual((bad.state, message.state), ("retrying", "open"))

    def test_retry_that_skips_nothing_is_a_success(self):
        answer = self.bad_record().action_retry()["params"]
        self.assertNotIn("skipped", answer["message"])
        self.assertEqual((answer["type"], answer["sticky"]), ("success", False))

    def test_retry_of_an_overwritten_edit_says_that_it_is_decided_instead(self):
        message = self.env["retail.sync.message"].create(
            {
                "connection_id": self.connection.id,
                "stream_id": self.firms.id,
                "kind": "overwritten",
                "external_id": "F1",
                "state": "open",
            }
        )
        with self.assertRaisesRegex(UserError, "chooses between both values"):
            message.action_retry()
        self.assertEqual(message.state, "open")

    def test_an_ignored_row_stays_ignored_until_it_changes(self):
        """Each read of the same row opened a new exception about it."""
        message = self.nameless()
        message.action_ignore("test record")
        self.read_again()
        self.assertEqual(self.env["retail.sync.message"].search_count([("kind", "=", "record")]), 1)
        changed = self.nameless(name="Another name") - message
        self.assertEqual((len(changed), changed.state, message.state), (1, "open", "ignored"))
