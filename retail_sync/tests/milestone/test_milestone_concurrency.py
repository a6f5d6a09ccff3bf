import threading
import time

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from ...models.milestone import evaluation, protection
from ...runtime.transactions import LostRaceError, lost_race, retry_transaction
from ..concurrency_case import MARK, WAIT, ConcurrencyCase


@tagged("post_install", "-at_install")
class TestMilestoneConcurrency(ConcurrencyCase):
    """Two workers that evaluate one order at the same time write each milestone once, in order."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": MARK})
            product = env["product.product"].create({"name": MARK, "type": "service", "list_price": 10})
            line = [(0, 0, {"product_id": product.id})]
            order = env["sale.order"].create({"partner_id": partner.id, "client_order_ref": MARK, "order_line": line})
            order.action_confirm()
            self.order_id = order.id

    def clean(self):  # pylint: disable=missing-return
        super().clean()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            orders = env["sale.order"].search([("client_order_ref", "=", MARK)])
            protection.GUARD.remove(env)
            cr.execute("DELETE FROM retail_sync_milestone WHERE res_id = ANY(%s)", [orders.ids])
            cr.execute("DELETE FROM retail_sync_milestone_look WHERE order_id = ANY(%s)", [orders.ids])
            protection.GUARD.ensure(env)
            orders._action_cancel()
            orders.unlink()
            env["product.product"].search([("name", "=", MARK)]).unlink()
            env["res.partner"].search([("name", "=", MARK)]).unlink()

    def keys(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT kind, ordinal, reversal FROM retail_sync_milestone WHERE res_id = %s ORDER BY id",
                [self.order_id],
            )
            return cr.fetchall()

    def run_both(self, work):
        barrier, errors = threading.Barrier(2), []

        def worker():
            try:
                work(barrier)
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=worker) for _number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT)
            self.assertFalse(thread.is_alive(), "a worker hangs")
        return errors

    def test_the_second_waits_and_finds_it_written(self):
        def work(barrier):
            def step(tx):
                barrier.wait(WAIT)
                evaluation.evaluate(tx(su=True), [self.order_id])
                time.sleep(0.2)

            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                retry_transaction(env, step, read_committed=True)

        self.assertEqual(self.run_both(work), [])
        self.assertEqual(self.keys(), [("quoted", 1, False), ("confirmed", 1, False)])

    def test_one_that_cannot_see_the_other_is_refused_as_a_lost_race(self):
        def work(barrier):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                # The snapshot of both is older than what either writes.
                cr.execute("SELECT 1 FROM sale_order")
                barrier.wait(WAIT)
                evaluation.evaluate(env, [self.order_id])
                time.sleep(0.2)

        errors = self.run_both(work)
        self.assertEqual(len(errors), 1)
        self.assertTrue(isinstance(errors[0], LostRaceError) or lost_race(errors[0]), errors)
        self.assertEqual(self.keys(), [("quoted", 1, False), ("confirmed", 1, False)])
