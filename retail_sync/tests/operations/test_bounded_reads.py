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
