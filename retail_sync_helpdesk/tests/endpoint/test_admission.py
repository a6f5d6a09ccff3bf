from contextlib import closing
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import db_connect
from odoo.tests import tagged

from odoo.addons.fastapi.pools import fastapi_app_pool

from ...api.app import ROOT_PATH
from ...api.operations import OPERATIONS
from ...models.access import places
from ...models.endpoint import admission
from .api_case import CALLS, ApiCase


@tagged("post_install", "-at_install")
class TestAdmission(ApiCase):
    """Who is let in to which operation."""

    def test_every_operation_is_tried(self):
        self.assertEqual(set(CALLS), set(OPERATIONS))

    def test_no_operation_answers_without_a_key(self):
        for operation_id in OPERATIONS:
            with self.subTest(operation_id):
                answer = self.call_operation(operation_id, secret="")

                self.assertProblem(answer, 401, "not_authenticated")
                self.assertIn("Bearer", answer.headers["WWW-Authenticate"])

    def test_no_operation_answers_without_its_scope(self):
        with_scope = [operation for operation in OPERATIONS.values() if operation.scope]
        others = {operation.scope for operation in with_scope}
        secrets = {
            scope: self.secret_of(self.make_key(*(others - {scope}), burst=100, name=f"Without {scope}"))
            for scope in others
        }
        for operation in with_scope:
            with self.subTest(operation.id):
                answer = self.call_operation(operation.id, secret=secrets[operation.scope])

                document = self.assertProblem(answer, 403, "scope_missing")
                self.assertIn(operation.scope, document["detail"])

    def test_keys_that_are_not_accepted(self):
        past = fields.Datetime.now() - timedelta(seconds=1)
        revoked, expired = self.make_key(), self.make_key()
        secrets = {"revoked": self.secret_of(revoked), "expired": self.secret_of(expired)}
        revoked.action_revoke()
        expired.expires_at = past
        agent = self.env["res.users"]._agent_api_user()
        secrets["rpc"] = self.env["res.users.apikeys"].with_user(agent).sudo()._generate("rpc", "rpc", False)
        secrets["wrong"] = f"{self.secret[:-1]}{'0' if self.secret[-1] != '0' else '1'}"
        for name, secret in secrets.items():
            with self.subTest(name):
                self.assertProblem(self.call("/me", secret=secret), 401, "not_authenticated")

    def test_a_session_of_odoo_is_no_key(self):
        self.authenticate("admin", "admin")

        self.assertProblem(self.call("/me", secret=""), 401, "not_authenticated")

    def test_a_secret_signs_in_nowhere_else(self):
        answer = self.opener.post(
            f"{self.base_url()}/json/2/res.partner/search",
            json={"domain": []},
            headers={"Authorization": f"Bearer {self.secret}"},
            timeout=30,
        )

        self.assertEqual(answer.status_code, 401)

    def test_a_key_that_looks_up_only_starts_no_action(self):
        secret = self.secret_of(self.make_key(read_only=True))

        self.assertProblem(self.call_operation("submit_action", secret=secret), 403, "read_only")

    def test_answers_say_what_is_left_of_the_limits(self):
        secret = self.secret_of(self.make_key(burst=5, requests_per_minute=60, requests_per_day=3))

        answer = self.call("/me", secret=secret)

        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual(answer.headers["RateLimit-Policy"], "60;w=60, 3;w=86400")
        self.assertEqual((answer.headers["RateLimit-Limit"], answer.headers["RateLimit-Remaining"]), ("3", "2"))
        limits = {limit["name"]: limit for limit in answer.json()["limits"]}
        self.assertEqual((limits["minute"]["remaining"], limits["day"]["remaining"]), (4, 2))

    def test_requests_beyond_the_rate_wait(self):
        secret = self.secret_of(self.make_key(burst=1, requests_per_minute=1))
        self.call("/me", secret=secret)

        answer = self.call("/me", secret=secret)

        self.assertProblem(answer, 429, "rate_limited")
        self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
        self.assertEqual(answer.headers["RateLimit-Remaining"], "0")

    def test_requests_beyond_the_quota_wait_for_the_next_day(self):
        key = self.make_key(requests_per_day=1)
        secret = self.secret_of(key)
        self.call("/me", secret=secret)

        self.assertProblem(self.call("/me", secret=secret), 429, "quota_used_up")
        self.env.invalidate_all()
        self.assertEqual(key.used, 1)
        self.assertTrue(key.last_used_at)

    def test_a_look_up_without_a_free_place_comes_again(self):
        self.env["ir.config_parameter"].set_param(places.SETTING, "1")
        with closing(db_connect(self.env.cr.dbname).cursor()) as other:
            other.execute("SELECT pg_advisory_xact_lock(%s, 0)", [places.LOOK_UP_SPACE])

            answer = self.call_operation("find_orders")

            self.assertProblem(answer, 503, "busy")
            self.assertEqual(answer.headers["Retry-After"], "1")
            self.assertEqual(self.call("/me").status_code, 200)

    def test_a_place_is_found_among_those_that_are_taken(self):
        self.env["ir.config_parameter"].set_param(places.SETTING, "5")
        with closing(db_connect(self.env.cr.dbname).cursor()) as other:
            for place in (0, 1, 3, 4):
                other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [places.LOOK_UP_SPACE, place])

            self.assertTrue(places.take_place(self.env))

            with closing(db_connect(self.env.cr.dbname).cursor()) as third:
                third.execute("SELECT pg_try_advisory_xact_lock(%s, 2)", [places.LOOK_UP_SPACE])
                self.assertFalse(third.fetchone()[0])

    def test_what_the_headers_say_reaches_the_caller(self):
        self.env["res.lang"]._activate_lang("de_DE")
        key = self.make_key(verification_methods="phone_pin")
        secret = self.secret_of(key)
        seen = []
        service = admission.AgentService

        def kept(env, caller, visit):
            seen.append((env.uid, env.companies.ids, caller))
            return service(env, caller, visit)

        with patch.object(admission, "AgentService", kept):
            self.call(
                "/me",
                secret=secret,
                X_Verified_By="phone_pin",
                X_Verified_At="2026-12-01T09:00:00+01:00",
                Accept_Language="de",
                X_Correlation_Id="desk-0001",
            )

        [(uid, companies, caller)] = seen
        self.assertEqual((caller.key_id, caller.verified_by), (key.id, "phone_pin"))
        self.assertEqual(str(caller.verified_at), "2026-12-01 08:00:00")
        self.assertEqual((caller.language, caller.correlation_id), ("de_DE", "desk-0001"))
        self.assertEqual(uid, self.env["res.users"]._agent_api_user().id)
        self.assertEqual(companies, key.company_ids.ids)

    def test_one_application_serves_every_path(self):
        for number in range(1, 51):
            self.call(f"/orders/{number}")

        pools = fastapi_app_pool._queue_by_db_by_root_path[self.env.cr.dbname]
        self.assertEqual([path for path in pools if path.startswith(ROOT_PATH)], [ROOT_PATH])
        self.assertEqual(pools[ROOT_PATH].qsize(), 1)
