from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...domain.resilience.faults import FaultError
from ..common import FakePlatformCase

ARGUMENTS = {"order": "SO1", "card": "4111111111111111", "note": "Call Maria"}


@tagged("post_install", "-at_install")
class TestCommand(FakePlatformCase):
    """A command gets its answer at once, and leaves a masked row of audit whatever becomes of it."""

    def setUp(self):
        super().setUp()
        self.platform.answer = {"reference": "R-1", "holder": "Maria Rossi"}

    def commands(self):
        self.env.invalidate_all()
        return self.env["retail.sync.command"].search([])

    def refused(self, *args, **options):
        """Return what a command raised; `assertRaises` would roll its audit back."""
        try:
            self.connection._call(*args, **options)
        except (FaultError, ValueError) as error:
            return error
        self.fail("The command was carried out")

    def test_answer_comes_back_whole_and_the_audit_is_masked(self):
        self.assertEqual(self.connection._call("refund", ARGUMENTS), self.platform.answer)
        [command] = self.commands()
        self.assertEqual((command.state, command.action, command.user_id), ("done", "refund", self.env.user))
        self.assertEqual(command.arguments["order"], "SO1")
        self.assertEqual(command.answer["reference"], "R-1")
        kept = f"{command.arguments} {command.answer}"
        for value in ("4111", "Maria", "Rossi"):
            self.assertNotIn(value, kept)

    def test_lane_timeout_and_correlation_reach_the_adapter(self):
        self.connection._call("refund", ARGUMENTS, lane="bulk", timeout=3)
        _action, given, context = self.platform.commands[0]
        self.assertEqual(given, ARGUMENTS)
        self.assertEqual((context["retail_sync_lane"], context["retail_sync_timeout"]), ("bulk", 3))
        self.assertEqual(context["retail_sync_correlation_id"], self.commands().correlation_id)

    def test_fault_keeps_its_class_and_is_recorded(self):
        self.platform.fault = FaultError("business", "ALREADY_REFUNDED", "Refunded for maria@example.com")
        self.assertIs(self.refused("refund", ARGUMENTS), self.platform.fault)
        [command] = self.commands()
        self.assertEqual(
            (command.state, command.fault_class, command.fault_code), ("failed", "business", "ALREADY_REFUNDED")
        )

    def test_unexpected_error_is_recorded_without_its_text(self):
        self.platform.fault = ValueError("maria@example.com")
        self.assertIs(self.refused("refund", ARGUMENTS), self.platform.fault)
        [command] = self.commands()
        self.assertEqual((command.state, command.fault_code), ("failed", "ValueError"))

    def test_open_circuit_breaker_lets_no_command_through(self):
        self.connection._call_guard().force("open")
        self.assertEqual(self.refused("refund", ARGUMENTS).code, "BREAKER_OPEN")
        self.assertEqual(self.platform.commands, [])
        self.assertEqual(self.commands().fault_code, "BREAKER_OPEN")

    def test_what_is_not_declared_is_refused_before_the_call(self):
        for action, arguments, lane, code, named in (
            ("explode", {}, "critical", "UNKNOWN_ACTION", "explode"),
            ("refund", dict(ARGUMENTS, speed=1), "critical", "UNKNOWN_ARGUMENT", "speed"),
            ("refund", {"order": "SO1"}, "critical", "MISSING_ARGUMENT", "card"),
            ("refund", ARGUMENTS, "fast", "UNKNOWN_LANE", "fast"),
        ):
            fault = self.refused(action, arguments, lane=lane)
            self.assertEqual(fault.code, code)
            self.assertIn(named, fault.message)
        self.assertEqual(self.platform.commands, [])
        self.connection._call("refund", {"order": "SO1", "card": "1"})

    def test_audit_cannot_be_changed_or_deleted(self):
        self.connection._call("refund", ARGUMENTS)
        command = self.commands()
        expired = command.with_context(retail_sync_retention=True)
        for change in (lambda: command.write({"state": "failed"}), command.unlink, expired.unlink, command.copy):
            with self.assertRaises(UserError):
                change()
        command._finish(command.id, {"state": "failed"})
        self.assertEqual(command.state, "done", "what has ended does not end again")

    def test_auditors_read_and_operators_do_not(self):
        self.connection._call("refund", ARGUMENTS)
        auditor = self.make_user("commandauditor", "group_auditor")
        operator = self.make_user("commandoperator", "group_operator")
        self.assertTrue(self.commands().with_user(auditor).read(["action", "arguments_text"]))
        with self.assertRaises(AccessError):
            self.commands().with_user(operator).read(["action"])
        with self.assertRaises(AccessError):
            self.env["retail.sync.command"].with_user(auditor).create({"action": "x", "lane": "bulk"})

    def test_commands_are_kept_as_long_as_settings_say(self):
        self.connection._call("refund", ARGUMENTS)
        self.env["ir.config_parameter"].set_param("retail_sync.keep_commands_days", "10")
        self.env["retail.sync.command"]._gc_commands()
        self.assertTrue(self.commands())
        past = fields.Datetime.now() - timedelta(days=11)
        self.env.cr.execute("UPDATE retail_sync_command SET at = %s", [past])
        self.env["retail.sync.command"]._gc_commands()
        self.assertFalse(self.commands())
