import json
import threading

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...api.errors import ApiProblem
from ...api.schemas.requests import AdjustLoyalty, Submission
from ...models.policy.store import reasons
from ...models.requests.preview import preview
from ...models.requests.submit import submit
from ..requests_race import KEYS, MARK, WAIT, RaceCase


@tagged("post_install", "-at_install")
class TestRequestConcurrency(RaceCase):
    """The same request several times at once, and two requests for the same points."""

    def make(self, env):
        partner = env["res.partner"].create({"name": MARK})
        program = env["loyalty.program"].create({"name": MARK, "program_type": "loyalty"})
        card = env["loyalty.card"].create({"program_id": program.id, "partner_id": partner.id, "points": 10})
        self.card_id = card.id
        codes = [row for row in reasons(env) if not row.actions or "adjust_loyalty" in row.actions]
        self.reason = codes[0].code
        return env["sale.order"].create({"partner_id": partner.id})

    def remove_documents(self, env, partners, orders):
        programs = env["loyalty.program"].search([("name", "=", MARK)])
        cards = env["loyalty.card"].with_context(active_test=False).search([("program_id", "in", programs.ids)])
        cards.history_ids.unlink()
        cards.unlink()
        programs.active = False
        programs.unlink()
        self.drop_orders(env, orders)
        partners.unlink()

    # -- helpers

    def request(self, points):
        return AdjustLoyalty(action="adjust_loyalty", reason=self.reason, card=self.card_id, points=points)

    def token(self, points, name="agent"):
        env = self.begin()
        return preview(env, self.caller(name), self.order_id, self.request(points)).token

    def submit(self, env, points, token, key="key-1", name="agent"):
        submission = Submission(request=self.request(points), token=token)
        body = json.dumps(submission.model_dump(mode="json")).encode()
        return submit(env, self.caller(name), self.order_id, submission, key, body)

    def points(self):
        return self.begin()["loyalty.card"].browse(self.card_id).points

    # -- the same key

    def test_an_equal_request_does_not_wait_for_the_first(self):
        token = self.token("-4")
        first, second = self.begin(), self.begin()
        answer = self.submit(first, "-4", token)
        with self.assertRaises(ApiProblem) as raised:
            self.submit(second, "-4", token)
        self.assertEqual((raised.exception.code, raised.exception.headers["Retry-After"]), ("request_in_progress", "1"))
        second.cr.rollback()
        self.commit(first)
        again = self.submit(self.begin(), "-4", token)
        self.assertEqual((again.replayed, again.text), (True, answer.text))
        self.assertEqual(self.points(), 6)

    def test_an_equal_request_that_began_before_the_first_was_committed_is_repeated_by_odoo(self):
        token = self.token("-4")
        first, second = self.begin(), self.begin()
        answer = self.submit(first, "-4", token)
        self.commit(first)
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            self.submit(second, "-4", token)
        second.cr.rollback()
        self.assertEqual(self.submit(second, "-4", token).text, answer.text)
        self.assertEqual(self.points(), 6)

    def test_a_worker_that_dies_leaves_nothing_and_the_same_key_acts(self):
        token = self.token("-4")
        dying = self.begin()
        self.submit(dying, "-4", token)
        dying.cr.rollback()
        env = self.begin()
        self.assertFalse(env[KEYS].search([("scope", "=", f"{MARK}/agent")]))
        self.assertFalse(self.submit(env, "-4", token).replayed)
        self.commit(env)
        self.assertEqual(self.points(), 6)

    def test_of_many_equal_requests_at_once_a_single_one_acts(self):
        token = self.token("-1")
        barrier, answers = threading.Barrier(6), []

        def work():
            barrier.wait(WAIT)
            answers.append(self.until_answered(token))

        with mute_logger("odoo.sql_db"):
            threads = [threading.Thread(target=work) for _number in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(WAIT)
        self.assertFalse([thread for thread in threads if thread.is_alive()], "a request hangs")
        self.assertEqual(len({answer.text for answer in answers}), 1)
        self.assertEqual([answer.replayed for answer in answers].count(False), 1)
        self.assertEqual(self.points(), 9)

    def until_answered(self, token):
        """Submit as a client does: again after "in progress"; Odoo itself repeats what lost a race."""
        while True:
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                try:
                    answer = self.submit(env, "-1", token)
                    self.commit(env)
                except (ApiProblem, SerializationFailure):
                    cr.rollback()
                else:
                    return answer

    # -- the same thing

    def test_two_agents_do_not_take_the_same_points(self):
        token, other_token = self.token("-10", "one"), self.token("-10", "two")
        first, second = self.begin(), self.begin()
        self.submit(first, "-10", token, name="one")
        self.commit(first)
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            self.submit(second, "-10", other_token, name="two")
        second.cr.rollback()
        # Repeated by Odoo, the request sees what the other one has done.
        with self.assertRaises(ApiProblem) as raised:
            self.submit(second, "-10", other_token, name="two")
        self.assertEqual(raised.exception.code, "preview_stale")
        second.cr.rollback()
        fresh = self.token("-10", "two")
        refused = self.submit(second, "-10", fresh, name="two")
        self.assertEqual([rule["rule"] for rule in json.loads(refused.text)["rules"]], ["points_too_few"])
        self.assertEqual(self.points(), 0)

    def test_requests_of_two_orders_do_not_wait_for_each_other(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].search([("name", "=", MARK)])
            other_id = env["sale.order"].create({"partner_id": partner.id}).id
        token = self.token("-1")
        first, second = self.begin(), self.begin()
        self.submit(first, "-1", token)
        second.cr.execute("SELECT id FROM sale_order WHERE id = %s FOR UPDATE NOWAIT", [other_id])
        self.assertTrue(second.cr.fetchone())
        self.commit(first)
