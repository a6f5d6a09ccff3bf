from decimal import Decimal

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged

from odoo.addons.retail_sync.tests.concurrency_case import MARK, ConcurrencyCase

from ...domain.api.quota import FIXED, Limit
from ...models.access import callers, caps
from .key_case import KeyMixin


@tagged("post_install", "-at_install")
class TestKeyConcurrency(ConcurrencyCase):
    """Many requests with one key at the same time."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            KeyMixin.env = self.environment(cr)
            cap = {"name": "hour", "hours": 1, "amount": 100}
            key = KeyMixin.make_key(name=MARK, kind="machine", cap_ids=[(0, 0, cap)])
            self.key_id = key.id
            self.company_id = key.company_ids.id
        del KeyMixin.env

    def clean(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM retail_sync_api_key WHERE name = %s", [MARK])
        return super().clean()

    def test_every_request_is_counted_and_none_hinders_another(self):
        limits = (Limit("day", 30, 86400, FIXED),)

        def work(env):
            return [env["retail.sync.api.key.use"]._take(self.key_id, limits).verdict.allowed for _turn in range(5)]

        results = self.in_parallel(8, work)

        self.assertFalse([result for result in results if isinstance(result, Exception)])
        self.assertEqual(sum(sum(result) for result in results), 30)
        with self.registry.cursor() as cr:
            cr.execute("SELECT used, refused FROM retail_sync_api_key_use WHERE key_id = %s", [self.key_id])
            self.assertEqual(cr.fetchone(), (30, 10))

    def test_a_request_counts_although_its_transaction_is_rolled_back(self):
        env = self.worker()
        env["retail.sync.api.key.use"]._take(self.key_id, ())
        env.cr.rollback()

        with self.registry.cursor() as cr:
            cr.execute("SELECT used FROM retail_sync_api_key_use WHERE key_id = %s", [self.key_id])
            self.assertEqual(cr.fetchone(), (1,))

    def spend(self, env, amount):
        caller = callers.caller_of_key(env, env["retail.sync.api.key"].browse(self.key_id))
        company = env["res.company"].browse(self.company_id)
        return [found.code for found in caps.spend(env, caller, "refund_full", Decimal(amount), company)]

    def test_two_actions_that_began_together_do_not_both_get_the_last_free_amount(self):
        first, second = self.worker(), self.worker()
        self.assertEqual(self.spend(first, "60"), [])
        first.cr.commit()  # pylint: disable=invalid-commit

        with self.assertRaises(SerializationFailure):
            self.spend(second, "60")

        # As Odoo does: the request begins anew.
        second.cr.rollback()
        self.assertEqual(self.spend(second, "60"), ["machine_cap_amount"])
