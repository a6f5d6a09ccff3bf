from ast import literal_eval

from lxml import etree

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ...models.exceptions import exception_queue
from ...models.exceptions.subject import of_alarm, of_record, subject_key
from ...models.operations.record_status import STATUSES
from ..engine_case import EngineCase
from ..fake_platform import FIRM, PERSON


@tagged("post_install", "-at_install")
class TestCounters(EngineCase):
    """Every number on a screen is the number of rows of the list that it opens, for each group of users."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = cls.make_users_of_groups()

    def setUp(self):
        super().setUp()
        for number in range(4):
            self.firm(f"F{number}", language="xx_XX" if number else "en_US")
        self.take(FIRM)
        for number in range(3):
            self.platform.put(PERSON, f"P{number}", name="" if number else "Ada Bruni", firm="F1")
        self.take(PERSON)
        streams = {"firms": self.firms, "persons": self.persons}
        for external_id, stream in (("N1", "firms"), ("N2", "firms"), ("N3", "persons")):
            exception_queue.technical(
                self.env, self.connection, "TROUBLE", "It failed", of_record(external_id), stream=streams[stream]
            )
        exception_queue.technical(self.env, self.connection, "POLL", "It failed", of_alarm("poll"), stream=self.firms)
        exception_queue.technical(self.env, self.connection, "CONNECTION", "It failed", of_alarm("connection"))
        subject = {"res_model": "res.partner", "res_id": self.partner("F2").id}
        common = {"connection_id": self.connection.id, "stream_id": self.firms.id, "remote_object": FIRM, **subject}
        self.env["retail.sync.message"].create(
            [
                {**common, "kind": "delivery", "state": "pending"},
                {
                    **common,
                    "kind": "field",
                    "state": "open",
                    "refused_field": "main.email",
                    "key": subject_key("field", **subject, refused="main.email"),
                },
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()

    def rows(self, user, action):
        """Return what the list of an action shows to a user, its default filters applied."""
        model = self.env[action["res_model"]].with_user(user)
        domain, context = action.get("domain") or [], action.get("context") or {}
        domain = Domain(safe_eval(domain, {"uid": user.id}) if isinstance(domain, str) else domain)
        context = literal_eval(context) if isinstance(context, str) else context
        search_view = action.get("search_view_id")
        arch = etree.fromstring(model.get_view(search_view[0] if search_view else False, "search")["arch"])
        for name in (key.removeprefix("search_default_") for key, value in context.items() if value):
            for condition in arch.xpath(f"//filter[@name='{name}']/@domain"):
                domain &= Domain(safe_eval(condition, {"uid": user.id}))
        return model.search(domain)

    def test_the_number_on_a_button_is_the_length_of_its_list(self):
        records = [self.connection, self.firms, self.persons, self.partner("F2")]
        seen = set()
        for name, user in self.users.items():
            for record in records:
                record = record.with_user(user)
                arch = etree.fromstring(record.get_view(False, "form")["arch"])
                for button in arch.xpath("//button[contains(@class, 'oe_stat_button')][@type='object'][field]"):
                    method, counter = button.get("name"), button.find("field").get("name")
                    if "sync" not in method and record._name == "res.partner":
                        continue
                    if record._fields[counter].type != "integer":
                        continue
                    with self.subTest(user=name, model=record._name, button=method):
                        self.assertEqual(len(self.rows(user, getattr(record, method)())), record[counter])
                        seen.add((record._name, counter, bool(record[counter])))
        shown = {(model, counter) for model, counter, full in seen if full}
        self.assertLessEqual(
            {
                ("retail.sync.connection", "exception_count"),
                ("retail.sync.connection", "link_count"),
                ("retail.sync.stream", "exception_count"),
                ("retail.sync.stream", "link_count"),
                ("res.partner", "sync_message_count"),
            },
            shown,
        )

    def test_the_numbers_of_the_overview_are_the_lengths_of_their_lists(self):
        for name, user in self.users.items():
            env = self.env(user=user)
            overview = env["retail.sync.connection"].get_overview()["connections"]
            found = next(card for card in overview if card["id"] == self.connection.id)
            self.assertEqual(sum(alarm["count"] for alarm in found["alarms"]), 2, name)
            for card in found["streams"]:
                of_stream = [("stream_id", "=", card["id"])]
                records = env["retail.sync.record.status"].search(of_stream)
                self.assertEqual((card["total"], sum(card["counts"].values())), (len(records),) * 2, name)
                for status, _label in STATUSES:
                    listed = records.filtered(lambda row, status=status: row.status == status)
                    self.assertEqual(card["counts"][status], len(listed), (name, status))
                for cause in card["causes"]:
                    listed = env["retail.sync.message"].search_count(
                        [
                            *of_stream,
                            ("is_exception", "=", True),
                            ("kind", "not in", card["wide_kinds"]),
                            ("state", "in", ["open", "unknown"]),
                            ("rule_id", "=", cause["rule_id"]),
                        ]
                    )
                    self.assertEqual(cause["count"], listed, (name, cause["title"]))
                self.assertEqual(
                    card["warnings"],
                    env["retail.sync.link"].search_count(
                        [*of_stream, ("part", "=", "main"), ("has_warnings", "=", True)]
                    ),
                )
            firms = next(card for card in found["streams"] if card["id"] == self.firms.id)
            self.assertEqual((firms["counts"]["in_sync"], firms["counts"]["attention"]), (3, 3), name)
            self.assertEqual(sum(cause["count"] for cause in firms["causes"]), 3, name)

    def test_warnings_are_grouped_by_cause_and_open_their_links(self):
        self.env["retail.sync.link"].search([("external_id", "in", ["F0", "F3"])]).write(
            {"warnings": ["E-mail 'a@b' is not valid.", "Phone 'x' is no number."], "has_warnings": True}
        )
        self.env.flush_all()
        for name, user in self.users.items():
            causes = self.env["retail.sync.link.warning"].with_user(user).search([("stream_id", "=", self.firms.id)])
            counts = {warning.cause: warning.record_count for warning in causes}
            self.assertEqual(counts["E-mail … is not valid."], 2, name)
            self.assertEqual(counts["Phone … is no number."], 2, name)
            self.assertEqual(sum("xx_XX" in cause for cause in counts), 0, name)
            for warning in causes:
                self.assertEqual(len(self.rows(user, warning.action_open_links())), warning.record_count, name)
