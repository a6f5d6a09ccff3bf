from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...domain.security.event_notice import Notice
from ..common import FakePlatformCase
from ..fake_platform import FIRM


@tagged("post_install", "-at_install")
class TestEventSecrets(FakePlatformCase):
    """Who sees and renews addresses and keys, and who sees events."""

    def test_each_connection_has_an_address_of_its_own(self):
        other = self.make_connection(name="Second")
        self.assertTrue(len(other.event_token) >= 43)
        self.assertNotEqual(other.event_token, self.connection.event_token)
        self.assertEqual(self.connection._of_event_token(other.event_token), other)
        self.assertNotEqual(other.copy().event_token, other.event_token)

    def test_a_key_is_shown_once(self):
        manager = self.make_user("marta", "group_manager")
        connection = self.connection.with_user(manager)
        key = connection.action_renew_event_key()["context"]["default_key"]
        self.assertEqual(self.connection.event_key, key)
        form = self.env["retail.sync.event.key"].with_user(manager).with_context(default_key=key).create({})
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM retail_sync_event_key WHERE id = %s", [form.id])
        self.assertNotIn(key, str(self.env.cr.fetchall()))
        for name in ("event_key", "event_key_previous", "event_token", "event_token_previous"):
            with self.assertRaises(AccessError):
                connection.read([name])
        notes = " ".join(self.connection.message_ids.mapped("body"))
        self.assertIn("Marta made a new key", notes)
        self.assertNotIn(key, notes)

    def test_managers_see_the_address_others_do_not(self):
        connection = self.connection.with_user(self.make_user("marta", "group_manager"))
        self.assertIn(self.connection.event_token, connection.event_url)
        for name in ("group_steward", "group_operator", "group_auditor"):
            user = self.make_user(name, name)
            with self.assertRaises(AccessError):
                self.connection.with_user(user).read(["event_url"])
            with self.assertRaises(AccessError):
                self.connection.with_user(user).action_renew_event_url()
            with self.assertRaises(AccessError):
                self.connection.with_user(user).action_renew_event_key()

    def test_a_manager_makes_connections(self):
        manager = self.make_user("marta", "group_manager")
        made = self.env["retail.sync.connection"].with_user(manager).create({"name": "New", "system": "fake"})
        self.assertTrue(made.sudo().event_token)

    def test_the_server_configuration_goes_first(self):
        options = {
            f"{self.connection.code}_event_token": "from-the-file",
            f"{self.connection.code}_event_key_previous": "old",
        }
        with patch("odoo.addons.retail_sync.models.connection.credentials.option", options.get):
            self.assertEqual(self.connection._event_tokens(), ["from-the-file"])
            self.assertEqual(self.connection._event_keys(), [])
            options[f"{self.connection.code}_event_key"] = "new"
            self.assertEqual(self.connection._event_keys(), ["new", "old"])
            self.assertEqual(self.connection._of_event_token("from-the-file"), self.connection)
            self.assertFalse(self.connection._of_event_token(self.connection.event_token))

    def test_who_sees_events(self):
        self.env["retail.sync.event"]._store(self.connection, "json", [Notice("k", FIRM, "F1")])
        stored = self.env["retail.sync.event"].search([("connection_id", "=", self.connection.id)])
        for name in ("group_operator", "group_steward", "group_manager", "group_auditor"):
            seen = stored.with_user(self.make_user(name, name))
            self.assertEqual(seen.external_id, "F1")
            for call in (lambda seen=seen: seen.write({"state": "done"}), seen.unlink, lambda seen=seen: seen.copy()):
                with self.assertRaises(AccessError):
                    call()
        with self.assertRaises(AccessError):
            stored.with_user(self.make_user("plain")).read(["external_id"])
        with self.assertRaises(AccessError):
            stored.with_user(self.env["res.users"].search([("login", "=", "group_auditor")])).action_again()

    def test_events_of_other_companies(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.connection.company_id = company
        self.env.flush_all()
        self.env["retail.sync.event"]._store(self.connection, "json", [Notice("k", FIRM, "F1")])
        user = self.make_user("ophelia", "group_operator")
        self.assertFalse(
            self.env["retail.sync.event"].with_user(user).search([("connection_id", "=", self.connection.id)])
        )
