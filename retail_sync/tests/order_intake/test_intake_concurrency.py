from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.canonical.schema import Incoming
from ...models.mapping.item import Decoded
from ...models.reconcile import apply, pipeline, references, resolve
from ..concurrency_case import MARK, ConcurrencyCase


@tagged("post_install", "-at_install")
class TestIntakeConcurrency(ConcurrencyCase):
    """The same sale in two workers at once, such as a poll and an event: one order."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cr.execute(
                "UPDATE retail_sync_stream SET entity = 'incoming_order', role = 'incoming_order', remote_object ="
                " 'Sale', intake_taxed = false WHERE id = %s",
                [self.stream_id],
            )
            values = {"street": "Via 1", "city": "Roma", "zip": "00100", "country_id": env.ref("base.it").id}
            self.customer_id = env["res.partner"].create({"name": MARK, **values}).id
            product = env["product.product"].create({"name": MARK, "default_code": MARK, "list_price": 10.0})
            product.taxes_id = False
            env["retail.sync.link"].create(
                {
                    "connection_id": self.connection_id,
                    "remote_object": "Firm",
                    "external_id": "F1",
                    "role": "customer",
                    "res_model": "res.partner",
                    "res_id": self.customer_id,
                }
            )
            self.currency = env.company.currency_id.name

    def clean(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["sale.order"].search([("partner_id.name", "=", MARK)]).unlink()
            env["product.product"].with_context(active_test=False).search([("default_code", "=", MARK)]).unlink()
            env["res.partner"].with_context(active_test=False).search([("name", "=", MARK)]).unlink()
        return super().clean()

    def sale(self):
        money = {"amount": "10.00", "currency": self.currency}
        line = {"key": "L1", "sku": MARK, "quantity": {"quantity": "1", "unit": None}, "unit_price": money}
        main = {"title": MARK, "customer": "Firm/F1", "ready": True, "currency": self.currency, "lines": [line]}
        return Decoded(Incoming("S1", "Sale", 1, {"main": main}, content_hash="x"))

    def work(self, env):
        """Take the sale in as a page does; return the outcomes."""
        stream = env["retail.sync.stream"].browse(self.stream_id)
        items = [self.sale()]
        pipeline.load_links(env, stream, items)
        pipeline.drop_unchanged(env, stream, items, False)
        references.resolve(env, stream, items)
        done = apply.apply(env, stream, resolve.resolve(env, stream, [item for item in items if not item.outcome]))
        env.flush_all()
        return [str(item.outcome) for item in done] + [str(item.fault) for item in done if item.fault]

    def test_two_workers_make_one_order(self):
        with mute_logger("odoo.sql_db"):
            results = self.in_parallel(2, self.work)

        self.assertEqual(results.count(["created"]), 1, results)
        lost = [result for result in results if result != ["created"]]
        self.assertTrue(all(isinstance(error, (RetryableJobError, OperationalError)) for error in lost), results)

        # The one that lost runs again, and finds what the other one made.
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.assertNotIn("created", self.work(env))
            self.assertEqual(env["sale.order"].search_count([("partner_id", "=", self.customer_id)]), 1)
