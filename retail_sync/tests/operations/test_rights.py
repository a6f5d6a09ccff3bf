"""What could be done past the buttons, before rights were those of data: each way is refused, or does no harm."""

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from ...models.runs import refresh_queue, refresh_request
from ..fake_platform import FIRM
from ..outbound_case import OutboundCase

FORGED = {
    "op": "delete", "state": "open", "key": "run/1", "candidates": [{"id": 1, "name": "Me"}], "title": "Else",
    "resolution": "Done by hand", "resolved_at": "2026-01-01", "fault_message": "Nothing", "create_anyway": True,
    "asked_user_id": 1, "changes": {"external_id": "F9"}, "external_id": "F9", "lane": "critical", "kind": "delivery",
}  # fmt: skip


class RightsCase(OutboundCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = cls.make_users_of_groups("clerk")
        cls.users["sales"] = cls.make_user("seller", "sales_team.group_sale_salesman_all_leads")
        cls.users["portal"] = (
            cls.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": "Customer with a login",
                    "login": "rights_portal",
                    "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
                }
            )
        )

    def call(self, role, records, method, *args):
        """Call a method as a client does over RPC, with nothing in the cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        model = self.env[records._name].with_user(self.users[role])
        return call_kw(model, method, [records.ids, *args], {})

    def refused(self, role, records, method, *args):
        with self.assertRaises(AccessError, msg=f"{role} calls {method}"):
            self.call(role, records, method, *args)

    def failing(self, external_id="F1"):
        """Return the exception about a record that could not be taken in."""
        self.firm(external_id, name="")
        self.take(FIRM)
        return self.message(external_id)


@tagged("post_install", "-at_install")
class TestForgedMessages(RightsCase):
    """A message is the engine's record of what happens: people work on it with buttons."""

    def test_no_role_writes_any_field_of_a_message(self):
        message = self.failing()
        for role in self.users:
            for name, value in FORGED.items():
                self.refused(role, message, "write", {name: value})

    def test_no_role_writes_runs_links_comparisons_and_differences(self):
        self.linked_firm()
        comparison = self.env["retail.sync.comparison"].create({"stream_id": self.firms.id, "state": "done"})
        difference = self.env["retail.sync.difference"].create(
            {
                "comparison_id": comparison.id,
                "stream_id": self.firms.id,
                "kind": "stale",
                "cause": "poll_missed",
                "subject": "F1",
            }
        )
        for records in (self.link("F1"), self.env["retail.sync.run"].search([], limit=1), comparison, difference):
            for role in self.users:
                self.refused(role, records, "write", {"state": "done"})

    def test_a_steward_uses_no_relation_to_write_a_message(self):
        message = self.failing()
        rule = self.env["retail.sync.fault.rule"].create({"name": "Ours", "next_step": "-", "fault_class": "business"})
        self.refused("steward", rule, "write", {"message_ids": [Command.update(message.id, {"op": "delete"})]})
        self.refused("steward", rule, "write", {"message_ids": [Command.link(message.id)]})

    def test_operators_assign_and_ignore_with_the_buttons(self):
        message = self.failing()
        self.call("operator", message, "action_assign_to_me")
        self.assertEqual(message.user_id, self.users["operator"])
        with self.assertRaises(UserError):
            self.call("operator", message, "action_ignore")
        self.call("operator", message, "action_ignore", "A test account")
        self.assertEqual((message.state, message.resolved_by), ("ignored", self.users["operator"]))
        self.assertIn("A test account", message.resolution)

    def test_exceptions_are_assigned_to_no_customer(self):
        message = self.failing()
        wizard = self.env["retail.sync.assign"].with_user(self.users["operator"])
        wizard = wizard.create({"message_ids": [Command.set(message.ids)], "user_id": self.users["portal"].id})
        with self.assertRaises(UserError):
            wizard.action_apply()
        self.assertFalse(message.user_id)

    def test_auditors_start_nothing(self):
        message = self.failing()
        self.linked_firm("F2")
        for method, *args in (
            ("action_retry",),
            ("action_ignore", "Because"),
            ("action_assign_to_me",),
            ("action_ask_assign",),
            ("action_ask_ignore",),
            ("action_ask_colleague",),
            ("action_ask_reveal",),
            ("action_create_new",),
            ("action_keep_odoo",),
            ("action_fact_arrived",),
            ("action_create_anyway",),
            ("message_post",),
        ):
            self.refused("auditor", message, method, *args)
        self.refused("auditor", self.link("F2"), "action_sync_now")
        self.refused("auditor", self.partner("F2"), "action_sync_now")
        self.refused("auditor", self.firms, "action_compare")
        self.assertEqual(message.state, "open")

    def test_operators_comment_on_an_exception(self):
        message = self.failing()
        self.env.invalidate_all()
        # pylint: disable-next=translation-required
        note = message.with_user(self.users["operator"]).message_post(body="I asked the shop.")
        self.assertEqual(note.author_id, self.users["operator"].partner_id)

    def test_a_second_press_of_retry_queues_nothing_more(self):
        message = self.failing()
        self.call("operator", message, "action_retry")
        for _time in range(9):
            with self.assertRaises(UserError):
                self.call("operator", message, "action_retry")
        self.assertEqual(len(self.jobs("_job_refresh")), 1)

    def test_many_retries_leave_the_urgent_lane_alone(self):
        for number in range(30):
            self.firm(f"F{number}", name="")
        self.take(FIRM)
        messages = self.env["retail.sync.message"].search([("stream_id", "=", self.firms.id), ("state", "=", "open")])
        self.call("operator", messages, "action_retry")
        self.assertEqual(set(self.jobs("_job_refresh").mapped("channel")), {"root.retail_sync.standard"})


@tagged("post_install", "-at_install")
class TestDeletionsOverThere(RightsCase):
    """A record of the platform is deleted when Odoo's is gone and the stream says so: no message says it alone."""

    def forged(self, **values):
        """Return the message of a delivery, turned into a deletion as a user with the database at hand would do it."""
        partner = self.linked_firm("F1")
        partner.phone = "+390432222222"
        self.route()
        message = self.outbox("pending")
        self.env.flush_all()
        message.write({"op": "delete", **values})
        return message

    def test_a_living_customer_is_not_deleted_whatever_a_message_says(self):
        message = self.forged()
        self.firms.unlink_policy = "delete"
        self.send()
        self.assertIn("F1", self.platform.rows[FIRM])
        self.assertNotIn("delete_remote", self.platform.calls)
        self.assertEqual(message.state, "done")
        self.assertIn("still exists", message.resolution)

    def test_a_stream_that_keeps_records_deletes_none(self):
        self.firms.unlink_policy = "delete"
        self.linked_firm("F1").unlink()
        self.route()
        self.firms.unlink_policy = "keep"
        self.send()
        self.assertIn("F1", self.platform.rows[FIRM])

    def test_the_link_names_the_record_and_not_the_message(self):
        self.linked_firm("F2")
        self.firms.unlink_policy = "delete"
        partner = self.linked_firm("F1")
        partner.unlink()
        self.route()
        self.outbox("pending").changes = {"external_id": "F2"}
        self.send()
        self.assertEqual(self.platform.rows[FIRM].keys(), {"F2"})

    def test_an_archived_customer_is_not_deleted_over_there(self):
        message = self.forged()
        self.firms.unlink_policy = "delete"
        self.env["res.partner"].browse(message.res_id).active = False
        message.op = "delete"
        self.send()
        self.assertIn("F1", self.platform.rows[FIRM])


@tagged("post_install", "-at_install")
class TestRefreshOfRecords(RightsCase):
    """The button of a customer reads few records, once each, and never in the lane of urgent changes."""

    def test_customers_and_staff_without_a_role_start_no_refresh(self):
        partner = self.linked_firm()
        for role in ("portal", "clerk", "sales", "auditor"):
            for method in ("action_sync_now", *(("action_sync_open_remote",) if role != "auditor" else ())):
                self.refused(role, partner, method)
        self.assertFalse(self.jobs("_job_refresh"))

    def test_a_flood_of_ids_is_refused_before_any_is_looked_at(self):
        partner = self.linked_firm()
        everything = self.env["res.partner"].browse([partner.id, *range(10**6, 10**6 + 5000)])
        for role in ("portal", "sales"):
            self.refused(role, everything, "action_sync_now")
        with self.assertRaisesRegex(UserError, "Select fewer"):
            self.call("operator", everything, "action_sync_now")
        self.assertFalse(self.jobs("_job_refresh"))

    def test_ten_clicks_are_one_job(self):
        partner = self.linked_firm()
        for _time in range(10):
            self.call("operator", partner, "action_sync_now")
        self.assertEqual(len(self.jobs("_job_refresh")), 1)
        self.assertEqual(self.jobs("_job_refresh").channel, "root.retail_sync.standard")
        self.call("operator", self.link("F1"), "action_sync_now")
        self.assertEqual(len(self.jobs("_job_refresh")), 1, "the button of the link is the same request")

    def test_a_record_can_be_asked_for_again_once_it_was_read(self):
        partner = self.linked_firm()
        self.call("operator", partner, "action_sync_now")
        self.run_jobs()
        self.call("operator", partner, "action_sync_now")
        self.assertEqual(len(self.jobs("_job_refresh").filtered(lambda job: job.state == "pending")), 1)

    def test_a_request_whose_job_was_lost_counts_no_more_after_a_while(self):
        partner = self.linked_firm()
        self.call("operator", partner, "action_sync_now")
        self.jobs("_job_refresh").unlink()
        request = self.env["retail.sync.refresh.request"].search([])
        request.at = fields.Datetime.subtract(fields.Datetime.now(), hours=1)
        self.call("operator", partner, "action_sync_now")
        self.assertEqual(len(self.jobs("_job_refresh")), 1)

    def test_one_user_fills_the_lane_up_to_a_limit(self):
        waiting = [f"X{number}" for number in range(refresh_request.ASKED_PER_USER)]
        refresh_request.note(self.env, self.firms, waiting, self.users["operator"])
        partner = self.linked_firm()
        with self.assertRaisesRegex(UserError, "wait to be read"):
            self.call("operator", partner, "action_sync_now")
        self.call("manager", partner, "action_sync_now")
        self.assertEqual(len(self.jobs("_job_refresh")), 1, "a colleague is not held up")

    def test_a_call_asks_for_as_many_records_as_a_job_reads(self):
        self.assertLessEqual(refresh_queue.ASKED_AT_ONCE, refresh_queue.IDS_PER_JOB)

    def test_records_of_another_company_are_refused_and_their_address_is_not_shown(self):
        partner = self.linked_firm()
        partner.company_id = self.env["res.company"].create({"name": "Other company"})
        self.refused("operator", partner, "action_sync_now")
        self.refused("operator", partner, "action_sync_open_remote")


@tagged("post_install", "-at_install")
class TestPrivateMethods(RightsCase):
    """What the engine calls, no user calls."""

    def test_no_method_of_an_adapter_or_entity_is_callable(self):
        self.env.flush_all()
        for name in ("retail.sync.adapter.fake", "retail.sync.adapter", "retail.sync.entity.customer"):
            model = self.env[name].with_user(self.users["manager"])
            methods = [
                member
                for member in dir(type(model))
                if not member.startswith("_")
                and callable(getattr(type(model), member))
                and "retail_sync" in getattr(getattr(type(model), member), "__module__", "")
            ]
            for method in methods:
                with self.assertRaises(AccessError, msg=f"{name}.{method}"):
                    call_kw(model, method, [[], self.connection.id], {})

    def test_people_write_no_state_of_a_connection_or_stream(self):
        for records, vals in (
            (self.connection, {"state": "draft"}),
            (self.connection, {"last_checks": []}),
            (self.firms, {"state": "live"}),
            (self.firms, {"cursor": {"since": "9"}}),
            (self.firms, {"live_user_id": self.users["steward"].id}),
            (self.firms, {"deleted_until": "9"}),
            (self.firms.map_ids[:1], {"check_status": "ok"}),
        ):
            self.refused("manager", records, "write", vals)
        self.call("manager", self.firms, "write", {"page_size": 400})
        self.assertEqual(self.firms.page_size, 400)

    def test_a_copy_begins_anew(self):
        stream = self.firms.with_user(self.users["manager"])
        self.firms.write({"compared_at": fields.Datetime.now(), "stop_reason": "It was stopped"})
        copy = stream.copy({"remote_object": "Copy"})
        self.assertEqual((copy.state, copy.cursor, copy.compared_at, copy.stop_reason), ("draft", False, False, False))
        self.assertEqual(copy.live_user_id, self.users["manager"], "who copies a stream that writes agrees to it")

    def test_consent_is_noted_by_the_engine(self):
        self.firms.write({"direction": "in", "live_user_id": False, "live_at": False})
        self.call("manager", self.firms, "write", {"direction": "both"})
        self.assertEqual(self.firms.live_user_id, self.users["manager"])
        self.assertTrue(self.firms.live_at)

    def test_a_manager_of_another_company_starts_nothing(self):
        self.connection.company_id = self.env["res.company"].create({"name": "Other company"})
        for method in ("action_test_connection", "start_first_load", "start_poll", "action_pause", "go_live"):
            self.refused("manager", self.connection, method)
        for method in ("action_pause", "action_resume", "action_compare"):
            self.refused("manager", self.firms, method)
