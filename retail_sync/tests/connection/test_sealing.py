from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.tests import tagged

from ..common import FakePlatformCase

KEY = Fernet.generate_key().decode()
SECRET = "a-secret-that-must-not-show"


@tagged("post_install", "-at_install")
class TestSealing(FakePlatformCase):
    """With a key in the server configuration, a dump of the database holds no secret in clear."""

    def configure(self, *keys):
        for module in ("runtime.secret_box", "models.connection.sealing"):
            self.enterContext(patch(f"odoo.addons.retail_sync.{module}.options", lambda name: keys))

    def stored(self):
        """Return what a dump would hold of the connection and its call guard."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(connection)::text || to_jsonb(guard)::text FROM retail_sync_connection connection"
            " JOIN retail_sync_call_guard guard ON guard.connection_id = connection.id WHERE connection.id = %s",
            [self.connection.id],
        )
        return self.env.cr.fetchone()[0]

    def test_what_is_entered_is_sealed_and_used_in_clear(self):
        self.configure(KEY)
        self.connection.new_client_secret = "typed-secret"
        key = self.connection.action_renew_event_key()["context"]["default_key"]
        self.connection._call_guard().refresh(None, lambda _connection: {"access_token": "a-live-token"})
        for secret in ("typed-secret", key, "a-live-token"):
            self.assertNotIn(secret, self.stored())
        self.env.invalidate_all()
        self.assertEqual(self.connection._secret("client_secret"), "typed-secret")
        self.assertEqual(self.connection.client_secret, "typed-secret")
        self.assertEqual(self.connection._event_keys(), [key])
        self.assertEqual(self.connection._call_guard().get()["access_token"], "a-live-token")

    def test_what_was_stored_before_the_key_is_sealed_by_the_daily_clean_up(self):
        token = self.connection.event_token
        self.connection._call_guard().refresh(None, lambda _connection: {"access_token": "a-live-token"})
        self.configure(KEY)
        self.env.flush_all()
        self.connection._seal_secrets()
        for secret in (SECRET, token, "a-live-token"):
            self.assertNotIn(secret, self.stored())
        self.env.invalidate_all()
        self.assertEqual(self.connection._secret("client_secret"), SECRET)
        self.assertEqual(self.connection._of_event_token(token), self.connection)

    def test_without_its_key_a_secret_counts_as_missing(self):
        self.configure(KEY)
        self.connection.new_client_secret = "typed-secret"
        self.env.flush_all()
        self.configure(Fernet.generate_key().decode())
        self.env.invalidate_all()
        self.assertFalse(self.connection.has_secret)
        self.assertFalse(self.connection._credential("client_secret"))
