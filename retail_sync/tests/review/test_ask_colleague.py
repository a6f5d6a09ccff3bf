from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..common import FakePlatformCase

VATS = ("IT00743110157", "IT12345670017")


@tagged("post_install", "-at_install")
class TestAskColleague(FakePlatformCase):
    """A colleague is asked about a review, and replies or decides it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = cls.make_users_of_groups("outsider")
        cls.steward, cls.operator = cls.users["steward"], cls.users["operator"]

    def setUp(self):
        super().setUp()
        for key, name in (("P1", "Marc Demo"), ("P2", "Ada Bruni")):
            self.env["res.partner"].create([{"name": name, "email": f"{key}@demo.example", "vat": vat} for vat in VATS])
            self.platform.put("Person", key, name=name, email=f"{key}@demo.example")
        self.first_load()
        self.review, self.other = self.message("P1"), self.message("P2")

    def ask(self, colleague, reviews=None, note="Is this your customer?", user=None):
        user = user or self.operator
        action = (reviews or self.review).with_user(user).action_ask_colleague()
        wizard = self.env["retail.sync.ask.colleague"].with_user(user).browse(action["res_id"])
        wizard.write({"user_id": colleague.id, "note": note})
        return wizard.action_apply()

    def activities(self, review=None):
        return (review or self.review).sudo().activity_ids

    def filtered_by(self, name, user):
        search = self.env["retail.sync.message"].get_view(self.env.ref("retail_sync.view_message_search").id, "search")
        [node] = etree.fromstring(search["arch"]).xpath(f"//filter[@name='{name}']")
        domain = safe_eval(node.get("domain"), {"uid": user.id})
        return self.env["retail.sync.message"].with_user(user).search(domain)

    def test_the_colleague_gets_an_activity_and_the_review_says_who_was_asked(self):
        self.ask(self.steward)
        activity = self.activities()
        self.assertEqual((activity.user_id, activity.create_uid), (self.steward, self.operator))
        self.assertEqual((activity.res_model, activity.res_id), ("retail.sync.message", self.review.id))
        self.assertIn("Is this your customer?", activity.note)
        self.assertEqual((self.review.asked_user_id, self.review.asked_by_id), (self.steward, self.operator))
        self.assertTrue(self.review.asked_on)
        self.assertEqual(self.review.state, "review")
        dialog = self.review.with_user(self.steward).action_decide()
        text = self.env["retail.sync.review.decide"].with_user(self.steward).browse(dialog["res_id"]).asked_text
        self.assertIn("Operator asked Steward", text)

    def test_each_finds_what_is_asked_of_whom(self):
        self.assertFalse(self.filtered_by("asked_of_me", self.steward))
        self.ask(self.steward)
        self.assertEqual(self.filtered_by("asked_of_me", self.steward), self.review)
        self.assertFalse(self.filtered_by("asked_of_others", self.steward))
        self.assertEqual(self.filtered_by("asked_of_others", self.operator), self.review)
        self.assertFalse(self.filtered_by("asked_of_me", self.operator))

    def test_an_answer_closes_the_activity(self):
        self.ask(self.steward, self.review + self.other)
        self.review.with_user(self.steward).action_create_new()
        self.assertTrue(self.activities(), "not before it went through")
        self.run_jobs()
        self.assertEqual(self.review.state, "done")
        self.assertFalse(self.activities())
        self.assertTrue(self.activities(self.other))
        self.assertEqual(self.filtered_by("asked_of_me", self.steward), self.other)
        self.assertEqual(self.review.asked_user_id, self.steward, "it stays known who was asked")

    def test_ignoring_closes_it_and_looking_again_does_not(self):
        self.ask(self.steward, self.review + self.other)
        self.review.with_user(self.operator).action_retry()
        self.run_jobs()
        self.assertEqual((self.review.state, len(self.activities())), ("review", 1))
        self.other.with_user(self.operator).action_ignore("test account")
        self.assertFalse(self.activities(self.other))

    def test_who_may_only_read_replies_and_the_one_who_asked_is_notified(self):
        auditor = self.users["auditor"]
        self.ask(auditor)
        self.activities().with_user(auditor).action_feedback(feedback="She is Marc's sister")
        reply = self.review.message_ids[0]
        self.assertIn("sister", reply.body)
        self.assertIn(self.operator.partner_id, reply.notified_partner_ids)
        self.assertFalse(self.activities())
        self.assertEqual(self.review.state, "review", "a reply is no answer")
        self.assertFalse(self.filtered_by("asked_of_others", self.operator))

    def test_another_colleague_can_be_asked_instead(self):
        self.ask(self.steward)
        self.ask(self.users["manager"])
        self.assertEqual(self.activities().user_id, self.users["manager"])
        self.assertEqual(self.review.asked_user_id, self.users["manager"])

    def test_what_waits_for_a_colleague_is_not_the_next_review_of_others(self):
        def left(user):
            action = self.review.with_user(user).action_decide()
            return self.env["retail.sync.review.decide"].with_user(user).browse(action["res_id"]).left_count

        self.assertEqual(left(self.steward), 1)
        self.ask(self.users["manager"], self.other)
        self.assertEqual(left(self.steward), 0)
        self.assertEqual(left(self.users["manager"]), 1)

    def test_who_could_not_open_it_is_not_asked(self):
        with self.assertRaisesRegex(UserError, "Outsider cannot open"):
            self.ask(self.users["outsider"])
        with self.assertRaisesRegex(UserError, "Choose a colleague"):
            self.ask(self.operator)
        with self.assertRaisesRegex(UserError, "what you want to know"):
            self.ask(self.steward, note="  ")
        self.assertFalse(self.activities() or self.review.asked_user_id)
        colleagues = self.env["res.users"].search(
            self.env["retail.sync.ask.colleague"].with_user(self.operator)._colleagues()
        )
        self.assertLessEqual(self.steward + self.users["auditor"], colleagues)
        self.assertFalse(colleagues & (self.users["outsider"] + self.operator))

    def test_asking_takes_the_right_to_work_on_it(self):
        for name in ("operator", "steward", "manager"):
            colleague = self.users["auditor"]
            self.ask(colleague, user=self.users[name])
            self.assertEqual(self.review.asked_by_id, self.users[name])
        for name in ("auditor", "outsider"):
            with self.assertRaises(AccessError):
                self.ask(self.steward, user=self.users[name])

    def test_records_without_a_discussion_cost_no_notes(self):
        self.assertFalse(self.review.message_ids or self.review.message_follower_ids)
        self.review.with_user(self.operator).action_assign_to_me()
        self.assertFalse(self.review.message_ids)
