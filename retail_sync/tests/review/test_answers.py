from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError

from ...domain.identity.rules.company_rules import COMPANY_RULES
from ...domain.identity.rules.person_rules import PERSON_RULES
from ...domain.identity.rules.vetoes import ASK, MIXED_RULES
from ...models.review import bulk_answer
from ...models.review.match_review import REVIEW_RULES
from ...runtime import environment
from ..common import FakePlatformCase

VATS = ("IT00743110157", "IT12345670017")
NAMES = ("Marc Demo", "Ada Bruni", "Luca Ferri")


@tagged("post_install", "-at_install")
class TestAnswers(FakePlatformCase):
    """One decision for many reviews of one kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = cls.make_users_of_groups()
        cls.steward = cls.users["steward"]

    def setUp(self):
        super().setUp()
        self.pairs = [
            self.env["res.partner"].create(
                [{"name": name, "email": self.email(name), "phone": f"+39 347 111222{n}", "vat": vat} for vat in VATS]
            )
            for n, name in enumerate(NAMES)
        ]
        for n, name in enumerate(NAMES):
            self.platform.put("Person", f"P{n}", name=name, email=self.email(name))
        self.first_load()
        self.reviews = self.env["retail.sync.message"].search(
            [("connection_id", "=", self.connection.id)], order="external_id"
        )

    def email(self, name):
        return f"{name.split()[0].lower()}@demo.example"

    def ask(self, answer, reviews=None, user=None):
        user = user or self.steward
        action = getattr((reviews or self.reviews).with_user(user), f"action_answer_{answer}")()
        return self.env["retail.sync.bulk.review"].with_user(user).browse(action["res_id"])

    def test_reviews_are_found_by_their_reason(self):
        self.assertEqual(set(self.reviews.mapped("asked_rule")), {"tie"})
        self.assertEqual(set(self.reviews.mapped("asked_agrees")), {"email"})
        groups = self.env["retail.sync.message"].formatted_read_group(
            [("id", "in", self.reviews.ids)], ["asked_rule", "asked_agrees"], ["__count"]
        )
        self.assertEqual([group["__count"] for group in groups], [3])
        for review, pair in zip(self.reviews, self.pairs, strict=True):
            self.assertIn(review.suggestion_id, pair)
            self.assertGreater(review.suggestion_bits, 0)

    def test_every_rule_that_asks_has_a_name(self):
        asking = {rule for rule, effect, _holds in (*COMPANY_RULES, *PERSON_RULES, *MIXED_RULES) if effect == ASK}
        self.assertLessEqual(asking | {"score", "rival", "tie"}, set(REVIEW_RULES))

    def test_a_renewed_review_keeps_its_reason(self):
        self.reviews[0].action_retry()
        self.run_jobs()
        self.platform.put("Person", "P1", phone="+39 02 999888")
        self.poll()
        self.assertEqual(set(self.reviews.mapped("asked_rule")), {"tie"})
        vals = self.env["retail.sync.message"]._review_vals("asked", [])
        self.assertNotIn("asked_rule", vals)
        self.assertEqual(self.env["retail.sync.message"]._review_vals("brand new", [])["asked_rule"], "other")

    def test_says_what_happens_before_it_does(self):
        wizard = self.ask("link")
        self.assertEqual((wizard.count, wizard.left_out), (3, 0))
        self.assertIn("Records to link: 3", wizard.outlook)
        self.assertIn("3 have a second suggested match with the same evidence", wizard.outlook)
        self.assertNotIn("same evidence", self.ask("create").outlook)
        self.assertEqual(wizard.sample_ids, self.reviews)
        self.assertEqual(self.reviews.mapped("state"), ["review"] * 3)
        self.assertFalse(self.link("P0"))

    def test_link_all_to_their_first_suggestion(self):
        first = self.reviews.mapped("suggestion_id")
        self.ask("link").action_answer()
        self.run_jobs()
        self.assertEqual(first, self.partner("P0") + self.partner("P1") + self.partner("P2"))
        self.assertEqual(self.reviews.mapped("state"), ["done"] * 3)
        self.assertEqual(self.link("P1").rule, "person")
        decisions = self.env["retail.sync.match.decision"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual(set(decisions.mapped("person_decision")), {"link"})
        self.assertEqual(decisions.person_id, self.steward)
        self.assertEqual(decisions.person_partner_id, first)

    def test_create_all_as_new(self):
        self.ask("create").action_answer()
        self.run_jobs()
        known = self.env["res.partner"].union(*self.pairs)
        made = self.partner("P0") + self.partner("P1") + self.partner("P2")
        self.assertEqual(len(made), 3)
        self.assertFalse(made & known)
        self.assertEqual(self.reviews.mapped("state"), ["done"] * 3)
        non_matches = self.env["retail.sync.non.match"].search([("connection_id", "=", self.connection.id)])
        self.assertEqual(non_matches.partner_id, known)
        self.assertEqual(non_matches.create_uid, self.steward)

    def test_none_is_the_same_is_remembered_in_later_reviews(self):
        self.ask("non_match").action_answer()
        self.run_jobs()
        self.assertEqual(self.reviews.mapped("state"), ["done"] * 3, "no other customer is like them: they are new")
        self.assertFalse((self.partner("P0") + self.partner("P1")) & self.env["res.partner"].union(*self.pairs))

    def test_not_the_same_keeps_a_customer_out_of_the_next_review(self):
        review, (first, second) = self.reviews[0], self.pairs[0]
        third = self.env["res.partner"].create(
            {"name": NAMES[0], "email": self.email(NAMES[0]), "vat": "IT01114601006"}
        )
        review.with_user(self.steward).action_not_same(first.id)
        self.run_jobs()
        for _again in range(2):
            suggested = {found["id"] for found in review.candidates}
            self.assertEqual((review.state, suggested), ("review", {second.id, third.id}))
            self.platform.put("Person", "P0", title="Buyer")
            self.poll()

    def test_never_two_records_of_one_platform_to_one_customer(self):
        self.platform.put("Person", "P9", name=NAMES[0], email=self.email(NAMES[0]))
        self.poll()
        other = self.message("P9")
        self.assertEqual(other.suggestion_id, self.reviews[0].suggestion_id)
        wizard = self.ask("link", self.reviews + other)
        self.assertEqual((wizard.count, wizard.left_out), (3, 1))
        self.assertIn("linked to the same customer", wizard.left_out_text)
        wizard.action_answer()
        self.run_jobs()
        self.assertEqual(other.state, "review")
        self.assertFalse(self.link("P9"))
        wizard = self.ask("link", other)
        self.assertEqual(wizard.count, 0)
        self.assertIn("another record of the platform", wizard.left_out_text)
        with self.assertRaisesRegex(UserError, "another record of the platform"):
            wizard.action_answer()

    def test_what_the_platform_has_twice_becomes_second_records(self):
        """In a first load every suggestion is linked already: nothing could be said of many at once."""
        self.ask("link").action_answer()
        self.run_jobs()
        for number, name in enumerate(NAMES[:2]):
            self.platform.put("Person", f"S{number}", name=name, email=self.email(name))
        self.poll()
        seconds = self.message("S0") + self.message("S1")
        known = seconds.mapped("suggestion_id")
        wizard = self.ask("second", seconds)
        self.assertEqual((wizard.count, wizard.left_out), (2, 0))
        self.assertIn("ignores its values", wizard.outlook)
        wizard.action_answer()
        self.run_jobs()
        self.assertEqual(seconds.mapped("state"), ["done"] * 2)
        self.assertEqual(self.partner("S0") + self.partner("S1"), known)
        self.assertEqual([self.link(key).is_primary for key in ("P0", "S0", "S1")], [True, False, False])
        self.platform.put("Person", "S0", name=NAMES[0], email=self.email(NAMES[0]), title="Impostor")
        self.poll()
        self.assertNotEqual(self.partner("S0").function, "Impostor")

    def test_who_has_no_link_has_no_secondary_link(self):
        wizard = self.ask("second")
        self.assertEqual((wizard.count, wizard.left_out), (0, 3))
        self.assertIn("not linked to a record of the platform yet", wizard.left_out_text)

    def test_what_changed_since_is_left_out(self):
        wizard = self.ask("link")
        self.platform.put("Person", "P1", title="Director")
        self.poll()
        self.reviews[2].with_user(self.steward).action_create_new()
        wizard.invalidate_recordset()
        self.assertIn("changed after you opened", wizard.left_out_text)
        self.assertIn("already answered", wizard.left_out_text)
        wizard.action_answer()
        self.run_jobs()
        self.assertTrue(self.link("P0"))
        self.assertFalse(self.link("P1"))
        self.assertEqual(self.reviews[1].state, "review")

    def test_a_suggested_customer_that_is_gone_or_not_ones_own_is_left_out(self):
        self.reviews[0].suggestion_id.unlink()
        self.env["ir.rule"].create(
            {
                "name": "Ada is out of reach",
                "model_id": self.env.ref("base.model_res_partner").id,
                "groups": [(6, 0, self.env.ref("retail_sync.group_steward").ids)],
                "domain_force": "[('name', '!=', 'Ada Bruni')]",
                "perm_read": False,
            }
        )
        wizard = self.ask("link")
        self.assertEqual(wizard.sample_ids, self.reviews[2])
        self.assertIn("was deleted", wizard.left_out_text)
        self.assertIn("no right to change the suggested customer", wizard.left_out_text)
        self.assertEqual(self.ask("create").count, 3, "creating needs no customer")

    def test_much_goes_through_jobs_one_after_the_other(self):
        with patch("odoo.addons.retail_sync.models.review.bulk_answer_wizard.AT_ONCE", 2):
            with patch("odoo.addons.retail_sync.models.review.bulk_answer.AT_ONCE", 2):
                wizard = self.ask("link")
                self.assertIn("background", wizard.outlook)
                wizard.action_answer()
                self.assertEqual((wizard.state, wizard.n_done), ("running", 0))
                with self.assertRaises(UserError):
                    wizard.action_answer()
                self.reviews[2].with_user(self.steward).action_create_new()
                jobs = self.env["queue.job"].search([("model_name", "=", "retail.sync.review.jobs")])
                self.assertEqual((len(jobs), jobs.user_id), (1, self.steward), "it runs with the person's own rights")
                self.run_jobs()
        wizard.invalidate_recordset()
        self.assertEqual((wizard.state, wizard.n_done, wizard.n_total), ("done", 2, 3))
        self.assertIn("1 - already answered", wizard.progress_text)
        self.assertEqual(self.reviews.mapped("state"), ["done"] * 3)
        self.assertEqual(self.partner("P0"), self.reviews[0].suggestion_id)

    def test_a_customer_that_is_linked_at_the_same_moment_stops_the_answer(self):
        """Another transaction linked it after this one had looked."""
        self.reviews[0].with_user(self.steward).action_link(self.reviews[0].suggestion_id.id)
        self.run_jobs()
        self.platform.put("Person", "P9", name=NAMES[0], email=self.email(NAMES[0]))
        self.poll()
        late = self.message("P9")
        with patch.object(bulk_answer, "_linked_customers", lambda *_args: set()), mute_logger("odoo.sql_db"):
            wizard = self.ask("link", self.reviews[1] + late)
            self.assertEqual(wizard.count, 2)
            with self.assertRaisesRegex(UserError, "no review was answered"):
                wizard.action_answer()
            with self.assertRaises(RetryableJobError):
                wizard.env["retail.sync.review.jobs"]._job_answer("link", late.ids, wizard.seen)
        self.assertEqual((late + self.reviews[1]).mapped("state"), ["review"] * 2)
        self.assertFalse(self.link("P1"))

    def test_many_answers_cost_no_query_each(self):
        answers_env = environment.as_user(self.env, self.steward)
        for count in (1, 3):
            reviews = self.reviews[:count].with_user(self.steward)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            bulk_answer.plan_answer(answers_env, "link", reviews, bulk_answer.as_seen(reviews))
            queries = self.env.cr.sql_log_count - before
            if count == 1:
                for_single = queries
        self.assertLessEqual(queries, for_single)

    def test_answering_is_the_stewards(self):
        for name in ("operator", "auditor"):
            for answer in ("link", "create", "non_match"):
                with self.assertRaises(AccessError):
                    self.ask(answer, user=self.users[name])
            with self.assertRaises(AccessError):
                self.env["retail.sync.bulk.review"].with_user(self.users[name]).create({"answer": "link"})
            with self.assertRaises(AccessError):
                answers_env = environment.as_user(self.env, self.users[name])
                bulk_answer.answer_all(answers_env, "create", self.reviews.with_user(self.users[name]), [])
            groups = self.reviews.with_user(self.users[name])._read_group([], ["asked_rule"], ["__count"])
            self.assertTrue(groups, "anybody who sees the queue may group it")
        self.assertEqual(self.ask("link", user=self.users["manager"]).count, 3)

    def test_what_is_no_review_is_refused_in_words(self):
        self.platform.put("Firm", "F2", name="")
        self.poll()
        with self.assertRaisesRegex(UserError, "is a match review"):
            self.ask("link", self.message("F2"))
        wizard = self.ask("link", self.reviews + self.message("F2"))
        self.assertEqual((wizard.count, wizard.left_out), (3, 1))

    def test_a_review_names_the_person_who_answered_and_an_exception_no_one(self):
        """The job that applies an answer has another user, which was named as the one who ended it."""
        self.reviews[0].with_user(self.steward).action_link(self.pairs[0][0].id)
        self.run_jobs()
        self.assertEqual((self.reviews[0].state, self.reviews[0].resolved_by), ("done", self.steward))
        self.reviews[1].with_user(self.users["manager"]).action_create_new()
        self.run_jobs()
        self.assertEqual((self.reviews[1].state, self.reviews[1].resolved_by), ("done", self.users["manager"]))
        self.platform.put("Person", "P9", name="")
        self.poll()
        failed = self.env["retail.sync.message"].search([("external_id", "=", "P9")])
        self.platform.put("Person", "P9", name="Named at last")
        self.poll()
        self.assertEqual((failed.state, failed.resolved_by.id), ("done", False))
