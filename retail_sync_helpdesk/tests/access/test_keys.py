from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged

from ...api.operations import SCOPES
from ...models.access import callers, key_lookup
from .key_case import KeyMixin


@tagged("post_install", "-at_install")
class TestKeys(KeyMixin, TransactionCase):
    """Keys of the agent API: who may make them, and when they are accepted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "key-manager", "retail_sync_helpdesk.group_service_manager")
        cls.agent = new_test_user(cls.env, "key-agent", "retail_sync_helpdesk.group_agent")

    def found(self, secret):
        return key_lookup.by_secret(self.env, secret)

    def test_the_shipped_scopes_are_those_of_the_api(self):
        known = {*SCOPES, *callers.ALL_ACTIONS}

        self.assertEqual(set(self.env["retail.sync.api.scope"].search([]).mapped("code")), known)

    def test_a_manager_makes_a_key_and_sees_its_secret_once(self):
        key = self.make_key("orders.read").with_user(self.manager)
        self.assertEqual(key.state, "new")

        secret = self.secret_of(key)

        self.assertEqual(self.found(secret).caller.key_id, key.id)
        self.assertEqual(key.state, "active")
        self.env.cr.execute("SELECT key FROM res_users_apikeys WHERE id = %s", [key.sudo().apikey_id.id])
        self.assertNotIn(secret, self.env.cr.fetchone()[0])

    def test_the_secret_opens_no_other_way_into_odoo(self):
        secret = self.secret_of(self.make_key())

        self.assertFalse(self.env["res.users.apikeys"]._check_credentials(scope="rpc", key=secret))

    def test_a_key_of_another_scope_opens_nothing_here(self):
        agent = self.env["res.users"]._agent_api_user()
        secret = self.env["res.users.apikeys"].with_user(agent).sudo()._generate("rpc", "other", False)

        self.assertIsNone(self.found(secret))

    def test_only_managers_make_keys(self):
        key = self.make_key()

        with self.assertRaises(AccessError):
            key.with_user(self.agent).action_issue()
        with self.assertRaises(AccessError):
            self.env["retail.sync.api.key"].with_user(self.agent).create({"name": "Mine"})

    def test_nobody_enters_the_secret_of_another_key(self):
        key, other = self.make_key(), self.make_key()
        self.secret_of(other)

        with self.assertRaises(AccessError):
            key.with_user(self.manager).write({"apikey_id": other.apikey_id.id})
        with self.assertRaises(AccessError):
            key.with_user(self.manager).write({"revoked_at": False})

    def test_a_revoked_key_is_refused_for_good(self):
        key = self.make_key()
        secret = self.secret_of(key)

        key.with_user(self.manager).action_revoke()

        self.assertIsNone(self.found(secret))
        self.assertEqual((key.state, key.revoked_by_id), ("revoked", self.manager))
        with self.assertRaises(UserError):
            key.action_issue()

    def test_an_expired_key_is_refused(self):
        key = self.make_key(expires_at=fields.Datetime.now() + timedelta(days=1))
        secret = self.secret_of(key)
        self.assertIsNotNone(self.found(secret))

        key.expires_at = fields.Datetime.now() - timedelta(seconds=1)

        self.assertIsNone(self.found(secret))
        self.assertEqual(key.state, "expired")

    def test_a_key_outlives_the_deletion_of_its_expired_secret(self):
        key = self.make_key()
        self.secret_of(key)
        key.expires_at = fields.Datetime.now() - timedelta(days=1)

        self.env["res.users.apikeys"]._gc_user_apikeys()
        self.env.invalidate_all()

        self.assertEqual(key.state, "expired")
        key.expires_at = False
        self.assertEqual(key.state, "new")
        self.assertIsNotNone(self.found(self.secret_of(key)))

    def test_keys_without_a_responsible_person_are_refused(self):
        key = self.make_key(owner_id=self.agent.id)
        secret = self.secret_of(key)

        self.agent.active = False

        self.assertIsNone(self.found(secret))
        self.assertEqual(key.state, "ownerless")

    def test_an_archived_key_is_refused(self):
        key = self.make_key()
        secret = self.secret_of(key)

        key.active = False

        self.assertIsNone(self.found(secret))

    def test_both_secrets_are_accepted_after_a_rotation_until_the_former_is_ended(self):
        key = self.make_key()
        first = self.secret_of(key)

        second = key.with_user(self.manager).action_rotate()["context"]["default_key"]

        self.assertEqual([self.found(secret).caller.key_id for secret in (first, second)], [key.id, key.id])
        key.with_user(self.manager).action_end_former()
        self.assertIsNone(self.found(first))
        self.assertIsNotNone(self.found(second))

    def test_the_former_secret_ends_by_itself(self):
        key = self.make_key()
        first = self.secret_of(key)
        key.action_rotate()

        key.former_until = fields.Datetime.now() - timedelta(seconds=1)

        self.assertIsNone(self.found(first))

    def test_a_second_rotation_ends_the_first_secret(self):
        key = self.make_key()
        first = self.secret_of(key)
        key.action_rotate()

        key.action_rotate()

        self.assertIsNone(self.found(first))

    def test_wrong_secrets_find_nothing(self):
        secret = self.secret_of(self.make_key())

        for wrong in (None, "", "x", secret[:8], f"{secret[:8]}{'0' * 32}", f"{secret}é", "a" * 5000):
            self.assertIsNone(self.found(wrong))

    def test_a_secret_is_hashed_once_in_a_process(self):
        key = self.make_key()
        secret = self.secret_of(key)
        hashing = patch.object(key_lookup, "KEY_CRYPT_CONTEXT", wraps=key_lookup.KEY_CRYPT_CONTEXT)

        with hashing as context:
            self.assertIsNotNone(self.found(secret))
            self.assertIsNotNone(self.found(secret))
            self.assertIsNone(self.found(f"{secret[:8]}{'0' * 32}"))

        self.assertEqual(context.verify.call_count, 2)
        key.action_revoke()
        self.assertIsNone(self.found(secret))

    def test_a_caller_has_what_the_key_says(self):
        italy = self.env.ref("base.it")
        key = self.make_key(
            "orders.read", "return", brands="Nord, Casa", region_ids=[Command.link(italy.id)], owner_id=self.agent.id
        )

        caller = callers.caller_of_key(self.env, key, correlation_id="abcdefgh")

        self.assertEqual(caller.scopes, {"orders.read", "return"})
        self.assertEqual((caller.brands, caller.regions), ({"Nord", "Casa"}, {"IT"}))
        self.assertEqual((caller.user_id, caller.reference), (self.agent.id, f"key/{key.id}"))
        self.assertEqual(caller.companies, frozenset(key.company_ids.ids))

    def test_only_declared_ways_of_verifying_count(self):
        key = self.make_key(verification_methods="phone_pin, signed_in")
        now = fields.Datetime.now()

        claimed = callers.caller_of_key(self.env, key, verified_by="phone_pin", verified_at=now)
        invented = callers.caller_of_key(self.env, key, verified_by="dna_test", verified_at=now)

        self.assertEqual((claimed.verified_by, claimed.verified_at), ("phone_pin", now))
        self.assertEqual((invented.verified_by, invented.verified_at), ("", None))

    def test_a_key_sets_rules_aside_only_while_its_owner_may(self):
        key = self.make_key(may_override=True, owner_id=self.agent.id)
        self.assertFalse(callers.caller_of_key(self.env, key).may_override)

        self.agent.group_ids = [Command.link(self.env.ref("retail_sync_helpdesk.group_override").id)]

        self.assertTrue(callers.caller_of_key(self.env, key).may_override)
        key.kind = "machine"
        self.assertFalse(callers.caller_of_key(self.env, key).may_override)

    def test_the_right_to_set_rules_aside_is_not_borrowed_from_an_owner(self):
        right = Command.link(self.env.ref("retail_sync_helpdesk.group_override").id)
        self.agent.group_ids = [right]
        keys = self.env["retail.sync.api.key"].with_user(self.manager)
        values = {"name": "Borrowed", "owner_id": self.agent.id, "may_override": True}
        with self.assertRaises(AccessError):
            keys.create(values)
        key = keys.create({**values, "may_override": False})
        with self.assertRaises(AccessError):
            key.may_override = True
        self.manager.group_ids = [right]
        key.may_override = True
        self.assertTrue(callers.caller_of_key(self.env, key).may_override)

    def test_managers_change_keys_of_their_own_companies_alone(self):
        other = self.env["res.company"].create({"name": "Other shop"})
        key = self.make_key(company_ids=[Command.set([self.env.company.id, other.id])])

        with self.assertRaises(AccessError):
            key.with_user(self.manager).name = "Mine"

    def test_the_technical_user_works_in_the_companies_of_keys(self):
        other = self.env["res.company"].create({"name": "Other shop"})

        self.make_key(company_ids=[Command.set(other.ids)])

        self.assertIn(other, self.env["res.users"]._agent_api_user().company_ids)

    def test_a_key_without_a_company_is_refused(self):
        with self.assertRaises(ValidationError):
            self.make_key(company_ids=[Command.clear()])

    def test_who_makes_and_changes_keys_is_in_the_audit_trail(self):
        key = self.make_key("orders.read").with_user(self.manager)
        self.secret_of(key)
        key.read_only = True
        key.action_revoke()

        rows = self.env["retail.sync.audit"].search([("model", "=", key._name), ("user_id", "=", self.manager.id)])

        steps = [row.details["step"] for row in rows.sorted("id") if key.id in row.res_ids]
        self.assertEqual(steps, ["issue", "write", "revoke"])

    def test_users_of_screens_call_with_the_scopes_of_their_group(self):
        agent = callers.caller_of_user(self.env, self.agent)
        stranger = callers.caller_of_user(self.env, new_test_user(self.env, "key-stranger"))

        self.assertLessEqual({"orders.read", "return"}, agent.scopes)
        self.assertEqual((agent.channel, agent.machine, agent.user_id), ("screen", False, self.agent.id))
        self.assertEqual(stranger.scopes, frozenset())
