from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import FakePlatformCase


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
        self.first = partner.create({**both, "phone": "+39 347 1112223", "vat": "IT00743110157"})
        self.second = partner.create({**both, "function": "Buyer", "vat": "IT12345670017"})
        self.platform.put(
            "Person", "P1", name="Marc Demo", email="marc@demo.example", phone="347 9998887", title="Head of purchasing"
        )
        self.first_load()
        self.review = self.message("P1")

    def decide(self, user=None):
        action = self.review.with_user(user or self.steward).action_decide()
        return self.env["retail.sync.review.decide"].with_user(user or self.steward).browse(action["res_id"])

    def cells(self, wizard):
        return {row["name"]: row for row in wizard.comparison["fields"]}

    def test_a_tie_waits_for_a_person(self):
        self.assertEqual((self.review.state, self.review.fault_code), ("review", "POSSIBLE_DUPLICATE"))
        self.assertFalse(self.link("P1"))

    def test_comparison_masks_what_differs(self):
        wizard = self.decide()
        candidates = [candidate["id"] for candidate in wizard.comparison["candidates"]]
        self.assertEqual(sorted(candidates), sorted((self.first + self.second).ids))
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
        row = self.env["retail.sync.audit"].search(
            [("kind", "=", "reveal"), ("record_id", "=", self.review.id)], order="id", limit=1
        )
        self.assertEqual((row.user_id, row.reason), (self.steward, "customer on the phone"))
        self.assertEqual(row.details["key"], "P1")

    def test_no_look_goes_without_a_trace(self):
        with self.assertRaises(AccessError):
            self.review.with_user(self.steward).read(["payload"])
        reveal = self.env["retail.sync.reveal"].with_user(self.steward).create({"message_id": self.review.id})
        self.assertFalse(reveal.payload_text)
        with self.assertRaises(AccessError):
            reveal.reveal_ref = 1
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
        wizard.partner_id = self.second
        self.assertTrue(wizard.can_link)
        self.assertIn("ownership rules", wizard.outlook)

    def test_link(self):
        wizard = self.decide()
        wizard.partner_id = self.second
        wizard.action_link()
        self.run_jobs()
        self.assertEqual(self.partner("P1"), self.second)
        self.assertEqual(self.link("P1").rule, "person")
        self.assertEqual(self.second.phone, "+393479998887")
        self.assertEqual(self.review.state, "done")
        self.assertEqual(self.first.phone, "+39 347 1112223")

    def test_create_new(self):
        self.decide().action_create_new()
        self.run_jobs()
        self.assertNotIn(self.partner("P1"), self.first + self.second)
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
        self.assertIn("secondary link", wizard.outlook)

    def more_reviews(self, *keys):
        """Make further reviews of the same connection; the last one is the first of the queue."""
        for key in keys:
            self.platform.put("Person", key, name=f"Ada {key}", email=f"{key}@demo.example")
            self.env["res.partner"].create(
                [
                    {"name": f"Ada {key}", "email": f"{key}@demo.example", "vat": vat}
                    for vat in ("IT00743110157", "IT12345670017")
                ]
            )
            self.poll()
        return [self.message(key) for key in keys]

    def opened_by(self, action):
        """Return the dialog that an answer opens, None when it closes."""
        following = action["params"]["next"] if action.get("tag") else action
        if following["type"] == "ir.actions.act_window_close":
            return None
        return self.env["retail.sync.review.decide"].with_user(self.steward).browse(following["res_id"])

    def test_after_an_answer_the_next_review_of_the_queue_opens(self):
        second, third = self.more_reviews("P2", "P3")
        self.review = second
        wizard = self.decide()
        self.assertFalse(wizard.asked_text, "no colleague was asked, and an empty record is no text")
        self.assertEqual(wizard.left_count, 2)
        self.assertIn("2 other reviews", wizard.afterwards)
        wizard.partner_id = second.suggestion_id
        wizard = self.opened_by(wizard.action_link())
        self.assertEqual(wizard.message_id, self.message("P1"), "the one below it")
        self.assertIn("last review", wizard.afterwards)
        wizard = self.opened_by(wizard.action_create_new())
        self.assertEqual(wizard.message_id, third, "then from the top")
        self.assertFalse(wizard.left_count)
        self.assertIn("closes", wizard.afterwards)
        self.assertIsNone(self.opened_by(wizard.action_not_same(third.suggestion_id.id)))
        self.assertEqual((second + third + self.message("P1")).mapped("state"), ["retrying"] * 3)

    def test_skipped_reviews_stay_and_do_not_come_back(self):
        second, third = self.more_reviews("P2", "P3")
        self.review = third
        wizard = self.opened_by(self.decide().action_skip())
        self.assertEqual(wizard.message_id, second)
        wizard = self.opened_by(wizard.action_skip())
        self.assertEqual((wizard.message_id, wizard.left_count), (self.message("P1"), 0))
        self.assertIsNone(self.opened_by(wizard.action_skip()))
        self.assertEqual((second + third).mapped("state"), ["review"] * 2)

    def test_reviews_of_another_connection_are_not_next(self):
        other = self.make_connection(name="Other shop")
        self.review.copy({"connection_id": other.id, "stream_id": other.stream_ids[:1].id})
        self.assertEqual(self.decide().left_count, 0)

    def test_what_was_linked_meanwhile_is_refused_in_words(self):
        wizard = self.decide()
        wizard.partner_id = self.second
        wizard.action_link()
        with self.assertRaisesRegex(UserError, "linked meanwhile"):
            wizard.action_link()
        self.run_jobs()
        with self.assertRaisesRegex(UserError, "already closed"):
            wizard.action_link()

    def test_deciding_is_the_stewards(self):
        with self.assertRaises(AccessError):
            self.decide(self.operator)
        with self.assertRaises(AccessError):
            self.review.with_user(self.operator).action_link(self.first.id)
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
