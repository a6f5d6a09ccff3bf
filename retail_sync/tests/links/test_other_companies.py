from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..engine_case import EngineCase
from ..fake_platform import FIRM

# Words that stand in the values of the other company's customers, and nowhere else.
MARKERS = ("Zaubermann", "zaubermann", "Geheimgasse", "Fluestergrund")
ROLES = ("operator", "steward", "manager", "auditor")


def values_of(records):
    """Return all that a user may read of records, as a text: fields, names and what the client asks for."""
    found = [records.mapped("display_name")]
    for name in records.fields_get():
        try:
            found.append(records.read([name]))
            if records._fields[name].type == "many2one":
                found.append(records.web_read({name: {"fields": {"display_name": {}}}}))
        except AccessError:
            # A field whose records this user may not read at all, such as the lines of an inner table.
            records.check_access("read")
    return str(found)


@tagged("post_install", "-at_install")
class TestOtherCompanies(EngineCase):
    """Nothing that the engine stores shows a customer of a company to people of another one.

    The connection serves all companies, so that its records are everybody's; the customers are not.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here = cls.env["res.company"].create({"name": "Here Ltd"})
        cls.there = cls.env["res.company"].create({"name": "There Ltd"})
        for place, company in (("here", cls.here), ("there", cls.there)):
            of_company = {"company_id": company.id, "company_ids": [Command.set(company.ids)]}
            users = {role: cls.make_user(f"{role}_{place}", f"group_{role}", **of_company) for role in ROLES}
            setattr(cls, f"users_{place}", users)
        of_theirs = {"company_id": cls.there.id, "is_company": True, "street": "Geheimgasse 7"}
        cls.secret, cls.double = cls.env["res.partner"].create(
            [
                {"name": "Zaubermann Kunz", "email": "kunz@zaubermann.example", **of_theirs},
                {"name": "Zaubermann Hinz", "email": "hinz@zaubermann.example", "city": "Fluestergrund", **of_theirs},
            ]
        )
        cls.seeded = cls._seed()
        cls.env.flush_all()

    @classmethod
    def _seed(cls):
        """Store one record of each kind about the two customers; return {model: records}."""
        env, stream, secret, double = cls.env, cls.firms, cls.secret, cls.double
        about = {"res_model": "res.partner", "res_id": secret.id}
        record = {"connection_id": cls.connection.id, "remote_object": FIRM}
        run = env["retail.sync.run"].create(
            {"connection_id": cls.connection.id, "stream_id": stream.id, "kind": "dry", "state": "done"}
        )
        comparison = env["retail.sync.comparison"].create({"stream_id": stream.id})
        candidates = [{"id": secret.id, "reasons": ["E-mail"]}, {"id": double.id, "reasons": ["Phone"]}]
        message = {**record, "stream_id": stream.id, "external_id": "F1"}
        decision = env["retail.sync.match.decision"].create(
            {
                **record,
                "stream_id": stream.id,
                "external_id": "F1",
                "title": "Z*** K***",
                "decision": "review",
                "partner_id": secret.id,
                "score": 700,
                "evidence": candidates,
                "decided_on": fields.Datetime.now(),
            }
        )
        group = env["retail.sync.duplicate.group"].create(
            {
                "name": secret.name,
                "signature": "s1",
                "survivor_id": secret.id,
                "line_ids": [Command.create({"partner_id": partner.id}) for partner in (secret, double)],
            }
        )
        merge = env["retail.sync.merge"].create(
            {
                **about,
                "survivor_ref": secret.id,
                "state": "done",
                "reason": "Zaubermann moved",
                "line_ids": [Command.create({"old_id": 1, "name": double.name, "email": double.email})],
            }
        )
        model = env["retail.sync.match.model"].search([], limit=1) or env["retail.sync.match.model"].create(
            {"version": "test"}
        )
        seeded = {
            "retail.sync.link": [{**record, **about, "stream_id": stream.id, "external_id": "F1"}],
            "retail.sync.message": [
                {**message, **about, "kind": "record", "fault_message": "Zaubermann"},
                {**message, "external_id": "F2", "kind": "review", "state": "review", "candidates": candidates},
                {**message, **about, "external_id": "F3", "kind": "merge", "candidates": candidates},
            ],
            "retail.sync.non.match": [{**record, "partner_id": secret.id, "external_id": "F9"}],
            "retail.sync.difference": [
                {
                    **about,
                    "comparison_id": comparison.id,
                    "stream_id": stream.id,
                    "kind": "conflict",
                    "cause": "both",
                    "subject": "F1",
                    "external_id": "F1",
                    "values": {"street": {"odoo": "Geheimgasse 7", "remote": "x"}},
                }
            ],
            "retail.sync.taken.back": [
                {
                    **about,
                    "connection_id": cls.connection.id,
                    "stream_id": stream.id,
                    "part": "main",
                    "canonical_field": "street",
                    "reason": "remote_owns",
                    "odoo_value": "Geheimgasse 7",
                    "remote_value": "Zaubermann",
                }
            ],
            "retail.sync.dry.run.sample": [
                {**about, "run_id": run.id, "outcome": "linked", "external_id": "F1", "values": {"title": secret.name}}
            ],
            "retail.sync.match.replay.line": [
                {
                    "model_id": model.id,
                    "decision_id": decision.id,
                    "partner_id": secret.id,
                    "then_kind": "link",
                    "now_kind": "review",
                    "verdict": "asked",
                }
            ],
            "retail.sync.block.override": [
                {
                    "kind": "account_block",
                    "order_name": "S1",
                    "partner_id": secret.id,
                    "partner_name": secret.name,
                    "block_text": "Zaubermann was blocked",
                    "reason": "Zaubermann paid",
                    "user_id": env.uid,
                    "company_id": cls.there.id,
                }
            ],
        }
        found = {name: env[name].create(rows) for name, rows in seeded.items()}
        found["retail.sync.match.decision"] = decision
        found["retail.sync.duplicate.group"] = group
        found["retail.sync.duplicate.group.line"] = group.line_ids
        found["retail.sync.merge"] = merge
        found["retail.sync.merge.line"] = merge.line_ids
        return found

    def engine_models(self):
        return [
            name
            for name in self.env.registry
            if name.startswith("retail.sync.") and not self.env[name]._abstract and not self.env[name]._transient
        ]

    def test_people_of_another_company_find_no_value_of_its_customers_in_any_model(self):
        for role, user in self.users_here.items():
            for name in self.engine_models():
                model = self.env[name].with_user(user).with_context(allowed_company_ids=self.here.ids)
                if not model.has_access("read"):
                    continue
                text = values_of(model.with_context(active_test=False).search([]))
                for marker in MARKERS:
                    self.assertNotIn(marker, text, f"{role} reads it in {name}")

    def test_no_record_opens_by_its_id(self):
        for role, user in self.users_here.items():
            for name, records in self.seeded.items():
                for record in records.with_user(user).with_context(allowed_company_ids=self.here.ids):
                    if not self.env[name].with_user(user).has_access("read"):
                        continue
                    self.env.invalidate_all()
                    try:
                        text = values_of(record)
                    except AccessError:
                        continue
                    for marker in MARKERS:
                        self.assertNotIn(marker, text, f"{role} opens {name} {record.id}")

    def test_no_search_and_no_group_tells_one_from_the_other(self):
        user = self.users_here["steward"]
        for name, field in (
            ("retail.sync.match.decision", "partner_id"),
            ("retail.sync.non.match", "partner_id"),
            ("retail.sync.duplicate.group.line", "partner_id"),
            ("retail.sync.duplicate.group", "survivor_id"),
            ("retail.sync.link", "record_name"),
            ("retail.sync.message", "record_name"),
            ("retail.sync.difference", "title"),
        ):
            model = self.env[name].with_user(user).with_context(allowed_company_ids=self.here.ids)
            path = field if model._fields[field].type == "char" else f"{field}.display_name"
            self.assertFalse(model.search([(path, "ilike", "Zaubermann")]), name)
            if model._fields[field].type == "many2one":
                groups = model.formatted_read_group([], [field], ["__count"])
                self.assertNotIn("Zaubermann", str(groups), name)
        for name in ("retail.sync.message", "retail.sync.match.decision"):
            field = "candidates" if name == "retail.sync.message" else "evidence"
            with self.assertRaises(AccessError):
                self.env[name].with_user(user).search([(field, "ilike", str(self.secret.id))])

    def test_people_of_that_company_do_see_their_customers(self):
        """The walk would find nothing wrong in models that show nothing to anybody."""
        user = self.users_there["steward"]
        shown = {}
        for name, records in self.seeded.items():
            model = records.with_user(user).with_context(allowed_company_ids=self.there.ids)
            shown[name] = any(marker in values_of(model) for marker in MARKERS)
        silent = {name for name, found in shown.items() if not found}
        # Their values are revealed by a dialog, or stand in other models.
        self.assertLessEqual(silent, {"retail.sync.dry.run.sample", "retail.sync.taken.back"})
        review = self.seeded["retail.sync.message"][1].with_user(user)
        self.assertIn("Zaubermann Kunz", review.with_context(allowed_company_ids=self.there.ids).candidate_text)

    def test_dialogs_take_no_record_that_their_user_may_not_read(self):
        steward = self.users_here["steward"]
        env = self.env(user=steward, context={"allowed_company_ids": self.here.ids})
        review = self.seeded["retail.sync.message"][1].with_env(env)
        for name, vals in (
            (
                "retail.sync.merge.wizard",
                {"partner_ids": [Command.set(self.secret.ids)], "survivor_id": self.secret.id},
            ),
            ("retail.sync.merge.undo", {"merge_id": self.seeded["retail.sync.merge"].id}),
            ("retail.sync.review.decide", {"message_id": review.id, "partner_id": self.secret.id}),
        ):
            with self.assertRaises(AccessError, msg=name), self.env.cr.savepoint():
                env[name].create(vals)
        dialog = env["retail.sync.review.decide"].create({"message_id": review.id})
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            dialog.write({"partner_id": self.secret.id})
        self.assertNotIn("Zaubermann", str(dialog.comparison))
