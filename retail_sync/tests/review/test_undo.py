from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.review import bulk_answer
from ..engine_case import EngineCase
from ..fake_platform import PERSON


@tagged("post_install", "-at_install")
class TestUndo(EngineCase):
    """A steward undoes any decision about who a record is, with what it wrote."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steward = cls.make_user("undo-steward", "group_steward")
        cls.operator = cls.make_user("undo-operator", "group_operator")

    def marc(self, **values):
        return self.env["res.partner"].create(
            {"name": "Marc Demo", "email": "marc@demo.example", "phone": "+39 347 1112223", "function": False, **values}
        )

    def read_in(self, external_id="P1", **values):
        shared = {"name": "Marc Demo", "email": "marc@demo.example", "phone": "+39 347 1112223"}
        self.person(external_id, **{**shared, **values})
        return self.take(PERSON)

    def again(self):
        """Read all records again, as the refresh does that an undo queues."""
        return self.take(PERSON, rows=self.platform.since(PERSON, 0), force=True)

    def latest(self, external_id="P1"):
        [decision] = (
            self.env["retail.sync.match.decision"]._latest([(self.connection.id, PERSON, external_id)]).values()
        )
        return decision.with_user(self.steward)

    def assertAsked(self, external_id="P1"):
        message = self.message(external_id)
        self.assertEqual((message.state, message.fault_code), ("review", "UNDONE"))
        self.assertFalse(self.link(external_id))
        return message

    def test_undo_of_a_link_restores_what_it_wrote(self):
        partner = self.marc()
        self.assertEqual(self.read_in(title="Head of purchasing"), {"linked": 1})
        self.assertEqual(partner.function, "Head of purchasing")
        self.latest().action_undo()
        self.assertFalse(partner.function)
        self.assertTrue(partner.active)
        self.assertIn(partner.id, self.env["retail.sync.non.match"]._of_records(self.persons, ["P1"])["P1"])
        self.assertAsked()

    def test_the_engine_asks_and_never_links_again(self):
        partner = self.marc()
        self.read_in()
        self.latest().action_undo()
        self.assertEqual(self.again(), {"review": 1})
        message = self.assertAsked()
        self.assertTrue(message.payload)
        self.assertNotIn(partner.id, [found["id"] for found in message.candidates or []])

    def test_what_a_person_changed_since_is_kept_and_listed(self):
        partner = self.marc()
        self.read_in(title="Head of purchasing")
        partner.function = "Director"
        decision = self.latest()
        decision.action_undo()
        self.assertEqual(partner.function, "Director")
        self.assertIn("kept", decision.undo_text)

    def test_undo_of_a_decision_of_a_person_to_link(self):
        first, second = self.marc(vat="IT00743110157"), self.marc(vat="IT12345670017")
        self.assertEqual(self.read_in(title="Buyer"), {"review": 1})
        self.message("P1").with_user(self.steward).action_link(second.id)
        self.again()
        self.assertEqual((self.partner("P1"), second.function), (second, "Buyer"))
        self.latest().action_undo()
        self.assertFalse(second.function)
        self.assertIn(first.id, [found["id"] for found in self.assertAsked().candidates])

    def test_undo_of_a_decision_to_create(self):
        for vat in ("IT00743110157", "IT12345670017"):
            self.marc(vat=vat)
        self.read_in()
        message = self.message("P1").with_user(self.steward)
        message.action_create_new()
        self.take(PERSON, rows=self.platform.since(PERSON, 0), decision="create")
        created = self.partner("P1")
        self.assertTrue(created.active)
        self.latest().action_undo()
        self.assertFalse(created.active)
        self.assertFalse(self.env["retail.sync.non.match"]._of_records(self.persons, ["P1"]))
        self.assertEqual(len(self.assertAsked().candidates), 2)
        self.assertEqual(self.again(), {"review": 1})

    def test_undo_of_a_non_match(self):
        first, second = self.marc(vat="IT00743110157"), self.marc(vat="IT12345670017")
        self.read_in()
        self.message("P1").with_user(self.steward).action_not_same(first.id)
        self.latest().action_undo()
        self.assertFalse(self.env["retail.sync.non.match"]._of_records(self.persons, ["P1"]))
        self.again()
        self.assertEqual({found["id"] for found in self.assertAsked().candidates}, {first.id, second.id})

    def test_undo_of_a_second_record(self):
        partner = self.marc()
        self.read_in()
        self.read_in("P2")
        self.message("P2").with_user(self.steward).action_link(partner.id)
        self.assertFalse(self.link("P2").is_primary)
        self.latest("P2").action_undo()
        self.assertEqual(self.partner("P1"), partner)
        self.assertTrue(partner.active)
        self.assertAsked("P2")

    def test_undo_of_an_answer_to_many_reviews(self):
        partners = self.marc(email="a@demo.example") + self.marc(email="b@demo.example", phone="+39 347 9998887")
        for key, partner in zip(("P1", "P2"), partners, strict=True):
            self.read_in(key, email=False, phone=partner.phone, name="Marco Demo", title="Buyer")
        reviews = self.env["retail.sync.message"].search(
            [("state", "=", "review"), ("connection_id", "=", self.connection.id)]
        )
        self.assertEqual(len(reviews), 2)
        reviews = reviews.with_user(self.steward)
        done, _skipped = bulk_answer.answer_all(reviews.env, "link", reviews, bulk_answer.as_seen(reviews))
        self.assertEqual(len(done), 2)
        self.again()
        self.assertEqual(partners.mapped("function"), ["Buyer", "Buyer"])
        (self.latest("P1") + self.latest("P2")).action_undo()
        self.assertEqual(partners.mapped("function"), [False, False])
        for key in ("P1", "P2"):
            self.assertAsked(key)

    def test_a_link_by_our_own_id_has_no_decision_and_is_undone_from_the_link(self):
        partner = self.marc()
        self.read_in(odoo_id=str(partner.id), title="Buyer")
        link = self.link("P1")
        self.assertEqual((link.rule, partner.function), ("external_id", "Buyer"))
        action = link.with_user(self.steward).action_undo()
        self.assertFalse(partner.function)
        self.assertAsked()
        review = self.env["retail.sync.message"].browse(action["params"]["next"]["res_id"])
        self.assertEqual((review.external_id, review.state), ("P1", "review"))

    def test_stewards_have_a_button(self):
        for model, view_types in (("retail.sync.match.decision", ("form", "list")), ("retail.sync.link", ("form",))):
            for view_type in view_types:
                for user in (self.steward, self.operator):
                    arch = self.env[model].with_user(user).get_view(view_type=view_type)["arch"]
                    self.assertEqual('name="action_undo"' in arch, user == self.steward, (model, view_type))

    def test_a_steward_undoes_once_and_others_never(self):
        self.marc()
        self.read_in()
        decision = self.latest()
        with self.assertRaises(AccessError):
            decision.with_user(self.operator).action_undo()
        decision.action_undo()
        with self.assertRaisesRegex(UserError, "undone before"):
            decision.action_undo()
        self.assertEqual(decision.undone_by_id, self.steward)

    def test_values_of_before_are_kept_for_as_long_as_messages(self):
        """Undo still separates the record then; it restores nothing, and archives no customer that was there before."""
        partner = self.marc()
        self.read_in(title="Head of purchasing")
        journal = self.env["retail.sync.link.journal"]
        self.env.cr.execute("UPDATE retail_sync_link_journal SET written_on = written_on - interval '179 days'")
        journal.invalidate_model()
        self.assertEqual(journal._gc_journal(), (0, 0))
        self.env.cr.execute("UPDATE retail_sync_link_journal SET written_on = written_on - interval '2 days'")
        journal.invalidate_model()
        self.assertEqual(journal._gc_journal(), (1, 0))
        self.assertEqual(journal._gc_journal(), (0, 0))
        rows = journal._of_record(self.connection, PERSON, "P1")
        self.assertEqual([(row.before, row.after) for row in rows], [({}, False)])
        self.latest().action_undo()
        self.assertEqual((partner.active, partner.function), (True, "Head of purchasing"))
        self.assertAsked()

    def test_a_second_decision_is_undone_like_the_first(self):
        first, second = self.marc(), self.marc(email="other@demo.example", phone=False)
        self.read_in(title="Buyer")
        self.latest().action_undo()
        self.assertFalse(first.function)
        self.again()
        self.message("P1").with_user(self.steward).action_link(second.id)
        self.again()
        self.assertEqual((self.partner("P1"), second.function), (second, "Buyer"))
        second.phone = "+39 06 1234567"
        self.latest().action_undo()
        self.assertFalse(second.function)
        self.assertEqual(second.phone, "+39 06 1234567")
        self.assertTrue(first.active and second.active)
        self.assertAsked()
        self.again()
        message = self.message("P1").with_user(self.steward)
        message.action_create_new()
        self.take(PERSON, rows=self.platform.since(PERSON, 0), decision="create")
        created = self.partner("P1")
        self.assertNotIn(created, first + second)
        self.latest().action_undo()
        self.assertFalse(created.active)
        self.assertTrue(first.active and second.active)
        self.assertAsked()
