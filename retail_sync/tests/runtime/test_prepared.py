from psycopg2.errors import DivisionByZero

from odoo.modules.registry import Registry
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

from ...runtime import prepared
from ...runtime.transactions import LostRaceError


@tagged("post_install", "-at_install")
class TestPrepared(TransactionCase):
    """Statements about few records, planned once for a connection."""

    def names(self, cr=None):
        cr = cr or self.env.cr
        cr.execute("SELECT name FROM pg_prepared_statements WHERE name LIKE 'retail_sync_%' ORDER BY name")
        return [name for (name,) in cr.fetchall()]

    def test_the_same_text_is_planned_once_and_its_values_are_passed(self):
        before = set(self.names())
        found = [
            prepared.rows(self.env, SQL("SELECT id, '5%%' FROM res_users WHERE id = ANY(%s) AND %s = 'a'", [uid], "a"))
            for uid in (1, 2)
        ]
        self.assertEqual(found, [[(1, "5%")], [(2, "5%")]])
        [name] = set(self.names()) - before
        self.env.cr.execute("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name = %s", [name])
        self.assertEqual(self.env.cr.fetchall(), [(2, 0)])

    def test_other_statements_are_planned_as_before(self):
        prepared.rows(self.env, SQL("SELECT id FROM res_users WHERE id = %s", 1))
        self.env.cr.execute(
            "SELECT name, setting FROM pg_settings WHERE name IN"
            " ('plan_cache_mode', 'enable_seqscan', 'enable_hashjoin', 'enable_mergejoin')"
        )
        expected = {"plan_cache_mode": "auto", "enable_seqscan": "on", "enable_hashjoin": "on"}
        self.assertEqual(dict(self.env.cr.fetchall()), {**expected, "enable_mergejoin": "on"})

    def test_a_statement_that_fails_can_be_sent_again(self):
        for number, expected in ((0, None), (2, [(5,)]), (0, None), (5, [(2,)])):
            query = SQL("SELECT 10 / %s", number)
            if expected is None:
                with (
                    mute_logger("odoo.sql_db"),
                    self.assertRaises(DivisionByZero),
                    self.env.cr.savepoint(flush=False),
                ):
                    prepared.rows(self.env, query)
            else:
                self.assertEqual(prepared.rows(self.env, query), expected)

    def test_a_connection_that_was_emptied_by_others_repeats_the_transaction(self):
        query = SQL("SELECT %s + 1", 1)
        prepared.rows(self.env, query)
        with mute_logger("odoo.sql_db"), self.assertRaises(LostRaceError), self.env.cr.savepoint(flush=False):
            self.env.cr.execute("DEALLOCATE ALL")
            prepared.rows(self.env, query)
        self.assertEqual(prepared.rows(self.env, query), [(2,)])


@tagged("post_install", "-at_install")
class TestPreparedInPool(TransactionCase):
    """A connection goes back to the pool with its plans, and with nothing else."""

    def test_only_plans_stay_on_a_connection(self):
        registry = Registry(self.env.cr.dbname)
        with registry._db.cursor() as cr:
            connection = cr.connection
            prepared.rows(self.env(cr=cr), SQL("SELECT id FROM res_users WHERE id = %s", 1))
            cr.execute("SET SESSION work_mem = '77MB'")
            cr.execute("CREATE TEMPORARY TABLE retail_sync_left (id int)")
            cr.execute("SELECT pg_advisory_lock(728999, 1)")
            cr.commit()  # pylint: disable=invalid-commit
            connection.reset()
            cr.execute(
                "SELECT current_setting('work_mem'), to_regclass('pg_temp.retail_sync_left')::text,"
                " (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()),"
                " (SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'retail_sync_%')"
            )
            work_mem, table, locks, plans = cr.fetchone()
        self.assertNotEqual(work_mem, "77MB")
        self.assertEqual((table, locks), (None, 0))
        self.assertGreaterEqual(plans, 1)
