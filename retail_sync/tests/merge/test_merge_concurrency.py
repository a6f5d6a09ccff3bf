from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ...models.merge import session
from ...models.outbox import outbox
from ..concurrency_case import MARK, ConcurrencyCase


@tagged("post_install", "-at_install")
class TestMergeConcurrency(ConcurrencyCase):
    """Merges at the same moment, and beside deliveries, on connections of their own."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            # Other addons demand columns of their own, which a record made by SQL takes from another one.
            cr.execute(
                "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns WHERE table_name ="
                " 'res_partner' AND table_schema = current_schema AND is_nullable = 'NO' AND column_default IS NULL"
                " AND column_name NOT IN ('id', 'name', 'complete_name', 'active')"
            )
            demanded = SQL(cr.fetchone()[0])
            cr.execute(
                SQL(
                    "INSERT INTO res_partner (name, complete_name, active, %(demanded)s) SELECT %(mark)s || number,"
                    " %(mark)s, true, %(demanded)s FROM generate_series(1, 3) number,"
                    " (SELECT * FROM res_partner ORDER BY id LIMIT 1) other RETURNING id",
                    demanded=demanded,
                    mark=MARK,
                )
            )
            self.ids = [row_id for (row_id,) in cr.fetchall()]
            cr.execute("UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%s)", [self.ids])
        self.addCleanup(self.forget)

    def forget(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM retail_sync_merge WHERE survivor_ref = ANY(%s)", [self.ids])
            cr.execute("DELETE FROM mail_message WHERE model = 'res.partner' AND res_id = ANY(%s)", [self.ids])
            cr.execute("DELETE FROM res_partner WHERE id = ANY(%s)", [self.ids])
            cr.execute("DELETE FROM retail_sync_message WHERE stream_id = %s", [self.stream_id])
            cr.execute("DELETE FROM retail_sync_change WHERE model = 'res.partner' AND res_id = ANY(%s)", [self.ids])

    def merge(self, env, survivor, loser):
        partners = env["res.partner"]
        return session.merge(env, partners.browse(survivor), partners.browse(loser), MARK).id

    def alive(self):
        with self.registry.cursor() as cr:
            cr.execute("SELECT id FROM res_partner WHERE id = ANY(%s) ORDER BY id", [self.ids])
            return [row_id for (row_id,) in cr.fetchall()]

    def test_of_two_merges_of_one_customer_one_wins(self):
        first, second, third = self.ids
        into = iter([first, third])
        results = self.in_parallel(2, lambda env: self.merge(env, next(into), second))
        self.assertEqual(len([result for result in results if isinstance(result, int)]), 1, results)
        self.assertEqual(len(self.alive()), 2)

    def test_merges_in_a_ring_leave_one_of_two(self):
        """Each got the lock of one customer, and both were refused: seen once in many runs."""
        first, second, _third = self.ids
        pairs = iter([(first, second), (second, first)])
        results = self.in_parallel(2, lambda env: self.merge(env, *next(pairs)))
        self.assertEqual(len([result for result in results if isinstance(result, int)]), 1, results)
        self.assertEqual(len(self.alive()), 2, "one of the two, and the bystander")

    def test_an_undo_happens_once(self):
        first, second, _third = self.ids
        with self.registry.cursor() as cr:
            merge_id = self.merge(self.environment(cr), first, second)
        results = self.in_parallel(2, lambda env: env["retail.sync.merge"].browse(merge_id)._undo(MARK))
        self.assertEqual(len([result for result in results if isinstance(result, list)]), 1, results)
        self.assertEqual(self.alive(), self.ids)

    def test_a_message_claimed_meanwhile_stops_the_merge(self):
        """The merge began before the claim was committed, and must not delete whom the delivery is about."""
        first, second, _third = self.ids
        with self.registry.cursor() as cr:
            cr.execute(
                "INSERT INTO retail_sync_message (connection_id, stream_id, kind, key, res_model, res_id, direction,"
                " state, lane, op, changes, attempts) VALUES (%s, %s, 'delivery', %s, 'res.partner', %s, 'out',"
                " 'pending', 'standard', 'write', '{}', 0)",
                [self.connection_id, self.stream_id, f"res.partner/{second}", second],
            )
        env = self.worker()
        with self.registry.cursor() as cr:
            tx = self.environment(cr)
            claimed = outbox.claim(tx, tx["retail.sync.stream"].browse(self.stream_id), "standard", "job", 10)
            self.assertEqual(len(claimed), 1)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(Exception) as caught,
        ):  # lost serialisation: the request is repeated, and then refused
            self.merge(env, first, second)
        self.assertEqual(getattr(caught.exception, "pgcode", None), "40001")
        env.cr.rollback()
        with self.assertRaisesRegex(UserError, "being sent"):
            self.merge(env, first, second)
        env.cr.rollback()
        self.assertEqual(self.alive(), self.ids)
