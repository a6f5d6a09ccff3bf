from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.queue_job.job import Job

from ...domain.identity.score.default_model import DEFAULT_MODEL
from ...models.identity import index, replay
from ...models.identity import learning as identity_learning
from ...models.merge import session
from ...models.operations import sweeper
from ...runtime.constants import QUIET
from ..common import GROUPS
from ..engine_case import EngineCase
from ..fake_platform import FIRM

VAT = "IT00743110157"


class WeightsCase(EngineCase):
    """A connection with decisions behind it: one link, one review."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.versions = cls.env["retail.sync.match.model"]
        cls.shipped = cls.versions.search([("origin", "=", "shipped")])
        cls.users = cls.make_users_of_groups()

    def setUp(self):
        super().setUp()
        # What is done in transactions of its own sees this test's records, and is seen by it.
        self.verdi = self.company("Verdi Srl", email="info@verdi.example")
        self.bianchi = self.company("Bianchi Spa", vat=VAT)
        self.firm("F1", name="Verdi S.r.l.", email="info@verdi.example")
        self.firm("F2", name="Rossi Srl", vat=VAT)
        self.take(FIRM)
        self.linked, self.asked = self.decision("F1"), self.decision("F2")
        self.assertEqual((self.linked.decision, self.asked.decision), ("link", "review"))

    def company(self, name, **values):
        return self.env["res.partner"].create({"name": name, "is_company": True, **values})

    def decision(self, external_id):
        return self.env["retail.sync.match.decision"].search([("external_id", "=", external_id)], limit=1)

    def draft(self, user="manager", **thresholds):
        action = self.shipped.with_user(self.users[user]).action_draft()
        draft = self.versions.browse(action["res_id"]).with_user(self.users[user])
        if thresholds:
            draft.write(thresholds)
        return draft

    def moves(self, version):
        return {(move["then"], move["now"]): move["count"] for move in version.replay["moves"]}

    def confirm(self, version, user="manager"):
        """Activate as the dialog does."""
        action = version.with_user(self.users[user]).action_activate()
        wizard = self.env[action["res_model"]].with_user(self.users[user]).browse(action["res_id"])
        wizard.action_confirm()
        return wizard


@tagged("post_install", "-at_install")
class TestIdentityWeights(WeightsCase):
    """Weights are drafted, replayed on past decisions, activated and gone back from."""

    def test_the_shipped_weights_stand_in_the_list_and_decide_at_first(self):
        self.assertEqual((self.shipped.state, self.shipped.version), ("active", DEFAULT_MODEL.version))
        self.assertIs(self.versions._active(), DEFAULT_MODEL)
        self.shipped.data = dict(DEFAULT_MODEL.to_json(), link=900)
        self.versions._keep_shipped()
        self.assertEqual(self.shipped.data["link"], DEFAULT_MODEL.link, "an upgrade brings what it ships")
        self.assertEqual(self.versions.search_count([("origin", "=", "shipped")]), 1)

    def test_the_screen_shows_every_weight_in_bits(self):
        people, companies = self.shipped.weights
        self.assertEqual((people["kind"], companies["kind"]), ("person", "company"))
        shown = {
            (field["field"], level["level"]): level["bits"]
            for field in companies["fields"]
            for level in field["levels"]
        }
        for field, levels in DEFAULT_MODEL.weights["company"].items():
            for level, weight in levels.items():
                self.assertEqual(shown[field, level], f"{weight / 100:+.1f}")
        self.assertFalse(any(level["changed"] for field in people["fields"] for level in field["levels"]))
        self.assertIn("not measured", self.shipped.sharing_text)

    def test_activation_switches_what_decides_and_the_shipped_weights_come_back(self):
        draft = self.draft(link_bits=50)
        self.confirm(draft)
        self.assertEqual((draft.state, self.shipped.state), ("active", "retired"))
        self.assertEqual((self.versions._active().link, self.versions._active().version), (5000, draft.version))
        self.company("Neri Srl", email="info@neri.example")
        self.firm("F3", name="Neri S.r.l.", email="info@neri.example")
        self.assertEqual(self.take(FIRM), {"review": 1})
        self.assertEqual(self.decision("F3").model_version, draft.version)
        self.confirm(self.shipped)
        self.assertEqual((draft.state, self.shipped.state), ("retired", "active"))
        self.assertIs(self.versions._active(), DEFAULT_MODEL)
        self.versions._keep_shipped()
        self.assertEqual(self.shipped.state, "active")

    def test_who_activated_what_is_kept(self):
        draft = self.draft()
        self.confirm(draft)
        self.assertEqual(draft.activated_by, self.users["manager"])
        self.assertTrue(draft.activated_on)
        for version in (draft, self.shipped):
            self.assertIn("Manager activated", str(version.sudo().message_ids.mapped("body")))

    def test_what_decides_already_is_not_activated_again(self):
        with self.assertRaisesRegex(UserError, "already active"):
            self.shipped.with_user(self.users["manager"])._activate()

    def test_replaying_the_weights_that_decided_changes_nothing(self):
        draft = self.draft()
        draft.action_replay()
        self.assertEqual(self.moves(draft), {("link", "link"): 1, ("review", "review"): 1})
        self.assertEqual((draft.changed_count, draft.line_ids.ids), (0, []))

    def test_a_replay_lists_what_would_change_and_touches_nothing(self):
        before = self.linked.read()
        draft = self.draft(link_bits=50, review_bits=49)
        draft.action_replay()
        self.assertEqual(self.moves(draft), {("link", "create"): 1, ("review", "review"): 1})
        line = draft.line_ids
        self.assertEqual((line.decision_id, line.then_kind, line.now_kind), (self.linked, "link", "create"))
        self.assertEqual((line.partner_id, line.verdict), (self.verdi, "open"))
        self.assertEqual((line.then_bits, line.now_bits), (self.linked.bits, self.linked.bits))
        self.assertEqual(self.linked.read(), before)
        self.assertEqual(self.versions._active(), DEFAULT_MODEL)
        action = draft.action_lines()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), line)
        draft.action_replay()
        self.assertEqual(len(draft.line_ids), 1, "a second replay takes the place of the first")

    def test_only_the_last_decisions_are_replayed(self):
        draft = self.draft()
        replay.replay_decisions(self.env, draft, last=1)
        self.assertEqual(self.moves(draft), {("review", "review"): 1})
        self.linked.write({"person_decision": "link", "person_partner_id": self.verdi.id})
        draft.write({"link_bits": 50, "review_bits": 49})
        replay.replay_decisions(self.env, draft, last=1)
        self.assertEqual((draft.replay["others"], draft.changed_count), (0, 1), "answered ones are looked at besides")

    def test_decisions_of_people_give_precision_and_recall(self):
        self.message("F2").action_link(self.bianchi.id)
        self.linked.write({"person_decision": "link", "person_partner_id": self.verdi.id})
        draft = self.draft()
        draft.action_replay()
        now = draft.replay["now"]
        self.assertEqual((now["answered"], now["known"], now["right_link"], now["asked"]), (2, 2, 1, 1))
        self.assertEqual((now["precision"], now["recall"], now["review"]), (1.0, 0.5, 0.5))
        draft.write({"link_bits": 50, "review_bits": 50})
        self.assertFalse(draft.replay, "it was of other thresholds")
        draft.action_replay()
        now, then = draft.replay["now"], draft.replay["then"]
        self.assertEqual((now["duplicate"], now["precision"], now["recall"]), (1, None, 0.0))
        self.assertEqual(then["recall"], 0.5)

    def test_weights_that_link_a_non_match_are_refused(self):
        self.linked.write({"person_decision": "create"})
        draft = self.draft()
        action = draft.action_activate()
        wizard = self.env[action["res_model"]].browse(action["res_id"]).with_user(self.users["manager"])
        self.assertEqual((wizard.possible, wizard.wrong_count), (False, 1))
        with self.assertRaisesRegex(UserError, r"would link V\*\*\* S\*\*\*"):
            wizard.action_confirm()
        self.assertEqual((draft.state, self.shipped.state), ("draft", "active"))
        self.assertEqual(draft.line_ids.verdict, "wrong_link")
        draft.link_bits = self.linked.bits + 0.01
        self.confirm(draft)
        self.assertEqual(draft.state, "active", "such records are asked about now")
        self.confirm(self.shipped)
        self.assertEqual(self.shipped.state, "active", "one may always go back to them")

    def test_a_non_match_after_a_link_counts_too(self):
        self.env["retail.sync.non.match"].create(
            {
                "partner_id": self.verdi.id,
                "connection_id": self.connection.id,
                "remote_object": FIRM,
                "external_id": "F1",
            }
        )
        draft = self.draft()
        draft.action_replay()
        self.assertEqual((draft.wrong_count, draft.line_ids.decision_id), (1, self.linked))

    def test_a_customer_that_was_merged_since_is_who_it_became(self):
        self.linked.write({"person_decision": "link", "person_partner_id": self.verdi.id})
        survivor = self.company("Verdi & C. Srl")
        session.merge(self.env, survivor, self.verdi, "They are one")
        self.env.invalidate_all()
        draft = self.draft()
        draft.action_replay()
        self.assertEqual((draft.replay["now"].get("right_link"), draft.wrong_count), (1, 0))

    def test_an_answer_whose_customer_was_deleted_tells_nothing(self):
        self.linked.write({"person_decision": "link", "person_partner_id": False})
        draft = self.draft()
        draft.action_replay()
        self.assertNotIn("answered", draft.replay["now"])

    def test_a_decision_without_evidence_is_left_out_and_said_so(self):
        self.asked.evidence = [{"id": self.bianchi.id, "reasons": ["Looks alike"]}]
        draft = self.draft()
        draft.action_replay()
        self.assertEqual((draft.replay["skipped"], self.moves(draft)), (1, {("link", "link"): 1}))


@tagged("post_install", "-at_install")
class TestIdentityDrafts(WeightsCase):
    """What may be changed, by whom, and what is refused with a reason."""

    def test_thresholds_are_edited_in_the_form(self):
        with Form(self.draft()) as form:
            form.link_bits, form.review_bits = 8.5, 1.25
        draft = self.versions.search([("origin", "=", "person")], limit=1)
        self.assertEqual((draft.data["link"], draft.data["review"]), (850, 125))
        self.assertEqual((draft._model().link, draft._model().review), (850, 125))

    def test_one_threshold_moves_alone(self):
        with Form(self.draft()) as form:
            form.link_bits = 12
        draft = self.versions.search([("origin", "=", "person")], limit=1)
        self.assertEqual((draft.data["link"], draft.data["review"]), (1200, DEFAULT_MODEL.review))
        draft.review_bits = -2
        self.assertEqual((draft.data["link"], draft.data["review"]), (1200, -200))

    def test_both_thresholds_move_together(self):
        draft = self.draft(link_bits=20, review_bits=10)
        draft.write({"link_bits": 5, "review_bits": -3})
        self.assertEqual((draft.data["link"], draft.data["review"]), (500, -300))

    def test_thresholds_that_make_no_sense_say_so(self):
        for thresholds, words in (
            ({"link_bits": -1, "review_bits": -2}, "two customers than one"),
            ({"link_bits": 2, "review_bits": 3}, "above the link threshold"),
            ({"link_bits": 900}, "between -200 and 200"),
        ):
            with self.assertRaisesRegex(ValidationError, words), self.env.cr.savepoint():
                self.draft(**thresholds)

    def test_weights_that_cannot_be_read_are_refused(self):
        good = DEFAULT_MODEL.to_json()
        for data in ({"format": 99}, ["no"], dict(good, probabilities={}), dict(good, link="many"), {"format": 1}):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.versions.create({"name": "Broken", "data": data})

    def test_thresholds_of_what_decides_or_did_so_stay(self):
        manager = self.users["manager"]
        with self.assertRaisesRegex(UserError, "Create a draft"):
            self.shipped.with_user(manager).link_bits = 9
        draft = self.draft()
        self.confirm(draft)
        with self.assertRaisesRegex(UserError, "Create a draft"):
            draft.link_bits = 9
        self.confirm(self.shipped)
        with self.assertRaisesRegex(UserError, "Create a draft"):
            draft.link_bits = 9

    def test_each_draft_has_a_version_of_its_own(self):
        drafts = self.draft() | self.draft()
        self.assertEqual(len(set(drafts.mapped("version"))), 2)
        self.assertEqual({version.data["version"] for version in drafts}, set(drafts.mapped("version")))

    def test_only_drafts_and_retired_weights_are_deleted(self):
        draft = self.draft()
        draft.action_replay()
        draft.unlink()
        with self.assertRaises(UserError):
            self.shipped.with_user(self.users["manager"]).unlink()

    def test_no_user_goes_round_the_buttons(self):
        draft = self.draft()
        for values in ({"state": "active"}, {"data": DEFAULT_MODEL.to_json()}, {"replay": {}}, {"origin": "shipped"}):
            with self.assertRaises(AccessError):
                draft.write(values)
        with self.assertRaises(AccessError):
            self.versions.with_user(self.users["manager"]).create({"name": "Mine", "data": DEFAULT_MODEL.to_json()})

    def test_stewards_and_auditors_read_and_managers_change(self):
        draft = self.draft(link_bits=50, review_bits=49)
        draft.action_replay()
        for name in GROUPS:
            seen = draft.with_user(self.users[name])
            if name == "operator":
                self.assertFalse(seen.has_access("read"))
                continue
            self.assertTrue(seen.weights)
            self.assertEqual(seen.line_ids.then_kind, "link")
            self.assertEqual(seen.has_access("write"), name == "manager")
            if name != "manager":
                for method in ("action_learn", "action_draft", "action_replay", "action_activate", "_activate"):
                    with self.assertRaises(AccessError, msg=f"{name} {method}"):
                        getattr(seen, method)()
                with self.assertRaises(AccessError):
                    seen.link_bits = 1
                with self.assertRaises(AccessError):
                    seen.env["retail.sync.match.model.activate"].create({"model_id": draft.id})

    def test_other_companies_decisions_are_not_listed(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.connection.company_id = other
        draft = self.draft(link_bits=50, review_bits=49)
        draft.action_replay()
        self.assertEqual(len(draft.sudo().line_ids), 1)
        draft.invalidate_recordset()
        self.assertFalse(draft.with_user(self.users["steward"]).line_ids)


@tagged("post_install", "-at_install")
class TestIdentityLearning(WeightsCase):
    """Weights from the customers that are here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = []
        for number in range(600):
            # Letters from digits, so that no two names resemble each other.
            word = "".join(
                "bdfgklmnprs"[int(digit)] + "aeiou"[int(digit) % 5] for digit in f"{number * 7919:07d}"[::-1]
            )
            values_of = {
                "name": f"{word[:6].title()} {word[6:].title()}ni",
                "email": f"{word}@post{number % 7}.example",
                "phone": f"+39333{number:07d}",
                "street": f"Via {word[4:10].title()} {number % 90 + 1}",
                "zip": f"{10000 + number * 13}",
                "city": "Torino",
            }
            values.append(values_of)
            if number % 5 == 0:  # the same person, come a second time; every other one has moved
                again = dict(values_of, name=values_of["name"].upper(), phone=False)
                values.append(dict(again, street="Corso Nuovo 1", zip="20100") if number % 10 else again)
        cls.env["res.partner"].with_context(**QUIET).create(values)

    def learn(self):
        action = self.versions.with_user(self.users["manager"]).action_learn()
        self.env.flush_all()
        return self.versions.browse(action["res_id"])

    def test_a_draft_learns_in_a_job_and_says_from_what(self):
        version = self.learn()
        self.assertEqual((version.state, version.origin, version.learning), ("draft", "learnt", "waiting"))
        self.assertEqual(version._model().weights, DEFAULT_MODEL.weights)
        with self.assertRaisesRegex(UserError, "still"):
            version.with_user(self.users["manager"])._activate()
        self.run_jobs()
        self.assertEqual((version.learning, version.learning_text), ("ready", False))
        model = version._model()
        self.assertEqual(model.version, version.version)
        self.assertNotEqual(model.weights["person"], DEFAULT_MODEL.weights["person"])
        self.assertGreaterEqual((model.link, model.review), (DEFAULT_MODEL.link, DEFAULT_MODEL.review))
        self.assertIsNotNone(model.sharing.address)
        self.assertRegex(version.note, r"Learnt on .* from \d")
        self.assertIs(self.versions._active(), DEFAULT_MODEL, "a draft decides nothing")
        # Everybody lives in one city here: that two records agree in it means less than the shipped weights say.
        city = model.weights["person"]["locality"]
        self.assertLess(city["city_only"], DEFAULT_MODEL.weights["person"]["locality"]["city_only"])
        version.with_user(self.users["manager"])._activate()
        self.assertEqual(self.versions._active(), model)

    def test_the_same_customers_give_the_same_weights(self):
        weights = []
        for _number in range(2):
            version = self.learn()
            self.run_jobs()
            weights.append(version._model().weights)
        self.assertEqual(*weights)

    def test_one_learns_at_a_time(self):
        self.learn()
        with self.assertRaisesRegex(UserError, "already"):
            self.learn()

    def test_too_few_customers_leave_the_shipped_weights(self):
        count = self.versions.search_count([])
        with patch.object(identity_learning, "LEAST", 100000), self.assertRaisesRegex(UserError, "shipped weights"):
            self.learn()
        self.assertEqual(self.versions.search_count([]), count)
        version = self.learn()
        with patch.object(identity_learning, "LEAST", 100000):
            self.run_jobs()
        self.assertEqual(version.learning, "failed")
        self.assertIn("100000", version.learning_text.replace(",", ""))
        self.assertIs(self.versions._active(), DEFAULT_MODEL)

    def test_a_job_that_fails_says_why_and_one_can_learn_again(self):
        version = self.learn()
        job = self.env["queue.job"].search([("uuid", "=", version.job_uuid)])
        job.write({"state": "failed", "exc_message": "Out of memory"})
        self.assertEqual(version.learning, "failed")
        self.assertIn("Out of memory", version.learning_text)
        for method in ("action_activate", "action_draft", "action_replay"):
            with self.assertRaisesRegex(UserError, "Learn again"):
                getattr(version.with_user(self.users["manager"]), method)()
        self.assertEqual(self.learn().learning, "waiting")

    def test_a_worker_that_died_without_a_word_is_noticed(self):
        version = self.learn()
        sweeper.sweep(self.env)
        self.assertEqual(version.learning, "waiting")
        self.env["queue.job"].search([("uuid", "=", version.job_uuid)]).unlink()
        sweeper.sweep(self.env)
        self.assertEqual(version.learning, "failed")

    def test_a_job_that_comes_twice_learns_once(self):
        version = self.learn()
        self.run_jobs()
        data = version.data
        with patch.object(identity_learning, "learn", side_effect=AssertionError("learnt again")):
            self.env["retail.sync.identity.jobs"]._job_learn(version.id)
        self.assertEqual(version.data, data)
        version.unlink()
        self.env["retail.sync.identity.jobs"]._job_learn(version.id)

    def test_a_sample_holds_whole_houses_and_who_resembles_them(self):
        street = {"street": "Via Lunga 12", "zip": "10999", "city": "Torino", "phone": "+39 011 5550000"}
        self.env["res.partner"].with_context(**QUIET).create(
            [{"name": f"{first} Lunghi", **street} for first in ("Ada", "Bruno", "Carla", "Dino")]
        )
        index.catch_up(self.env)
        with patch.object(identity_learning, "MOST", 300), patch.object(identity_learning, "SEEDS", 200):
            base, near, callers = identity_learning._sample(self.env)
        self.assertLessEqual(len(base), 200)
        self.assertGreater(len(base), 150)
        self.assertLessEqual(len(base) + len(near), 300)
        self.assertFalse({record.id for record in base} & {record.id for record in near})
        self.assertIsNotNone(callers)
        inside = [record for record in base if record.person.family == "lunghi"]
        self.assertIn(len(inside), (0, 4), "a house is taken whole, or not at all")
        emails = {email.address for record in base for email in record.emails}
        repeated = [record for record in near if emails & {email.address for email in record.emails}]
        self.assertTrue(repeated, "who moved is found by what he kept")

    def test_phones_whose_other_users_are_not_all_at_hand_count_as_unmeasured(self):
        people = [
            {"name": f"Call{number} Centre{number}", "street": f"Via {number} {number}", "zip": str(30000 + number)}
            for number in range(400)
        ]
        self.env["res.partner"].with_context(**QUIET).create(
            [dict(person, phone=f"+39011{7000000 + number // 4}") for number, person in enumerate(people)]
        )
        index.catch_up(self.env)
        with patch.object(identity_learning, "MOST", 201), patch.object(identity_learning, "SEEDS", 200):
            _base, _near, callers = identity_learning._sample(self.env)
        self.assertIsNone(callers)

    def test_the_job_waits_in_the_bulk_lane(self):
        job = self.env["queue.job"].search([("uuid", "=", self.learn().job_uuid)])
        self.assertEqual(job.channel, "root.retail_sync.bulk")
        self.assertEqual(Job.load(self.env, job.uuid).max_retries, 3)
