from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, new_test_user, tagged

from .key_case import KeyMixin


@tagged("post_install", "-at_install")
class TestKeyExpiry(KeyMixin, TransactionCase):
    """A key that expires within two weeks is announced once, to a person who can open it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "keeper", "retail_sync_helpdesk.group_service_manager")
        cls.employee = new_test_user(cls.env, "program_owner", "base.group_user")

    def key_for(self, days, owner=None):
        ends = fields.Datetime.now() + timedelta(days=days)
        return self.make_key(owner_id=(owner or self.manager).id, expires_at=ends)

    def announce(self):
        self.env["retail.sync.api.key"]._cron_announce_expiry()

    def test_a_key_is_announced_once_to_its_responsible_person(self):
        ending, later = self.key_for(5), self.key_for(40)
        self.announce()
        self.announce()
        self.assertEqual(ending.activity_ids.user_id, self.manager)
        self.assertEqual(len(ending.activity_ids), 1)
        self.assertEqual(ending.activity_ids.date_deadline, ending.expires_at.date())
        ending.activity_ids.with_user(self.manager).action_feedback("It may end.")
        self.assertFalse(ending.activity_ids)
        self.assertFalse(later.activity_ids)

    def test_who_may_not_open_keys_is_not_asked(self):
        key = self.key_for(5, owner=self.employee)
        self.announce()
        self.assertTrue(key.activity_ids.user_id)
        self.assertNotEqual(key.activity_ids.user_id, self.employee)
        self.assertTrue(key.with_user(key.activity_ids.user_id).has_access("write"))

    def test_a_later_date_ends_the_announcement(self):
        key = self.key_for(5)
        self.announce()
        key.with_user(self.manager).expires_at = fields.Datetime.now() + timedelta(days=100)
        self.assertFalse(key.activity_ids)

    def test_a_key_that_is_over_or_revoked_is_not_announced(self):
        ending, over, revoked = self.key_for(5), self.key_for(-1), self.key_for(5)
        revoked.action_revoke()
        self.assertEqual([key.near_expiry for key in (ending, over, revoked)], [True, False, False])
        found = self.env["retail.sync.api.key"].search([("near_expiry", "=", True)])
        self.assertIn(ending, found)
        self.assertFalse(found & (over | revoked))
