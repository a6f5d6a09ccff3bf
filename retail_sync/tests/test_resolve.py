from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import FakePlatformCase


@tagged("post_install", "-at_install")
class TestResolve(FakePlatformCase):
    """Deciding who a record is, and looking at it unmasked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steward = cls.make_user("steward", "group_steward")
        cls.operator = cls.make_user("operator", "group_operator")

    def setUp(self):
        super().setUp()
        partner = self.env["res.partner"]
        both = {"name": "Marc Demo", "email": "marc@demo.example"}
        self.one = partner.create({**both, "phone": "+39 347 1112223", "vat": "IT00743110157"})
        self.two = partner.create({**both, "function": "Buyer", "vat": "IT12345670017"})
        self.platform.put(
            "Person", "P1", name="Marc Demo", email="marc@demo.example", phone="347 9998887", title="Head of purchasing"
        )
        self.first_load()
        self.review = self.message("P1")

    def decide(self, user=None):
        action = self.review.with_user(user or self.steward).action_decide()
        return self.env["retail.sync.resolve"].with_user(user or self.steward).browse(action["res_id"])

    def cells(self, wizard):
        return {row["name"]: row for row in wizard.comparison["fields"]}

    def test_a_tie_waits_for_a_person(self):
        self.assertEqual((self.review.state, self.review.fault_code), ("review", "POSSIBLE_DUPLICATE"))
        self.assertFalse(self.binding("P1"))

    def test_comparison_masks_what_differs(self):
        wizard = self.decide()
        candidates = [candidate["id"] for candidate in wizard.comparison["candidates"]]
        self.assertEqual(sorted(candidates), sorted((self.one + self.two).ids))
        cells = self.cells(wizard)
        self.assertEqual(cells["email"]["incoming"], "marc@demo.example", "equal on a customer that the steward sees")
        self.assertTrue(all(cell["same"] for cell in cells["email"]["cells"]))
        self.assertNotIn("998887", cells["phone"]["incoming"])
        self.assertNotIn("purchasing", cells["job_title"]["incoming"])

    def test_reveal_asks_why_and_is_noted(self):
        wizard = self.decide()
        with self.assertRaisesRegex(UserError, "why"):
            wizard.action_reveal()
        wizard.reason = "customer on the phone"
        wizard.action_reveal()
        wizard.invalidate_recordset()
        self.assertEqual(self.cells(wizard)["job_title"]["incoming"], "Head of purchasing")
        note = self.backend.message_ids[0].body
        self.assertIn("customer on the phone", note)
        self.assertIn("P1", note)

    def test_nobody_looks_without_a_trace(self):
        with self.assertRaises(AccessError):
            self.review.with_user(self.steward).read(["payload"])
        reveal = self.env["retail.sync.reveal"].with_user(self.steward).create({"message_id": self.review.id})
        self.assertFalse(reveal.payload_text)
        with self.assertRaises(AccessError):
            reveal.revealed_at = "2026-01-01 00:00:00"
        with self.assertRaises(AccessError):
            self.env["retail.sync.reveal"].with_user(self.operator).create({"message_id": self.review.id})
        reveal.reason = "audit"
        reveal.action_reveal()
        reveal.invalidate_recordset()
        self.assertIn("Head of purchasing", reveal.payload_text)
        self.assertNotIn("Head of purchasing", self.review.masked_payload)

    def test_says_what_happens_before_it_does(self):
        wizard = self.decide()
        self.assertFalse(wizard.can_link)
        with self.assertRaises(UserError):
            wizard.action_link()
        wizard.partner_id = self.two
        self.assertTrue(wizard.can_link)
        self.assertIn("ownership rules", wizard.outlook)

    def test_link(self):
        wizard = self.decide()
        wizard.partner_id = self.two
        wizard.action_link()
        self.run_jobs()
        self.assertEqual(self.partner("P1"), self.two)
        self.assertEqual(self.binding("P1").rule, "person")
        self.assertEqual(self.two.phone, "+393479998887")
        self.assertEqual(self.review.state, "done")
        self.assertEqual(self.one.phone, "+39 347 1112223")

    def test_create_new(self):
        self.decide().action_create_new()
        self.run_jobs()
        self.assertNotIn(self.partner("P1"), self.one + self.two)
        self.assertEqual(self.partner("P1").function, "Head of purchasing")
        self.assertEqual(self.review.state, "done")

    def test_linked_candidate_is_said_to_be(self):
        self.decide().action_create_new()
        self.run_jobs()
        self.platform.put("Person", "P2", name="Marc Demo", email="marc@demo.example")
        self.poll()
        self.review = self.message("P2")
        wizard = self.decide()
        linked = {candidate["id"]: candidate["linked"] for candidate in wizard.comparison["candidates"]}
        self.assertIn("P1", linked[self.partner("P1").id])
        wizard.partner_id = self.partner("P1")
        self.assertIn("second id", wizard.outlook)

    def test_deciding_is_the_stewards(self):
        with self.assertRaises(AccessError):
            self.decide(self.operator)
        with self.assertRaises(AccessError):
            self.review.with_user(self.operator).action_link(self.one.id)
        with self.assertRaises(AccessError):
            self.review.with_user(self.operator).action_create_new()

    def test_ignore_keeps_the_reason(self):
        action = self.review.with_user(self.operator).action_ask_ignore()
        wizard = self.env["retail.sync.ignore"].with_user(self.operator).browse(action["res_id"])
        wizard.reason = "test account"
        wizard.action_apply()
        self.assertEqual(self.review.state, "ignored")
        self.assertIn("test account", self.review.resolution)
        self.poll()
        self.assertEqual(self.message("P1").state, "ignored", "ignored until it changes on the platform")
        self.platform.put("Person", "P1", title="Director")
        self.poll()
        self.assertEqual(self.message("P1").state, "review")

    def test_assign_many(self):
        action = self.review.with_user(self.operator).action_ask_assign()
        wizard = self.env["retail.sync.assign"].with_user(self.operator).browse(action["res_id"])
        wizard.user_id = self.steward
        wizard.action_apply()
        self.assertEqual(self.review.user_id, self.steward)
