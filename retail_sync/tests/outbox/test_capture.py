from unittest.mock import patch

from odoo.tests import tagged

from ...models.outbox import capture
from ..common import held_elsewhere
from ..fake_platform import FIRM
from ..outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestCapture(OutboundCase):
    """No change of a mapped column is missed, whoever makes it."""

    def names(self):
        found = {}
        for _model, res_id, op, names, _origin in self.changes():
            found.setdefault(res_id, []).append((op, names))
        return found

    def test_create_write_and_unlink_through_the_orm(self):
        partner = self.env["res.partner"].create({"name": "New", "is_company": True})
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET create_date = '2020-01-01' WHERE id = %s", [partner.id])
        partner.write({"phone": "+39 0432 123456"})
        self.env.flush_all()
        partner_id = partner.id
        partner.unlink()
        self.assertEqual([op for op, _names in self.names()[partner_id]], ["I", "U", "D"])
        self.assertIn("phone", self.names()[partner_id][1][1].split(","))

    def test_creation_is_one_change_whatever_the_orm_stores_on_top(self):
        partner = self.env["res.partner"].create({"name": "New", "is_company": True})
        self.env.flush_all()
        partner.write({"phone": "+390432123456"})
        self.assertEqual(self.names()[partner.id], [("I", "")])

    def test_edit_of_what_a_connection_has_just_created_is_seen(self):
        """An automation that reacts to a customer from the platform makes changes the platform does not know."""
        self.firm("F1")
        self.take(FIRM)
        self.partner("F1").write({"phone": "+390432123456"})
        partner_id = self.partner("F1").id
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT op, names FROM retail_sync_change WHERE res_id = %s AND origin IS NULL", [partner_id]
        )
        self.assertEqual(self.env.cr.fetchall(), [("U", "phone")])

    def test_plain_sql_is_seen(self):
        partner = self.linked_firm()
        self.env.cr.execute("UPDATE res_partner SET email = 'raw@example.com' WHERE id = %s", [partner.id])
        self.assertIn(("U", "email"), self.names()[partner.id])

    def test_columns_that_are_not_mapped_say_nothing(self):
        partner = self.linked_firm()
        self.env.cr.execute("DELETE FROM retail_sync_change")
        partner.write({"color": 5, "barcode": "123"})
        self.assertNotIn(partner.id, self.names())

    def test_writing_the_same_value_says_nothing(self):
        partner = self.linked_firm(phone="+390432123456")
        self.env.cr.execute("DELETE FROM retail_sync_change")
        partner.write({"phone": partner.phone, "name": partner.name})
        self.assertNotIn(partner.id, self.names())

    def test_value_per_company_is_seen(self):
        partner = self.linked_firm()
        line = self.firms.map_ids.filtered(lambda line: line.canonical_field == "vat").copy(
            {"canonical_field": "credit_limit", "remote_path": "limit", "transform": "number"}
        )
        self.env.cr.execute("DELETE FROM retail_sync_change")
        partner.with_company(self.env.company).credit_limit = 5000
        self.assertTrue(any("credit_limit" in names for _op, names in self.names()[partner.id]))
        line.unlink()

    def test_rolled_back_change_leaves_nothing(self):
        partner = self.linked_firm()
        self.env.cr.execute("DELETE FROM retail_sync_change")
        try:
            with self.env.cr.savepoint():
                partner.write({"name": "Never"})
                self.env.flush_all()
                raise ValueError("no")
        except ValueError:
            self.env.invalidate_all()
        self.assertEqual(self.changes(), [])

    def test_what_comes_from_a_connection_is_marked(self):
        self.firm("F1", phone="+390432111111")
        self.take(FIRM)
        self.assertEqual({origin for *_rest, origin in self.changes()}, {str(self.connection.id)})

    def test_triggers_are_checked_and_repaired(self):
        """An upgrade may drop a trigger with its column or table."""
        self.env.cr.execute("DROP TRIGGER retail_sync_capture_res_partner ON res_partner")
        self.assertIn("retail_sync_capture_res_partner", self.env["retail.sync.capture"]._refresh())
        self.assertEqual(self.env["retail.sync.capture"]._refresh(), [])

    def test_of_servers_that_start_at_once_one_repairs_the_triggers(self):
        self.env.cr.execute("DROP TRIGGER retail_sync_capture_res_partner ON res_partner")
        # Another number: this class has repaired triggers in this very transaction, and holds the lock itself.
        self.enterContext(patch.object(capture, "LOCK", capture.LOCK + 1))
        with held_elsewhere(self.env, "SELECT pg_advisory_xact_lock(%s)", [capture.LOCK]):
            self.assertEqual(self.env["retail.sync.capture"]._refresh(), [])
        self.assertIn("retail_sync_capture_res_partner", self.env["retail.sync.capture"]._refresh())

    def test_triggers_that_do_not_fire_are_made_anew(self):
        """Seen: a trigger that was switched off stayed so, since its name was taken when it was to be made."""
        make = "CREATE OR REPLACE TRIGGER retail_sync_capture_res_partner AFTER {} ON res_partner FOR EACH ROW"
        make += " {} EXECUTE FUNCTION retail_sync_capture_v4({})"
        arguments = self.env["retail.sync.capture"]._standing()["retail_sync_capture_res_partner"].arguments
        quoted = ", ".join(f"'{argument}'" for argument in arguments)
        for statement in (
            "ALTER TABLE res_partner DISABLE TRIGGER retail_sync_capture_res_partner",
            "ALTER TABLE res_partner ENABLE REPLICA TRIGGER retail_sync_capture_res_partner",
            make.format("INSERT", "", quoted),
            make.format("INSERT OR UPDATE OF phone OR DELETE", "", quoted),
            make.format("UPDATE", "WHEN (NEW.active)", quoted),
        ):
            with self.subTest(statement[:60]):
                self.env.cr.execute(statement)
                self.assertEqual(self.env["retail.sync.capture"]._refresh(), ["retail_sync_capture_res_partner"])
                self.assertEqual(self.env["retail.sync.capture"]._refresh(), [])

    def test_triggers_are_checked_when_the_registry_is_loaded(self):
        """Odoo calls the registry ready only after the hooks."""
        self.env.cr.execute("DROP TRIGGER retail_sync_capture_res_partner ON res_partner")
        with patch.object(self.registry, "ready", False):
            self.env["retail.sync.capture"]._register_hook()
        self.assertIn("retail_sync_capture_res_partner", self.env["retail.sync.capture"]._standing())

    def test_a_function_with_another_body_is_replaced(self):
        partner = self.linked_firm()
        self.env.cr.execute(
            "CREATE OR REPLACE FUNCTION retail_sync_capture_v4() RETURNS trigger AS $$BEGIN RETURN NULL; END$$"
            " LANGUAGE plpgsql"
        )
        self.assertIn("retail_sync_capture_res_partner", self.env["retail.sync.capture"]._refresh())
        self.env.cr.execute("UPDATE res_partner SET email = 'raw@example.com' WHERE id = %s", [partner.id])
        self.assertIn(("U", "email"), self.names()[partner.id])

    def test_triggers_and_functions_of_an_older_version_are_replaced(self):
        self.older_version()
        self.env["retail.sync.capture"]._refresh()
        standing = self.env["retail.sync.capture"]._standing()
        self.assertEqual({trigger.function for trigger in standing.values()}, {"retail_sync_capture_v4"})
        self.assertNotIn("retail_sync_capture_res_country_id", standing)
        self.assertNotIn("retail_sync_capture", self.functions())

    def older_version(self):
        """Leave what an older version has left: a function without a version, with triggers of its own."""
        self.env.cr.execute(
            "CREATE FUNCTION retail_sync_capture() RETURNS trigger AS $$BEGIN RETURN NULL; END$$ LANGUAGE plpgsql;"
            "DROP TRIGGER retail_sync_capture_res_partner ON res_partner;"
            "CREATE TRIGGER retail_sync_capture_res_partner AFTER UPDATE ON res_partner"
            " FOR EACH ROW EXECUTE FUNCTION retail_sync_capture('res.partner');"
            "CREATE TRIGGER retail_sync_capture_res_country_id AFTER UPDATE ON res_country"
            " FOR EACH ROW EXECUTE FUNCTION retail_sync_capture('res.country')"
        )

    def functions(self):
        self.env.cr.execute("SELECT proname FROM pg_proc WHERE starts_with(proname, 'retail_sync_capture')")
        return {name for (name,) in self.env.cr.fetchall()}

    def test_trigger_follows_the_mapping(self):
        capture = self.env["retail.sync.capture"]
        watched = set(capture._standing()["retail_sync_capture_res_partner"].arguments)
        self.assertIn("phone", watched)
        self.connection.stream_ids.map_ids.filtered(lambda line: line.canonical_field == "phone").direction = "in"
        self.assertNotIn("phone", capture._standing()["retail_sync_capture_res_partner"].arguments)
        self.connection.stream_ids.direction = "in"
        self.assertEqual(capture._standing(), {})

    def test_a_column_that_goes_breaks_no_write(self):
        partner = self.linked_firm()
        self.env.cr.execute("ALTER TABLE res_partner DROP COLUMN website")
        self.env.cr.execute("UPDATE res_partner SET email = 'new@example.com' WHERE id = %s", [partner.id])
        self.assertEqual(self.names()[partner.id], [("U", "email")])

    def test_uninstallation_takes_all_away(self):
        self.older_version()
        self.env["retail.sync.capture"]._remove()
        self.assertEqual(self.env["retail.sync.capture"]._standing(), {})
        self.assertEqual(self.functions(), set())
