from contextlib import closing
from unittest.mock import patch

from odoo.tests import tagged

from ...adapter import Window
from ...domain.resilience.faults import FaultError
from ...models.connection.call_guard import CallGuard
from ..concurrency_case import ConcurrencyCase


@tagged("post_install", "-at_install")
class TestSharedToken(ConcurrencyCase):
    """A token is good for the sign-in that it was obtained with, whoever else changes the sign-in meanwhile."""

    def setUp(self):
        super().setUp()
        self.enterContext(patch.object(CallGuard, "windows", [Window("day", 86400)]))
        self.signed_in = []

    def call_guard(self, env):
        return env["retail.sync.call.guard"]._open(self.connection_id, "standard")

    def connection(self, env):
        return env["retail.sync.connection"].browse(self.connection_id)

    def sign_in(self, connection):
        self.signed_in.append(connection.base_url or "")
        return {"access_token": f"token of {connection.base_url}"}

    def token(self, env, stale=None):
        call_guard = self.call_guard(env)
        return (call_guard.get() or call_guard.refresh(stale, self.sign_in))["access_token"]

    def move(self, env, address="https://other.example.com"):
        self.connection(env).base_url = address
        env.flush_all()

    def test_a_test_that_is_rolled_back_leaves_the_live_connection_alone(self):
        """Seen: the live connection went on with the token, and at the instance, of an address that was taken back."""
        live = self.worker()
        self.assertEqual(self.token(live), "token of False")
        trying = self.worker()
        self.move(trying)
        self.assertEqual(self.token(trying), "token of https://other.example.com")
        guard = self.call_guard(trying)
        guard.before_call()
        guard.after_call(False, "auth", "invalid_client", code="invalid_client")
        trying.cr.rollback()
        again = self.worker()
        self.call_guard(again).before_call()
        self.assertEqual(self.token(again), "token of False")
        self.assertEqual(self.signed_in, ["", "https://other.example.com"])

    def test_a_change_does_not_wait_for_itself(self):
        """The transaction that changes the sign-in tries it: it must wait for no lock that it holds."""
        env = self.worker()
        env.cr.execute("SET lock_timeout = '5s'")
        self.move(env)
        self.assertEqual(self.token(env, stale="old"), "token of https://other.example.com")

    def test_a_committed_change_ends_the_former_token(self):
        self.token(self.worker())
        with closing(self.registry.cursor()) as cr:
            self.move(self.environment(cr))
            cr.commit()  # pylint: disable=invalid-commit
            cr.execute("SELECT access_token FROM retail_sync_call_guard WHERE connection_id = %s", [self.connection_id])
            self.assertEqual(cr.fetchone(), (None,))
        self.assertEqual(self.token(self.worker()), "token of https://other.example.com")

    def test_a_worker_that_began_before_the_change_signs_in_with_the_new_secret(self):
        """Seen: a job that was under way while the secret changed signed in with the former one, and was refused."""
        old = self.worker()
        self.token(old)
        self.assertFalse(self.connection(old).base_url)
        with closing(self.registry.cursor()) as cr:
            self.move(self.environment(cr))
            cr.commit()  # pylint: disable=invalid-commit
        self.assertEqual(self.token(old, stale="token of False"), "token of https://other.example.com")
        self.assertEqual(self.token(self.worker()), "token of https://other.example.com")
        self.assertEqual(self.signed_in, ["", "https://other.example.com"])

    def test_other_credentials_are_tried_at_once(self):
        """A refused sign-in stops the calls; once there are other credentials, no worker waits for the next probe."""
        env = self.worker()
        guard = self.call_guard(env)
        guard.before_call()
        guard.after_call(False, "auth", "invalid_client", code="invalid_client")
        with self.assertRaises(FaultError):
            self.call_guard(self.worker()).before_call()
        with closing(self.registry.cursor()) as cr:
            self.move(self.environment(cr))
            cr.commit()  # pylint: disable=invalid-commit
        probing = self.call_guard(self.worker())
        probing.before_call()
        probing.after_call(True)
        self.call_guard(self.worker()).before_call()
