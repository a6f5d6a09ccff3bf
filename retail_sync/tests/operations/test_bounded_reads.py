from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.connection import bounded_read
from ..engine_case import EngineCase


@tagged("post_install", "-at_install")
class TestBoundedReads(EngineCase):
    """A list that takes too long is cancelled in the database, too: one click kept it busy for half an hour."""

    def timeout(self):
        self.env.cr.execute("SELECT current_setting('statement_timeout')")
        return self.env.cr.fetchone()[0]

    def test_a_list_that_takes_too_long_is_cancelled_with_a_word_why(self):
        messages = self.env["retail.sync.message"]

        def slow(*_args, **_kwargs):
            self.env.cr.execute("SELECT pg_sleep(20)")

        for method, args in (
            ("web_search_read", ([], {})),
            ("formatted_read_group", ([], ["state"])),
            ("web_read_group", ([], ["state"])),
        ):
            with (
                patch.object(bounded_read, "SECONDS", 0.05),
                patch.object(type(messages), "search_fetch", slow),
                patch.object(type(messages), "_read_group", slow),
                patch.object(type(messages), "_read_grouping_sets", slow, create=True),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(UserError, "Add a filter"),
                self.env.cr.savepoint(),
            ):
                getattr(messages, method)(*args)

    def test_the_limit_ends_with_the_read_and_concerns_our_fields_only(self):
        seen = []
        before = self.timeout()
        partners = self.env["res.partner"]
        search = type(partners).search_fetch

        def note(records, *args, **kwargs):
            seen.append(self.timeout())
            return search(records, *args, **kwargs)

        with patch.object(type(partners), "search_fetch", note):
            partners.web_search_read([("sync_state", "=", "none")], {"name": {}}, limit=1)
            partners.web_search_read([("name", "=", "No such name")], {"name": {}}, limit=1)
        self.assertEqual(seen, ["30s", before])
        self.assertEqual(self.timeout(), before)

    def test_few_groups_are_what_odoo_itself_reads(self):
        """They are read without a limit, in the order of their counts, and put into their order afterwards."""
        users = self.make_users_of_groups()
        subjects = [("review", users["steward"]), ("record", users["operator"]), ("record", None)]
        for number, (kind, user) in enumerate(subjects * 2):
            message = self.env["retail.sync.message"].create(
                {
                    "connection_id": self.connection.id,
                    "stream_id": (self.firms if number % 2 else self.persons).id,
                    "kind": kind,
                    "state": "review" if kind == "review" else "open",
                    "external_id": f"N{number}",
                    "user_id": user.id if user else False,
                }
            )
            message.flush_recordset()
            self.env.cr.execute(
                "UPDATE retail_sync_message SET create_date = %s WHERE id = %s",
                [f"2026-0{1 + number}-03 10:00:00", message.id],
            )
        self.env.invalidate_all()
        messages, domain = self.env["retail.sync.message"].with_user(users["operator"]), []
        for groupby in ("user_id", "stream_id", "rule_id", "kind", "state", "create_date:day", "create_date:month"):
            for limit, offset in ((80, 0), (2, 1)):
                found = messages.web_read_group(domain, [groupby], limit=limit, offset=offset)
                with patch.object(type(messages), "_has_few_groups", return_value=False):
                    expected = messages.web_read_group(domain, [groupby], limit=limit, offset=offset)
                self.assertEqual(found["groups"], expected["groups"], groupby)
                # Odoo does not count the groups before a page that is empty.
                self.assertTrue(found["length"] == expected["length"] or not expected["groups"], groupby)
