import json
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.retail_sync.adapter import UNKNOWN, FaultClass, OutboundFact
from odoo.addons.retail_sync.models.inbound import intake
from odoo.addons.retail_sync.models.runs import run_start

from ...client import errors
from ...client.budget import ACCOUNT
from ...client.zendesk import faults as zendesk_faults
from ...models.desk import grant, thread
from ...models.desk.window import DatabaseBudgetStore
from .fake_http import Refusal
from .fake_zendesk import OWN_USER, SECRET
from .zendesk_case import ADA, ZendeskCase


@tagged("post_install", "-at_install")
class TestComments(ZendeskCase):
    """Comments between a ticket of Odoo and its desk, each once."""

    def setUp(self):
        super().setUp()
        self.ticket = self.take_in()

    def test_comments_are_read_once_after_a_change(self):
        self.desk.comment(4000, "It has not come", ADA)
        self.take_in()
        self.assertFalse(self.read_comments())
        self.assertEqual(self.texts(self.ticket), ["It has not come"])
        self.desk.calls.clear()
        self.read_comments()
        self.assertEqual(self.desk.calls, [], "a ticket that has not changed is asked for its comments")
        self.desk.comment(4000, "Hello?", ADA)
        self.take_in()
        self.read_comments()
        self.assertEqual(self.texts(self.ticket), ["It has not come", "Hello?"])

    def test_a_ticket_whose_comments_are_refused_waits_alone(self):
        self.desk.add("tickets", 4001, subject="Other", description="Hi", requester_id=ADA)
        self.desk.comment(4001, "Also late", ADA)
        rows, _missing = self.adapter.read_by_ids(self.tickets, ["4001"])
        [run] = run_start.plan_runs(self.env, self.tickets, "poll")
        intake.process(self.env, self.tickets, rows, run)

        def refuse(call):
            if call.path == "/tickets/4000/comments":
                raise Refusal(403, {"error": "Forbidden"})

        self.desk.before = refuse
        self.read_comments()
        self.assertEqual(self.texts(self.linked(4001)), ["Also late"])
        waiting = self.env["retail.sync.desk.thread"].search([("next_try_at", "!=", False)])
        self.assertEqual(waiting.link_id.external_id, "4000")
        self.assertEqual(thread.due(self.env, self.connection, 10), [])

    def test_an_outage_keeps_what_was_read(self):
        self.desk.comment(4000, "Hello?", ADA)
        self.take_in()
        self.desk.before = lambda call: (_ for _ in ()).throw(Refusal(503, b""))
        self.assertEqual(self.fault(self.read_comments).fault_class, FaultClass.transient)
        self.desk.before = lambda call: None
        self.read_comments()
        self.assertEqual(self.texts(self.ticket), ["Hello?"])

    def fact(self, text):
        message = self.ticket.message_post(body=text, message_type="comment", subtype_xmlid="mail.mt_comment")
        row = self.env["retail.sync.ticket.comment"].search([("message_id", "=", message.id)])
        self.assertTrue(row, "the message was not queued")
        return row, OutboundFact(
            row.marker, "helpdesk.ticket", self.ticket.id, "4000", {"comment": row.id}, message.date
        )

    def test_a_comment_is_written_with_its_marker_and_known_by_it(self):
        row, fact = self.fact("On its way")
        self.assertIsNone(self.adapter.find_effect(self.comments, fact.key))
        [answer] = self.adapter.push_facts(self.comments, [fact])
        self.assertTrue(answer.ok)
        self.env.invalidate_all()
        self.assertEqual(row.external_id, answer.external_id)
        self.assertEqual(self.adapter.find_effect(self.comments, fact.key), answer.external_id)
        self.take_in()
        self.read_comments()
        self.assertEqual(self.texts(self.ticket), ["On its way"], "an own comment came back as a new one")

    def test_the_effect_of_an_unknown_key_is_not_known(self):
        self.assertIs(self.adapter.find_effect(self.comments, "unknown"), UNKNOWN)

    def test_a_comment_of_a_ticket_that_is_not_there_waits(self):
        _row, fact = self.fact("On its way")
        fact = OutboundFact(fact.key, fact.res_model, fact.res_id, None, fact.payload, fact.at)
        [answer] = self.adapter.push_facts(self.comments, [fact])
        self.assertEqual(answer.fault.fault_class, FaultClass.dependency)


@tagged("post_install", "-at_install")
class TestDeskWrites(ZendeskCase):
    """What is written, and what is sure to be refused."""

    def test_a_ticket_that_changed_meanwhile_is_not_overwritten(self):
        [row], _missing = self.adapter.read_by_ids(self.tickets, ["4000"])
        self.desk.change("tickets", 4000, priority="urgent")
        outgoing = self.out(self.tickets, 1, "4000", {"main": {"priority": "low"}}, row)
        [answer] = self.adapter.push(self.tickets, [outgoing])
        self.assertEqual(answer.fault.fault_class, FaultClass.conflict)
        self.assertEqual(self.desk.rows["tickets"][4000]["priority"], "urgent")

    def test_a_new_ticket_needs_a_customer_with_an_address(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "Call me", "description": "<p>Please</p>"})
        self.assertEqual(self.out(self.tickets, ticket.id, status="open").fault.code, "NO_REQUESTER")
        ticket.partner_id = self.env["res.partner"].create({"name": "Bob", "email": "bob@example.com"})
        outgoing = self.out(self.tickets, ticket.id, status="open")
        self.assertIsNone(outgoing.fault)
        [answer] = self.adapter.push(self.tickets, [outgoing])
        made = self.desk.rows["tickets"][int(answer.external_id)]
        self.assertEqual((made["subject"], made["description"]), ("Call me", "Please"))
        self.assertEqual(made["external_id"], outgoing.record.key)

    def test_a_new_ticket_is_new_at_the_desk_unless_somebody_has_it(self):
        partner = self.env["res.partner"].create({"name": "Bob", "email": "bob@example.com"})
        ticket = self.env["helpdesk.ticket"].create({"name": "x", "description": "x", "partner_id": partner.id})
        sent = {name: self.out(self.tickets, ticket.id, **values).fields["status"] for name, values in {
            "new": {"status": "new"}, "assigned": {"status": "new", "assignee": "900"}, "closed": {"status": "closed"},
        }.items()}  # fmt: skip
        self.assertEqual(sent, {"new": "new", "assigned": "open", "closed": "solved"})

    def test_an_agent_does_not_become_a_customer(self):
        self.desk.add("users", 901, name="Agent", email="agent@acme.example", role="agent")
        outgoing = self.out(self.people, 5, name="Agent", email="agent@acme.example")
        [answer] = self.adapter.push(self.people, [outgoing])
        self.assertEqual(answer.fault.code, "ADDRESS_OF_AGENT")
        self.assertEqual(self.desk.rows["users"][901]["role"], "agent")
        self.assertEqual(self.adapter.read_by_ids(self.people, ["901"]), ([], ["901"]))

    def test_a_person_who_was_merged_is_followed_to_the_one_who_has_the_address(self):
        self.take_in()
        self.desk.change("users", ADA, active=False, email=None)
        self.desk.add("users", 7001, name="Ada R.", email="ada@rossi.example")
        result = self.adapter.poll_stream(self.people, {"since": 0}, 100)
        [ref] = [ref for ref in result.deleted if ref.external_id == str(ADA)]
        self.assertEqual((ref.confirmed, ref.winner), (True, "7001"))

    def test_the_rest_waits_when_the_limit_is_reached(self):
        for number in (4001, 4002):
            self.desk.add("tickets", number, subject=f"Ticket {number}", requester_id=ADA)

        def refuse(call):
            if call.path == "/tickets/4001":
                raise Refusal(429, b"Number of allowed API requests per minute exceeded", {"Retry-After": "30"})

        self.desk.before = refuse
        outgoing = [
            self.out(self.tickets, number, str(number), {"main": {"priority": "low"}}) for number in (4000, 4001, 4002)
        ]
        answers = self.adapter.push(self.tickets, outgoing)
        self.assertEqual([answer.ok for answer in answers], [True, False, False])
        self.assertEqual({answer.fault.fault_class for answer in answers[1:]}, {FaultClass.throttled})
        self.assertNotIn("PUT /tickets/4002", self.desk.calls)


@tagged("post_install", "-at_install")
class TestDeskSignIn(ZendeskCase):
    """Tokens, limits and the account, as all workers share them."""

    def test_a_token_that_ended_is_renewed_once_for_all(self):
        self.adapter.count(self.tickets)
        first, self.desk.token = self.desk.token, "another"
        self.adapter.count(self.tickets)
        self.assertNotEqual(self.desk.token, first)
        self.assertEqual(self.desk.calls.count("POST /oauth/tokens"), 2)
        self.assertEqual(self.connection.call_guard_ids.shown_state(), "closed")

    def test_a_wrong_secret_stops_the_connection(self):
        self.connection.sudo().client_secret = "wrong"
        self.assertEqual(self.fault(self.adapter.count, self.tickets).fault_class, FaultClass.auth)

    def test_no_call_goes_to_another_account(self):
        self.connection.sudo().desk_account = "other.zendesk.com"
        self.assertEqual(self.fault(self.adapter.count, self.tickets).code, "OTHER_ACCOUNT")
        self.assertEqual(self.desk.calls, [])

    def test_the_accounts_own_limit_is_known_to_the_call_guard(self):
        self.adapter.count(self.tickets)
        self.env.invalidate_all()
        self.assertEqual((self.connection.budget_limit, self.connection.budget_used), (200, 50))

    def test_changes_of_one_ticket_stay_below_its_own_limit(self):
        store = DatabaseBudgetStore(self.env, self.connection.id)
        self.assertEqual(store.change([ACCOUNT], lambda states: (len(states), {})), 0)
        outgoing = [self.out(self.tickets, 1, "4000", {"main": {"priority": "low"}})]
        for _number in range(30):
            self.assertTrue(self.adapter.push(self.tickets, outgoing)[0].ok)
        fault = self.fault(self.adapter.push, self.tickets, outgoing)
        self.assertEqual((fault.code, fault.fault_class), ("BUDGET_USED_UP", FaultClass.throttled))
        self.desk.add("tickets", 4001, requester_id=ADA)
        other = [self.out(self.tickets, 2, "4001", {"main": {"priority": "low"}})]
        self.assertTrue(self.adapter.push(self.tickets, other)[0].ok)

    def test_a_consent_is_good_once_for_who_asked_for_it(self):
        self.connection.sudo().write({"desk_sign_in": "authorization_code"})
        self.connection.sudo().client_secret = SECRET
        self.assertEqual(self.fault(self.adapter.count, self.tickets).code, "NOT_AUTHORIZED")
        self.connection._call_guard().force("")
        action = self.connection.action_desk_authorize()
        state = dict(parse_qsl(urlsplit(action["url"]).query))["state"]
        with self.assertRaises(UserError):
            self.connection._desk_authorized("another state", "code")
        answer = {"access_token": "first", "refresh_token": "again", "expires_in": 3600}
        with patch.object(type(self.desk), "answer", lambda desk, call: (200, answer, {})):
            self.connection._desk_authorized(state, "code")
        held = grant.granted(self.env, self.connection.id)
        self.assertEqual(held.refresh_token, "again")
        with self.assertRaises(UserError):
            self.connection._desk_authorized(state, "code")


@tagged("post_install", "-at_install")
class TestDeskChecks(ZendeskCase):
    """What the connection test says."""

    def checks(self):
        return {check["name"]: check for check in self.adapter.test_connection(self.connection)}

    def test_a_good_account(self):
        self.connection.sudo().desk_account = False
        checks = self.checks()
        self.assertEqual({check["level"] for check in checks.values()}, {"ok"}, checks)
        self.assertEqual(self.connection.desk_account, "acme.zendesk.com")
        self.assertIn("odoo@acme.example", checks["Sign-in"]["detail"])
        self.assertEqual(self.adapter.known_fields(self.tickets)["custom_27642"], "Order number")
        names = self.env["retail.sync.ticket.value"].search([("connection_id", "=", self.connection.id)])
        self.assertIn("Returns", names.mapped("label"))

    def test_a_wrong_secret_says_what_to_do(self):
        self.connection.sudo().client_secret = "wrong"
        check = self.checks()["Sign-in"]
        self.assertEqual(check["level"], "error")
        self.assertIn("OAuth client", check["next_step"])

    def test_a_user_without_rights_is_named(self):
        self.desk.rows["users"][OWN_USER]["role"] = "agent"
        self.assertEqual(self.checks()["Sign-in"]["level"], "error")

    def test_a_mapped_field_that_is_missing_is_named(self):
        self.connection.sudo().desk_fields = {"custom_999": "A field that is gone"}
        self.tickets.map_ids.filtered(lambda line: line.canonical_field == "type").remote_path = "custom_999"
        self.assertIn("custom_999", self.checks()[self.tickets.name]["detail"])

    def test_every_code_the_client_knows_has_a_cause_and_a_next_step(self):
        match = self.env["retail.sync.fault.rule"]._match
        for code, (kind, _remedy) in zendesk_faults._BY_CODE.items():
            with self.subTest(code=code):
                rule = match("zendesk", code, "")
                self.assertEqual(rule.system, "zendesk")
                self.assertEqual(rule.fault_class, kind)
        self.assertEqual(match("zendesk", "HTTP_503", "").fault_class, errors.TRANSIENT)


@tagged("post_install", "-at_install")
class TestDeskJobs(ZendeskCase):
    """Changes of many tickets go out as jobs of the desk."""

    def test_known_tickets_are_written_by_a_job_and_each_has_its_answer(self):
        self.desk.add("tickets", 4001, subject="Other", requester_id=ADA)
        outgoing = [
            self.out(self.tickets, number, str(number), {"main": {"priority": "low"}}) for number in (4000, 4001)
        ]
        sent = []

        def answer(desk, call):
            if call.path == "/tickets/update_many":
                sent.append([row["id"] for row in call.body["tickets"]])
                return 200, {"job_status": {"id": "V3-1", "status": "queued"}}, {}
            results = [
                {"id": 4001, "index": 1, "success": False, "error": "TicketUpdateFailed", "details": "Status: closed"},
                {"id": 4000, "index": 0, "success": True, "status": "Updated"},
            ]
            return 200, {"job_status": {"id": "V3-1", "status": "completed", "results": results}}, {}

        self.adapter.count(self.tickets)
        with patch.object(type(self.desk), "answer", answer):
            cursor = json.loads(json.dumps(self.adapter.bulk_push_begin(self.tickets, outgoing)))
            done, cursor = self.adapter.bulk_push_ready(self.tickets, cursor)
        answers = self.adapter.bulk_push_results(self.tickets, json.loads(json.dumps(cursor)))
        self.assertEqual(sent, [[4000, 4001]])
        self.assertTrue(done)
        self.assertEqual([answers[found.record.key].ok for found in outgoing], [True, False])
