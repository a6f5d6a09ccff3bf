from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.resilience.faults import FaultError
from ..engine_case import EngineCase


@tagged("post_install", "-at_install")
class TestOriginalDatabase(EngineCase):
    """A copy of the database speaks to no platform until a person says that it is the original."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("marta", "group_manager")

    def row(self):
        self.env.invalidate_all()
        return self.connection.sudo().call_guard_ids

    def move_database(self, **values):
        """Make the stored seal that of another database, as a dump that was restored has it."""
        self.connection._call_guard().before_call()
        seal = self.row().database_seal.split(":")
        for position, name in enumerate(("oid", "uuid", "cluster")):
            seal[position] = values.get(name, seal[position])
        self.row().database_seal = ":".join(seal)
        self.env.flush_all()

    def refused(self):
        # assertRaises would roll back what the call guard noted.
        try:
            self.connection._call_guard("critical").before_call()
        except FaultError as fault:
            return fault
        return self.fail("the call passed")

    def test_the_first_call_notes_the_database(self):
        self.assertFalse(self.row().database_seal)
        self.connection._call_guard().before_call()
        seal = self.row().database_seal
        self.env.cr.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        self.assertEqual(seal.split(":")[0], str(self.env.cr.fetchone()[0]))
        self.assertIn(self.env["ir.config_parameter"].get_param("database.uuid"), seal)
        self.connection._call_guard().before_call()

    def test_each_kind_of_copy_is_refused(self):
        """Seen: a restored dump wrote to the platform of the original within eight seconds."""
        for values in ({"oid": "1"}, {"uuid": "another"}, {"cluster": "1"}):
            with self.subTest(values=values), self.cr.savepoint() as savepoint:
                self.move_database(**values)
                fault = self.refused()
                self.assertEqual((fault.fault_class, fault.code), ("throttled", "DATABASE_COPY"))
                self.assertGreater(fault.retry_after, 60)
                savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_what_waits_stays_and_nothing_is_sent(self):
        self.platform.guarded = True
        self.move_database(oid="1")
        self.firm("F1")
        self.connection.start_poll()
        with self.assertRaises(RetryableJobError):
            self.run_jobs()
        self.assertEqual(self.platform.calls, [])
        self.assertFalse(self.link("F1"))

    def test_the_screen_says_what_to_do(self):
        self.move_database(oid="1")
        self.refused()
        self.row()
        self.assertEqual(self.connection.breaker_cause, "copy")
        self.assertIn("neutralize", self.connection.breaker_advice)
        self.connection._cron_sweep()
        alarm = self.alarms("connection")
        self.assertEqual(
            (alarm.fault_code, alarm.rule_id), ("DATABASE_COPY", self.env.ref("retail_sync.fault_rule_database_copy"))
        )

    def test_neither_a_test_nor_allowing_calls_makes_a_copy_the_original(self):
        self.move_database(oid="1")
        self.connection.with_user(self.manager).action_close_breaker()
        self.assertEqual(self.refused().code, "DATABASE_COPY")
        self.connection._call_guard().force("closed")
        self.assertEqual(self.refused().code, "DATABASE_COPY")

    def test_a_manager_declares_the_original(self):
        self.move_database(cluster="1")
        self.refused()
        operator = self.make_user("olga", "group_operator")
        with self.assertRaises(AccessError):
            self.connection.with_user(operator).action_database_is_original()
        self.connection.with_user(self.manager).action_database_is_original()
        self.connection._call_guard().before_call()
        self.assertEqual(self.row().shown_state(), "closed")
        self.env.cr.execute("SELECT user_id, connection_id FROM retail_sync_audit WHERE kind = 'original'")
        self.assertEqual(self.env.cr.fetchall(), [(self.manager.id, self.connection.id)])
        self.assertIn("Marta declared", "".join(self.connection.message_ids.mapped("body")))

    def test_what_a_person_stopped_stays_stopped(self):
        self.move_database(oid="1")
        self.connection.action_open_breaker()
        self.refused()
        self.connection.action_database_is_original()
        self.assertEqual(self.refused().code, "BREAKER_OPEN")
