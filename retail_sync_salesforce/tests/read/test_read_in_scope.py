from odoo.tests import tagged

from odoo.addons.retail_sync.models.reconcile import remote_deletions

from ...client import ids
from ..common import SalesforceCase


@tagged("post_install", "-at_install")
class TestReadInScope(SalesforceCase):
    """What an event's record is read as."""

    def read_in_scope(self, *record_ids):
        rows, missing = self.adapter.read_in_scope(self.accounts, record_ids)
        return {row["Id"] for row in rows}, set(missing)

    def test_without_a_filter(self):
        there, gone = self.account(1), ids.to_18("0015g00000A9999")
        self.assertEqual(self.read_in_scope(there, gone), ({there}, {gone}))

    def test_a_record_outside_the_scope_is_missing_and_lives(self):
        inside, outside = self.account(1), self.account(2, IsPersonAccount=True)
        self.accounts.filter_text = "IsPersonAccount = false"
        self.assertEqual(self.read_in_scope(inside, outside), ({inside}, {outside}))
        refs = remote_deletions.resolve_missing(self.accounts, [outside])
        self.assertEqual(refs, [])
