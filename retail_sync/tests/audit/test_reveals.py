from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..audit_case import AuditCase

SECRETS = ("Head of purchasing", "9998887")


@tagged("post_install", "-at_install")
class TestReveals(AuditCase):
    """Every look at an unmasked value is a row of the audit trail, and no client gets round it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steward = cls.make_user("steward", "group_steward")
        cls.other = cls.make_user("other", "group_steward")

    def setUp(self):
        super().setUp()
        both = {"name": "Marc Demo", "email": "marc@demo.example"}
        self.env["res.partner"].create([{**both, "vat": "IT00743110157"}, {**both, "vat": "IT12345670017"}])
        for key in ("P1", "P2"):
            self.platform.put(
                "Person", key, name="Marc Demo", email="marc@demo.example", phone="347 9998887", title=SECRETS[0]
            )
        self.first_load()
        self.review = self.message("P1")

    def dialog(self, model, user=None, message=None):
        return self.env[model].with_user(user or self.steward).create({"message_id": (message or self.review).id})

    def reveal(self, model="retail.sync.reveal"):
        wizard = self.dialog(model)
        wizard.reason = "customer on the phone"
        wizard.action_reveal()
        return wizard

    def shown(self, wizard, field):
        """Read a field as one call of a client does."""
        wizard.invalidate_recordset()
        return str(wizard.web_read({field: {}})[0][field])

    def assert_masked(self, text):
        for secret in SECRETS:
            self.assertNotIn(secret, str(text))

    def test_the_reveal_and_each_read_write_a_row(self):
        for model, field in (("retail.sync.reveal", "payload_text"), ("retail.sync.review.decide", "comparison")):
            before = len(self.rows("reveal"))
            wizard = self.reveal(model)
            row = self.rows("reveal")[before:]
            self.assertEqual((row.user_id, row.model, row.res_ids), (self.steward, self.review._name, self.review.ids))
            self.assertEqual(self.text_of(row), "customer on the phone")
            for number in (1, 2, 3):
                self.assertIn(SECRETS[0], self.shown(wizard, field))
                rows = self.rows("reveal")[before + 1 :]
                self.assertEqual(len(rows), number, "one row for each read")
            self.assertEqual(rows[-1].details["reveal"], row.id)

    def test_a_masked_dialog_writes_no_row(self):
        for model, field in (("retail.sync.reveal", "payload_text"), ("retail.sync.review.decide", "comparison")):
            self.assert_masked(self.shown(self.dialog(model), field))
        self.assertFalse(self.rows("reveal"))

    def test_a_dialog_never_shows_another_record(self):
        wizard = self.reveal()
        with self.assertRaises(UserError):
            wizard.write({"message_id": self.message("P2").id})
        self.assertEqual(wizard.message_id, self.review)

    def assert_client_sees_nothing(self, model, field):
        claim = {"message_id": self.review.id, "revealed": True, "reason": "x"}
        dialogs = self.env[model].with_user(self.steward)
        for names in ([], ["message_id"], ["message_id", "revealed"]):
            found = dialogs.onchange(dict(claim), names, {"revealed": {}, field: {}, "message_id": {}})
            self.assert_masked(found)
        for refused in (
            lambda: dialogs.create({"message_id": self.review.id, "reveal_ref": 1}),
            lambda: self.dialog(model).write({"reveal_ref": 1}),
        ):
            with self.assertRaises(AccessError):
                refused()
        for records in (dialogs, self.dialog(model)):
            try:
                found = records.onchange({**claim, "reveal_ref": 1}, ["reveal_ref"], {field: {}})
            except AccessError:
                continue
            self.assert_masked(found)

    def test_a_client_that_says_revealed_sees_nothing(self):
        self.assert_client_sees_nothing("retail.sync.reveal", "payload_text")
        self.assert_client_sees_nothing("retail.sync.review.decide", "comparison")
        self.assertFalse(self.rows("reveal"))

    def test_a_revealed_dialog_shows_no_other_record_to_a_client_that_names_one(self):
        other = self.message("P2")
        self.platform.put("Person", "P2", name="Marc Demo", email="marc@demo.example", title="Chief of secrets")
        self.poll()
        for model, field in (("retail.sync.reveal", "payload_text"), ("retail.sync.review.decide", "comparison")):
            wizard = self.reveal(model)
            found = wizard.onchange({"message_id": other.id}, ["message_id"], {field: {}, "message_id": {}})
            self.assertNotIn("Chief of secrets", str(found))

    def test_a_colleague_gets_nothing_from_a_revealed_dialog(self):
        wizard = self.reveal()
        before = self.rows("reveal")
        foreign = wizard.with_user(self.other)
        foreign.invalidate_recordset()
        self.assertFalse(foreign.search_read([], ["payload_text"]))
        for refused in (
            lambda: foreign.read(["payload_text"]),
            foreign.action_reveal,
            lambda: foreign.onchange({}, ["reason"], {"payload_text": {}}),
        ):
            with self.assertRaises(AccessError):
                refused()
        self.assertFalse(foreign._read_unmasked())
        self.assertEqual(self.rows("reveal"), before)

    def test_a_message_that_the_user_may_not_read_opens_no_dialog(self):
        company = self.env["res.company"].create({"name": "Second shop"})
        self.review.sudo().write(
            {
                "res_model": "res.partner",
                "res_id": self.env["res.partner"].create({"name": "Theirs", "company_id": company.id}).id,
            }
        )
        for model in ("retail.sync.reveal", "retail.sync.review.decide"):
            with self.assertRaises(AccessError):
                self.dialog(model)
            found = (
                self.env[model]
                .with_user(self.steward)
                .onchange({"message_id": self.review.id}, [], {"message_id": {}, "revealed": {}})
            )
            self.assert_masked(found)

    def test_no_user_reads_stored_records_past_the_dialog(self):
        admin = self.make_user("admin2", "group_manager", "base.group_system")
        run = self.connection.start_dry_run()
        self.run_jobs()
        samples = self.env["retail.sync.dry.run.sample"].search([("run_id", "in", run)])
        for user in (admin, self.steward):
            for records, name in ((self.review, "payload"), (samples, "values"), (samples, "revealed_user_ids")):
                with self.assertRaises(AccessError, msg=name):
                    records.with_user(user).read([name])

    def test_each_look_at_samples_of_a_dry_run_writes_a_row(self):
        run = self.connection.start_dry_run()
        self.run_jobs()
        samples = self.env["retail.sync.dry.run.sample"].with_user(self.steward).search([("run_id", "in", run)])
        samples.mapped("title")
        self.assertFalse(self.rows("reveal"))
        wizard = self.env["retail.sync.dry.run.reveal"].with_user(self.steward)
        wizard = wizard.create({"run_id": samples[0].run_id.id, "reason": "checking the first load"})
        wizard.action_reveal()
        row = self.rows("reveal")
        self.assertEqual((row.user_id, self.text_of(row)), (self.steward, "checking the first load"))
        revealed = samples.filtered(lambda sample: sample.run_id == samples[0].run_id)
        for number in (1, 2):
            revealed.invalidate_recordset()
            revealed.read(["title", "before", "after"])
            rows = self.rows("reveal")[1:]
            self.assertEqual(len(rows), number)
        self.assertEqual(set(rows[-1].res_ids), set(revealed.ids))
        before = self.rows("reveal")
        foreign = revealed.with_user(self.other)
        foreign.invalidate_recordset()
        self.assertNotIn("Marc Demo", str(foreign.read(["title", "before", "after"])))
        self.assertEqual(self.rows("reveal"), before)

    def test_each_look_at_values_of_both_sides_writes_a_row(self):
        self.platform.put("Firm", "F1", name="Rossi Srl", email="info@rossi.example")
        self.first_load()
        link = self.link("F1")
        conflict = {"part": "main", "field": "name", "odoo": "Rossi Uno", "remote": "Rossi Due"}
        common = {"connection_id": self.connection.id, "stream_id": link.stream_id.id}
        message = self.env["retail.sync.message"].create(
            {**common, "kind": "record", "external_id": "F1", "conflicts": [conflict]}
        )
        edit = self.env["retail.sync.taken.back"].create(
            {
                **common,
                "res_model": link.res_model,
                "res_id": link.res_id,
                "part": "main",
                "canonical_field": "name",
                "odoo_value": "Rossi Uno",
                "remote_value": "Rossi Due",
                "reason": "owner",
            }
        )
        comparison = self.env["retail.sync.comparison"].create({"stream_id": link.stream_id.id})
        difference = self.env["retail.sync.difference"].create(
            {
                "stream_id": link.stream_id.id,
                "comparison_id": comparison.id,
                "kind": "conflict",
                "cause": "both",
                "subject": "F1",
                "values": {"name": {"odoo": "Rossi Uno", "remote": "Rossi Due"}},
            }
        )
        looks = (
            (link, "base_values", ["base", "divergent", "pushed"], "Rossi Srl"),
            (message, "conflict_text", ["conflicts"], "Rossi Due"),
            (edit, "values_text", ["odoo_value", "remote_value"], "Rossi Due"),
            (difference, "values_text", ["values"], "Rossi Due"),
        )
        self.env.flush_all()
        for records, field, stored, value in looks:
            before = len(self.rows("reveal"))
            records.invalidate_recordset()
            self.assertIn(value, str(records.with_user(self.steward).read([field])))
            row = self.rows("reveal")[before:]
            self.assertEqual((row.user_id, row.model, row.res_ids), (self.steward, records._name, records.ids))
            for name in stored:
                with self.assertRaises(AccessError, msg=name):
                    records.with_user(self.steward).read([name])
