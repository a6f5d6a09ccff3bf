from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...domain.security.audit import Damage, sign
from ...models.audit import protection, sealing, trail, verification
from ..audit_case import AuditCase

AUDIT, TEXT, HEAD = "retail_sync_audit", "retail_sync_audit_text", "retail_sync_audit_head"


@tagged("post_install", "-at_install")
class TestTrail(AuditCase):
    """Rows that no one can change, and a verification that finds what was changed all the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = cls.make_users_of_groups("guest")

    def refused(self, query, params=None):
        with (
            self.assertRaises(psycopg2.errors.InsufficientPrivilege, msg=query),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(query, params)

    # -- rows

    def test_a_row_says_who_when_and_which_records(self):
        user = self.users["steward"]
        row_id = trail.add(
            self.env(user=user),
            "decision",
            model="res.partner",
            res_ids=[7, 9],
            connection=self.connection,
            reason="customer on the phone",
            details={"answer": "link", "field": "name of a person"},
        )
        row = self.rows()
        self.assertEqual((row.id, row.kind, row.user_id), (row_id, "decision", user))
        self.assertEqual((row.model, row.res_ids, row.connection_id), ("res.partner", [7, 9], self.connection.id))
        self.assertEqual(row.details, {"answer": "link", "field": "•••"})
        self.assertEqual(self.text_of(row), "customer on the phone")
        self.assertNotIn("phone", str(row.read()[0]["text_digest"]))

    def test_a_row_belongs_to_the_transaction_of_the_action(self):
        with self.assertRaisesRegex(UserError, "no stock"), self.env.cr.savepoint():
            self.add()
            raise UserError("no stock")  # pylint: disable=translation-required
        self.assertFalse(self.rows())

    def test_an_unknown_kind_is_refused(self):
        with self.assertRaises(ValueError):
            self.add("something")

    def test_the_company_is_the_one_of_the_records(self):
        company = self.env["res.company"].create({"name": "Second shop"})
        partner = self.env["res.partner"].create({"name": "Rossi", "company_id": company.id})
        shared = self.env["res.partner"].create({"name": "Shared"})
        self.assertEqual(self.add(model="res.partner", res_ids=partner.ids).company_id, company)
        self.assertFalse(self.add(model="res.partner", res_ids=(partner | shared).ids).company_id)

    # -- no one changes them

    def test_the_orm_changes_no_row_even_for_the_system(self):
        row = self.add()
        for refused in (lambda: row.write({"kind": "merge"}), row.unlink, lambda: row.create({"kind": "merge"})):
            with self.assertRaises(UserError):
                refused()

    def test_no_role_writes_or_deletes_rows(self):
        for name, user in self.users.items():
            rows = self.env["retail.sync.audit"].with_user(user)
            self.assertEqual(rows.has_access("read"), name in ("manager", "auditor"), name)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(rows.has_access(operation), f"{name} {operation}")
            for model in ("retail.sync.audit.text", "retail.sync.audit.head"):
                self.assertFalse(self.env[model].with_user(user).has_access("read"), f"{name} {model}")

    def test_the_database_refuses_to_change_rows(self):
        row = self.add(reason="customer on the phone")
        self.seal()
        self.refused(f"UPDATE {AUDIT} SET user_id = 1 WHERE id = %s", [row.id])
        self.refused(f"UPDATE {AUDIT} SET seq = NULL, hash = NULL, sealed_at = NULL WHERE id = %s", [row.id])
        self.refused(f"UPDATE {AUDIT} SET hash = 'x' WHERE id = %s", [row.id])
        self.refused(f"DELETE FROM {AUDIT} WHERE id = %s", [row.id])
        self.refused(f"TRUNCATE {AUDIT} CASCADE")
        self.refused(f"UPDATE {TEXT} SET text = 'other' WHERE audit_id = %s", [row.id])
        self.refused(f"DELETE FROM {TEXT} WHERE audit_id = %s", [row.id])
        self.refused(f"TRUNCATE {TEXT}")
        self.refused(f"UPDATE {HEAD} SET seq = seq - 1")
        self.refused(f"UPDATE {HEAD} SET hash = 'x'")
        self.refused(f"DELETE FROM {HEAD}")
        self.refused(f"TRUNCATE {HEAD}")

    def test_the_database_refuses_to_change_rows_that_wait_for_their_seal(self):
        row = self.add()
        self.refused(f"UPDATE {AUDIT} SET kind = 'merge' WHERE id = %s", [row.id])
        self.refused(
            f"UPDATE {AUDIT} SET kind = 'merge', seq = 9, hash = 'x', sealed_at = now() WHERE id = %s", [row.id]
        )
        self.refused(f"DELETE FROM {AUDIT} WHERE id = %s", [row.id])

    def test_the_database_refuses_rows_that_bring_their_seal(self):
        self.refused(
            f"INSERT INTO {AUDIT} (at, kind, user_id, seq, hash, sealed_at) VALUES (now(), 'merge', 1, 9, 'x', now())"
        )

    def test_the_database_refuses_in_a_session_of_replication_too(self):
        row = self.add()
        with self.env.cr.savepoint():
            self.env.cr.execute("SET LOCAL session_replication_role = replica")
            self.refused(f"DELETE FROM {AUDIT} WHERE id = %s", [row.id])
            self.env.cr.execute("SET LOCAL session_replication_role = origin")

    def test_triggers_that_someone_dropped_or_switched_off_are_made_again(self):
        self.assertEqual(protection.GUARD.missing(self.env), [])
        self.env.cr.execute(f"DROP TRIGGER retail_sync_audit_guard_row ON {AUDIT}")
        self.env.cr.execute(f"ALTER TABLE {TEXT} DISABLE TRIGGER retail_sync_audit_guard_text")
        self.env.cr.execute(f"ALTER TABLE {HEAD} ENABLE TRIGGER retail_sync_audit_guard_head")
        self.env.cr.execute(
            "CREATE OR REPLACE FUNCTION retail_sync_audit_guard_head_v1() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RETURN NEW; END'"
        )
        damaged = {"retail_sync_audit_guard_row", "retail_sync_audit_guard_text", "retail_sync_audit_guard_head"}
        self.assertEqual(set(protection.GUARD.missing(self.env)), damaged | {"retail_sync_audit_guard_head_truncate"})
        self.assertEqual(self.verify().damage, Damage.UNPROTECTED)
        self.env["retail.sync.audit"]._register_hook()
        self.assertEqual(protection.GUARD.missing(self.env), [])

    # -- the chain

    def test_a_verification_says_how_far_the_trail_is_sealed(self):
        self.add()
        self.add(reason="customer on the phone")
        waiting = self.verify()
        self.seal()
        result = self.verify()
        self.assertEqual((result.damage, result.waiting, result.seq), (Damage.NONE, 0, waiting.seq + waiting.waiting))
        self.assertEqual(self.rows()[-1].hash, result.hash)
        self.assertEqual(verification.hash_at(self.env, result.seq), result.hash)

    def test_a_changed_row_is_found(self):
        rows = self.add() | self.add() | self.add()
        self.seal()
        with self.unprotected(AUDIT):
            self.env.cr.execute(f"UPDATE {AUDIT} SET kind = 'merge' WHERE id = %s", [rows[1].id])
        result = self.verify()
        self.assertEqual((result.damage, result.at), (Damage.ROW_CHANGED, rows[1].seq))

    def test_a_deleted_row_is_found(self):
        rows = self.add() | self.add() | self.add()
        self.seal()
        seq = rows[1].seq
        with self.unprotected(AUDIT):
            self.env.cr.execute(f"DELETE FROM {AUDIT} WHERE id = %s", [rows[1].id])
        result = self.verify()
        self.assertEqual((result.damage, result.at), (Damage.ROW_MISSING, seq))

    def test_rows_taken_off_the_end_are_found_and_stay_found(self):
        rows = self.add() | self.add()
        self.seal()
        seq = rows[1].seq
        with self.unprotected(AUDIT):
            self.env.cr.execute(f"DELETE FROM {AUDIT} WHERE id = %s", [rows[1].id])
        result = self.verify()
        self.assertEqual((result.damage, result.at), (Damage.END_MISSING, seq))
        self.add()
        self.seal()
        result = self.verify()
        self.assertEqual((result.damage, result.at), (Damage.ROW_MISSING, seq), "later rows do not close the gap")

    def test_a_changed_or_missing_reason_is_found(self):
        row = self.add(reason="customer on the phone")
        self.seal()
        with self.env.cr.savepoint() as savepoint:
            with self.unprotected(TEXT):
                self.env.cr.execute(f"UPDATE {TEXT} SET text = 'audit' WHERE audit_id = %s", [row.id])
            self.assertEqual((self.verify().damage, self.verify().at), (Damage.TEXT_CHANGED, row.seq))
            savepoint.rollback()
        with self.unprotected(TEXT):
            self.env.cr.execute(f"DELETE FROM {TEXT} WHERE audit_id = %s", [row.id])
        self.assertEqual((self.verify().damage, self.verify().at), (Damage.TEXT_MISSING, row.seq))

    def test_a_chain_that_was_computed_anew_lacks_the_signature_of_the_head(self):
        with patch.object(sealing, "option", lambda name: "key" if name == "audit_key" else None):
            self.add()
            self.seal()
        self.env.cr.execute(f"SELECT seq, hash, signature FROM {HEAD}")
        seq, row_hash, signature = self.env.cr.fetchone()
        self.assertEqual(signature, sign("key", seq, row_hash))
        with patch.object(verification, "option", lambda name: "key"):
            self.assertFalse(self.verify().damage)
            with self.unprotected(HEAD):
                self.env.cr.execute(f"UPDATE {HEAD} SET signature = 'forged'")
            self.assertEqual(self.verify().damage, Damage.HEAD_FORGED)

    def test_rows_that_nothing_seals_are_found(self):
        self.env.cr.execute(
            f"INSERT INTO {AUDIT} (at, kind, user_id)"
            " VALUES (now() AT TIME ZONE 'UTC' - interval '2 hours', 'merge', 1)"
        )
        self.assertEqual(self.verify().damage, Damage.WAITS_TOO_LONG)

    # -- erasure

    def test_an_erasure_takes_the_reasons_of_a_record_and_the_chain_stays_whole(self):
        kept = self.add(model="res.partner", res_ids=[8], reason="the other customer")
        rows = self.add(model="res.partner", res_ids=[7], reason="he called") | self.add(
            model="res.partner", res_ids=[8, 7], reason="she called"
        )
        self.seal()
        self.assertEqual(trail.forget(self.env, "res.partner", [7]), 2)
        self.assertEqual([self.text_of(row) for row in rows], [None, None])
        self.assertEqual(self.text_of(kept), "the other customer")
        erasure = self.rows("erasure")
        self.assertEqual(erasure.details, {"texts_of": rows.ids})
        for step in ("before", "after"):
            result = self.verify()
            self.assertEqual((result.damage, result.without_text), (Damage.NONE, 2), f"{step} the erasure is sealed")
            self.seal()
        self.assertEqual(rows[0].with_user(self.users["auditor"]).reason, "Erased")

    def test_an_erasure_of_a_record_without_reasons_writes_no_row(self):
        self.add(model="res.partner", res_ids=[7])
        self.assertEqual(trail.forget(self.env, "res.partner", [7]), 0)
        self.assertFalse(self.rows("erasure"))

    # -- screens

    def test_managers_and_auditors_verify(self):
        self.add()
        self.seal()
        for name in ("manager", "auditor"):
            audit = self.env["retail.sync.audit"].with_user(self.users[name])
            wizard = audit.env["retail.sync.audit.verification"].browse(audit.action_verify()["res_id"])
            self.assertFalse(wizard.is_damaged)
            self.assertRegex(wizard.text, r"\d+ rows, unbroken")
            wizard.write({"known_seq": wizard.seq, "known_hash": f" {wizard.hash.upper()}"})
            wizard.action_compare()
            self.assertIn("has the hash that was kept", wizard.comparison)
            wizard.write({"known_hash": "0" * 64})
            wizard.action_compare()
            self.assertIn("another hash", wizard.comparison)
        for name in ("operator", "steward", "guest"):
            with self.assertRaises(AccessError, msg=name):
                self.env["retail.sync.audit"].with_user(self.users[name]).action_verify()

    def test_damage_raises_one_alarm(self):
        row = self.add()
        self.seal()
        self.env["retail.sync.audit"]._cron_verify()
        alarms = self.env["retail.sync.message"].search([("alarm_about", "=", "audit")])
        self.assertFalse(alarms)
        with self.unprotected(AUDIT):
            self.env.cr.execute(f"UPDATE {AUDIT} SET kind = 'merge' WHERE id = %s", [row.id])
        with mute_logger("odoo.addons.retail_sync.models.audit.audit"):
            self.env["retail.sync.audit"]._cron_verify()
            self.env["retail.sync.audit"]._cron_verify()
        alarm = self.env["retail.sync.message"].search([("alarm_about", "=", "audit")])
        self.assertEqual((len(alarm), alarm.fault_code, alarm.attempts), (1, "AUDIT_ROW_CHANGED", 1))
        self.assertEqual(alarm.rule_id, self.env.ref("retail_sync.fault_rule_audit"))

    def test_screens_show_ids_and_no_names(self):
        partner = self.env["res.partner"].create({"name": "Geheim"})
        self.add(model="res.partner", res_ids=partner.ids, connection=self.connection, details={"fields": ["email"]})
        row = self.rows().with_user(self.users["auditor"])
        self.assertEqual(row.records_text, f"Contact #{partner.id}")
        self.assertEqual((row.connection_name, row.details_text), ("Fake shop", "fields: email"))
        self.assertNotIn("Geheim", str(row.read()))
        self.assertEqual(row.action_open()["res_id"], partner.id)
        found = row.search([("record_id", "=", partner.id)])
        self.assertEqual(found, row)

    def test_reasons_about_records_of_another_company_stay_hidden(self):
        company = self.env["res.company"].create({"name": "Second shop"})
        partner = self.env["res.partner"].create({"name": "Geheim", "company_id": company.id})
        hidden = self.add(model="res.partner", res_ids=partner.ids, reason="Geheim called")
        message = self.env["retail.sync.message"].create(
            {
                "connection_id": self.connection.id,
                "external_id": "F9",
                "res_model": "res.partner",
                "res_id": partner.id,
                "title": "Geheim",
            }
        )
        mixed = self.add(model=message._name, res_ids=message.ids, connection=self.connection, reason="Geheim wrote")
        auditor = self.users["auditor"]
        rows = self.env["retail.sync.audit"].with_user(auditor).search([("id", "in", (hidden | mixed).ids)])
        self.assertEqual(rows, mixed, "the row of the other company is no row of this auditor")
        self.assertFalse(rows.reason)
        self.assertNotIn("Geheim", str(rows.read()))
        auditor.sudo().company_ids += company
        rows = (
            self.env["retail.sync.audit"].with_user(auditor).with_context(allowed_company_ids=auditor.company_ids.ids)
        )
        self.assertEqual(rows.browse((hidden | mixed).ids).mapped("reason"), ["Geheim called", "Geheim wrote"])
