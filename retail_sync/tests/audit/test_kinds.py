from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...domain.identity.score.default_model import DEFAULT_MODEL
from ..audit_case import AuditCase
from ..fake_platform import FIRM

SECRET = "a-new-secret-that-must-not-show"


@tagged("post_install", "-at_install")
class TestKinds(AuditCase):
    """What people do is in the audit trail, with codes and names of fields and without values."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager", "group_manager")

    def stream(self, entity_object):
        return self.connection.stream_ids.filtered(lambda stream: stream.remote_object == entity_object)

    def test_a_changed_secret_is_named_and_not_shown(self):
        connection = self.connection.with_user(self.manager)
        connection.sudo().write({"credential_secrets": {"client_secret": SECRET}})
        row = self.rows("credential")
        self.assertEqual((row.user_id, row.connection_id), (self.manager, self.connection.id))
        self.assertEqual(row.details, {"step": "write", "fields": ["client_secret"]})
        self.env.cr.execute("SELECT to_jsonb(audit)::text FROM retail_sync_audit audit WHERE id > %s", [self.first])
        self.assertNotIn(SECRET, str(self.env.cr.fetchall()))

    def test_a_changed_address_and_a_new_key_are_changes_of_credentials(self):
        connection = self.connection.with_user(self.manager)
        connection.sudo().write({"base_url": "https://other.example.com"})
        self.assertIn("base_url", self.rows("credential")[-1].details["fields"])
        connection.action_renew_event_key()
        self.assertEqual(self.rows("credential")[-1].details["fields"], ["event_key"])

    def test_a_write_that_changes_nothing_writes_no_row(self):
        self.connection.write({"base_url": self.connection.base_url, "sequence": 3})
        self.assertFalse(self.rows())

    def test_new_and_deleted_connections_are_on_record(self):
        connection = self.make_connection(name="Second")
        row = self.rows("credential").filtered(lambda row: row.details["step"] == "create")
        self.assertEqual(row.res_ids, connection.ids)
        self.assertIn("client_secret", row.details["fields"])
        connection.unlink()
        self.assertEqual(self.rows("credential")[-1].details["step"], "unlink")
        self.assertEqual(self.rows("credential")[-1].connection_name, f"#{row.connection_id}")

    def test_changed_ownership_and_sensitivity_are_on_record_with_their_codes(self):
        rule = self.env["retail.sync.ownership.rule"].search([("canonical_field", "=", "email")], limit=1)
        before = rule.sensitivity
        rule.with_user(self.manager).write({"sensitivity": "sensitive"})
        row = self.rows("ownership")
        self.assertEqual((row.user_id, row.model, row.res_ids), (self.manager, rule._name, rule.ids))
        self.assertEqual(row.details, {"step": "write", "fields": {"sensitivity": [before, "sensitive"]}})
        rule.unlink()
        self.assertEqual(self.rows("ownership")[-1].details, {"step": "unlink"})

    def test_a_changed_field_mapping_is_on_record(self):
        line = self.stream(FIRM).map_ids[:1]
        line.with_user(self.manager).write({"active": False})
        row = self.rows("ownership")
        self.assertEqual((row.model, row.connection_id), (line._name, self.connection.id))
        self.assertEqual(row.details["fields"], {"active": [True, False]})

    def test_what_the_engine_writes_on_a_stream_is_no_row(self):
        self.stream(FIRM).write({"cursor": {"at": 1}, "state": "live", "page_size": 300})
        self.assertFalse(self.rows())

    def test_a_stream_that_may_delete_on_the_platform_is_on_record(self):
        self.stream(FIRM).with_user(self.manager).write({"unlink_policy": "delete"})
        row = self.rows("deletion")
        self.assertEqual((row.user_id, row.res_ids), (self.manager, self.stream(FIRM).ids))
        self.assertEqual(row.details["fields"], {"unlink_policy": ["keep", "delete"]})

    def test_consent_and_loads_are_on_record(self):
        self.first_load(self.connection.with_user(self.manager))
        row = self.rows("load")
        self.assertEqual((row.user_id, row.details), (self.manager, {"kind": "initial"}))
        self.stream(FIRM).write({"direction": "in"})
        self.stream(FIRM).with_user(self.manager).write({"direction": "both"})
        row = self.rows("consent")
        self.assertEqual((row.user_id, row.res_ids), (self.manager, self.stream(FIRM).ids))
        self.assertEqual(row.connection_id, self.connection.id)

    def test_answers_of_reviews_and_their_undo_are_on_record(self):
        both = {"name": "Marc Demo", "email": "marc@demo.example"}
        first, _second = self.env["res.partner"].create(
            [
                {**both, "phone": "+39 347 1112223", "vat": "IT00743110157"},
                {**both, "function": "Buyer", "vat": "IT12345670017"},
            ]
        )
        self.platform.put(
            "Person", "P1", name="Marc Demo", email="marc@demo.example", phone="347 9998887", title="Head of purchasing"
        )
        self.first_load()
        review = self.message("P1").with_user(self.manager)
        review.action_link(first.id)
        row = self.rows("decision")
        self.assertEqual((row.user_id, row.model, row.res_ids), (self.manager, review._name, review.ids))
        self.assertEqual(row.details, {"answer": "link", "customers": {str(review.id): first.id}})
        self.run_jobs()
        self.link("P1").with_user(self.manager).action_undo()
        row = self.rows("decision")[-1]
        self.assertEqual((row.details["answer"], row.details["key"], row.res_ids), ("undo", "P1", first.ids))

    def test_exports_are_on_record(self):
        self.platform.put("Firm", "F1", name="Rossi Srl", email="info@rossi.example")
        self.first_load()
        exporter = self.make_user("exporter", "group_auditor", "base.group_allow_export")
        link = self.link("F1").with_user(exporter)
        link.export_data(["external_id", "state"])
        row = self.rows("export")
        self.assertEqual((row.user_id, row.model, row.res_ids), (exporter, link._name, link.ids))
        self.assertEqual(row.details, {"fields": ["external_id", "state"]})
        row.with_user(exporter).export_data(["kind"])
        self.assertEqual(self.rows("export")[1:].res_ids, row.ids)

    def test_an_ignored_message_is_on_record_with_its_reason(self):
        self.platform.put("Firm", "F1", name="", email="lost@rossi.example")
        self.first_load()
        message = self.message("F1").with_user(self.manager)
        message.action_ignore("test account")
        row = self.rows("decision")
        self.assertEqual((row.details["answer"], row.res_ids), ("ignore", message.ids))
        self.assertEqual(self.text_of(row), "test account")

    def test_a_merge_and_its_undo_are_on_record(self):
        survivor, loser = self.env["res.partner"].create([{"name": "Rossi"}, {"name": "Rossi Srl"}])
        ids = (survivor | loser).ids
        wizard = self.env["retail.sync.merge.wizard"].with_user(self.manager)
        wizard = wizard.create({"partner_ids": [(6, 0, ids)], "survivor_id": survivor.id, "reason": "They are one"})
        merge = self.env["retail.sync.merge"].browse(wizard.action_merge()["res_id"])
        row = self.rows("merge")
        self.assertEqual((row.user_id, row.model, row.res_ids), (self.manager, "res.partner", ids))
        self.assertEqual(row.details, {"merge": merge.id, "survivor": survivor.id, "source": "person"})
        self.assertEqual(self.text_of(row), "They are one")
        self.env.invalidate_all()
        merge.with_user(self.manager)._undo("They are two")
        row = self.rows("merge_undo")
        self.assertEqual((row.user_id, set(row.res_ids), self.text_of(row)), (self.manager, set(ids), "They are two"))

    def test_no_key_of_a_context_keeps_a_change_out_of_the_trail(self):
        """A manager named himself an installation, and changed address, rule and deletion without a row."""
        installing = {"install_mode": True}
        rule = self.env["retail.sync.ownership.rule"].search([("canonical_field", "=", "email")], limit=1)
        rule.with_user(self.manager).with_context(**installing).write({"sensitivity": "sensitive"})
        self.assertEqual(self.rows("ownership").user_id, self.manager)
        self.connection.with_user(self.manager).with_context(**installing).action_renew_event_url()
        self.assertEqual(self.rows("credential").details["fields"], ["event_token"])
        self.stream(FIRM).with_user(self.manager).with_context(**installing).write({"unlink_policy": "delete"})
        self.assertEqual(self.rows("deletion").user_id, self.manager)

    def test_an_export_by_who_may_not_read_writes_no_row(self):
        """Any user filled the trail with exports of ids, for which Odoo checks no access."""
        plain = new_test_user(self.env, "exports_nothing", groups="base.group_user,base.group_allow_export")
        for model in ("retail.sync.audit", "retail.sync.link", "retail.sync.message"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(plain).browse([1, 2]).export_data([".id"] * 50)
        links = self.env["retail.sync.link"].search([], limit=2).with_user(self.manager)
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        links.browse().export_data([".id"])
        self.assertFalse(self.rows("export"))

    def test_a_closed_message_is_not_closed_again(self):
        """An operator rewrote who closed a message, when and how; a message being sent was closed under the job."""
        operator = self.make_user("ignores", "group_operator")
        message = self.env["retail.sync.message"].create(
            {
                "connection_id": self.connection.id,
                "stream_id": self.stream(FIRM).id,
                "external_id": "F404",
                "state": "done",
                "resolution": "Applied",
            }
        )
        for state in ("done", "superseded", "ignored", "sending"):
            message.state = state
            with self.subTest(state), self.assertRaises(UserError):
                message.with_user(operator).action_ignore("never happened")
        self.assertEqual((message.resolution, message.resolved_by.ids), ("Applied", []))
        self.assertFalse(self.rows("decision"))

    def test_no_key_of_a_context_deletes_the_active_weights(self):
        version = self.env["retail.sync.match.model"].search([("origin", "=", "shipped")], limit=1)
        version = version or self.env["retail.sync.match.model"].create(
            {"name": "Shipped", "origin": "shipped", "data": DEFAULT_MODEL.to_json()}
        )
        with self.assertRaises(UserError):
            version.with_user(self.manager).with_context(_force_unlink=True).unlink()

    def test_values_that_only_the_engine_needs_are_closed_to_administrators(self):
        """They would be read unmasked without a row."""
        admin = new_test_user(self.env, "reads_all", groups="base.group_system")
        for model, names in {
            "retail.sync.link.journal": ("before", "after"),
            "retail.sync.dry.run.record": ("values", "features"),
            "retail.sync.dry.run.key": ("key",),
        }.items():
            for name in names:
                with self.subTest(model, name=name), self.assertRaises(AccessError):
                    self.env[model].with_user(admin).search_read([], [name])
