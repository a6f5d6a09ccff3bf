from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ...adapter import Capacity, FaultError
from ...models.operations import history_job, sweeper
from ..entities.declarations import PRODUCT_OBJECT, ProductEntity
from ..entities.entity_case import EntityCase
from ..outbound_case import OutboundCase


class PublishedCase(EntityCase, OutboundCase):
    """A connection whose customers are loaded, and a stream of products that waits for the consent to publish."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.make_user("manager", "group_manager")
        cls.document_stream.unlink()
        cls.env.cr.execute("UPDATE product_product SET active = FALSE")
        cls.env.invalidate_all()
        cls.product_stream.write(
            {"direction": "in", "state": "draft", "cursor": False, "live_at": False, "history": "all"}
        )
        cls.product_stream.planned_direction = "out"
        # It was on while it was made: that is no time in which changes were lost.
        cls.env["retail.sync.off.period"].search([("stream_id", "=", cls.product_stream.id)]).unlink()

    def new_products(self, count, **values):
        products = self.env["product.product"].create(
            [{"name": f"Shirt {number}", "default_code": f"S-{number}", **values} for number in range(count)]
        )
        # A test is one transaction, and what it creates would be news.
        return self.aged(products, 1)

    def aged(self, products, days):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE product_product SET create_date = create_date - %s * interval '1 day' WHERE id = ANY(%s)",
            [days, products.ids],
        )
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.env.invalidate_all()
        return products

    def entry(self):
        entries = {entry["name"]: entry for entry in self.connection.get_write_forecast()}
        return entries.get(PRODUCT_OBJECT)

    def shown(self):
        return sorted(row["code"] for row in self.platform.rows[PRODUCT_OBJECT].values())

    def runs(self):
        return self.env["retail.sync.run"].search([("kind", "=", "history")], order="id")


@tagged("post_install", "-at_install")
class TestPublishedStreams(PublishedCase):
    """What Odoo alone writes is neither loaded nor polled, and written after consent only."""

    def test_a_new_published_stream_is_planned_to_send(self):
        stream = self.make_stream("article", "Other", [], 9, direction="in", state="draft", cursor=False)
        self.assertEqual((stream.publishes, stream.planned_direction), (True, "out"))
        self.assertIn(stream, self.connection.published_stream_ids)
        self.assertNotIn(stream, self.connection.reading_stream_ids)

    def test_it_takes_no_part_in_loads_and_dry_runs(self):
        self.new_products(1)
        self.firm("F1", name="Rossi Srl")
        self.connection.start_dry_run()
        self.run_jobs()
        self.assertNotIn(PRODUCT_OBJECT, {stream["name"] for stream in self.connection.get_progress()["streams"]})
        self.connection.start_first_load()
        self.run_jobs()
        self.assertEqual(self.connection.state, "running")
        self.assertEqual((self.product_stream.state, self.product_stream.last_run_id.id), ("draft", False))
        with self.assertRaisesRegex(UserError, "only sends"):
            self.product_stream.action_reload()

    def test_nothing_is_sent_before_the_consent(self):
        product = self.new_products(1)
        product.list_price = 9
        self.send()
        self.assertFalse(self.shown())
        self.assertFalse(self.outbox())

    def test_what_would_be_created_is_counted_and_said(self):
        self.new_products(3)
        with patch.object(type(self.env["retail.sync.adapter.fake"]), "storage_estimate", lambda *args: args[2] * 2048):
            self.connection.with_user(self.manager).count_writes()
        entry = self.entry()
        self.assertEqual((entry["counted"], entry["records"], entry["storage"], entry["calls"]), (True, 3, 6144, 1))
        self.assertIn("3 Product", self.connection.write_summary())
        wizard = self.env["retail.sync.setup"].browse(
            self.connection.with_user(self.manager).action_to_live()["res_id"]
        )
        self.assertEqual(wizard.step, "history")
        wizard.action_count_history()
        wizard.action_to_live()
        self.assertIn("3 records of Odoo will be created (all)", wizard.write_summary)
        self.assertNotIn("New customers of Odoo", wizard.write_summary)

    def test_it_publishes_its_history_and_changes_once_it_is_agreed(self):
        products = self.new_products(3)
        self.connection.with_user(self.manager).go_live()
        stream = self.product_stream
        self.assertEqual((stream.direction, stream.state, stream.live_user_id), ("out", "live", self.manager))
        self.run_jobs()
        self.assertEqual(self.shown(), ["S-0", "S-1", "S-2"])
        run = self.runs()
        self.assertEqual((run.state, run.total, run.n_read), ("done", 3, 3))
        self.assertIn("3", self.connection.message_ids[0].body)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM retail_sync_change")
        products[0].default_code = "S-77"
        self.send()
        self.assertEqual(self.shown(), ["S-1", "S-2", "S-77"])
        self.assertFalse({"count", "poll", "read"} & set(self.platform.calls))

    def test_a_direction_that_is_written_begins_it_too(self):
        self.new_products(1)
        self.product_stream.with_user(self.manager).direction = "out"
        self.assertEqual((self.product_stream.state, self.product_stream.live_user_id), ("live", self.manager))
        self.run_jobs()
        self.assertEqual(self.shown(), ["S-0"])

    def test_a_pause_ends_where_it_began(self):
        self.product_stream.direction = "out"
        self.product_stream.action_pause()
        self.product_stream.action_resume()
        self.assertEqual(self.product_stream.state, "live")

    def test_a_connection_that_only_publishes_goes_live_without_a_load(self):
        self.new_products(1)
        self.connection.reading_stream_ids.active = False
        self.connection.state = "connected"
        self.connection.go_live()
        self.assertEqual(self.connection.state, "running")
        self.run_jobs()
        self.assertEqual(self.shown(), ["S-0"])
        self.connection.action_pause()
        self.connection.action_resume()
        self.assertEqual(self.connection.state, "running")


@tagged("post_install", "-at_install")
class TestHistory(PublishedCase):
    """How far back a stream goes, and how its history is sent."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(ProductEntity, "_history_date", "create_date", create=True))
        self.startPatcher(patch.object(history_job, "PAGE", 2))

    def since(self, days):
        self.product_stream.write({"history": "open_since", "history_from": fields.Date.today() - timedelta(days=days)})

    def test_records_before_the_date_stay_behind(self):
        self.aged(self.new_products(2), 400)
        self.env["product.product"].create({"name": "New", "default_code": "N-1"})
        self.since(30)
        self.connection.count_writes()
        self.assertEqual(self.entry()["records"], 1)
        self.connection.go_live()
        self.run_jobs()
        self.assertEqual(self.shown(), ["N-1"])

    def test_an_old_record_that_changes_is_sent_as_a_whole(self):
        old = self.aged(self.new_products(1), 400)
        self.since(30)
        self.connection.go_live()
        self.run_jobs()
        self.assertFalse(self.shown())
        old.default_code = "S-5"
        self.send()
        row = next(iter(self.platform.rows[PRODUCT_OBJECT].values()))
        self.assertEqual((row["code"], row["title"]), ("S-5", "Shirt 0"))

    def test_old_records_are_not_missing_in_a_comparison(self):
        self.aged(self.new_products(2), 400)
        self.env["product.product"].create({"name": "New", "default_code": "N-1"})
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.since(30)
        self.product_stream.direction = "out"
        self.product_stream.action_stop_history()
        self.product_stream.action_compare()
        self.run_jobs()
        differences = self.env["retail.sync.difference"].search([("stream_id", "=", self.product_stream.id)])
        self.assertEqual(differences.mapped("cause"), ["never_created"])

    def test_from_now_on_sends_no_history(self):
        self.new_products(2)
        self.product_stream.history = "none"
        self.connection.count_writes()
        self.assertEqual(self.entry()["records"], 0)
        self.connection.go_live()
        self.assertFalse(self.runs())

    def test_open_ones_alone_go_where_no_date_counts(self):
        self.aged(self.new_products(2), 400)[0].list_price = 500
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.product_stream.history = "open"
        opened = fields.Domain("list_price", "=", 500)
        with patch.object(ProductEntity, "_history_open", lambda entity: opened, create=True):
            self.connection.go_live()
            self.run_jobs()
        self.assertEqual(self.shown(), ["S-0"])

    def test_it_is_queued_page_by_page_oldest_first_in_the_bulk_lane(self):
        products = self.new_products(5)
        self.connection.go_live()
        run = self.runs()
        history_job.job_history(self.env, run.id)
        self.assertEqual((run.state, run.total, run.n_read), ("running", 5, 2))
        queued = self.outbox("pending")
        self.assertEqual((sorted(queued.mapped("res_id")), set(queued.mapped("lane"))), (products[:2].ids, {"bulk"}))

    def test_pages_wait_while_enough_is_on_its_way(self):
        self.new_products(5)
        self.product_stream.bulk_write_threshold = 0
        self.connection.go_live()
        run = self.runs()
        with patch.object(history_job, "MOST_WAITING", 2):
            for _turn in range(3):
                history_job.job_history(self.env, run.id)
        self.assertEqual(run.n_read, 2)
        self.run_jobs()
        self.assertEqual((run.state, len(self.shown())), ("done", 5))

    def test_it_can_be_stopped_and_goes_on_with_what_is_missing(self):
        self.new_products(5)
        self.connection.go_live()
        history_job.job_history(self.env, self.runs().id)
        self.product_stream.with_user(self.manager).action_stop_history()
        self.assertEqual(self.runs().state, "cancelled")
        self.run_jobs()
        self.assertEqual(self.shown(), ["S-0", "S-1"])
        self.product_stream.with_user(self.manager).action_send_history()
        self.assertEqual(len(self.runs()), 2)
        self.run_jobs()
        self.assertEqual((self.runs()[1].total, len(self.shown())), (3, 5))

    def test_only_a_manager_sends_or_stops_it(self):
        operator = self.make_user("operator", "group_operator")
        for method in ("action_send_history", "action_stop_history"):
            with self.assertRaises(AccessError):
                getattr(self.product_stream.with_user(operator), method)()

    def test_streams_that_others_refer_to_come_first(self):
        self.new_products(1)
        second = self.make_stream(
            "article", "Other", [], 50, direction="in", state="draft", cursor=False, history="all", role="other"
        )
        self.product_stream.sequence = 60
        (self.product_stream | second).write({"direction": "out"})
        runs = self.runs()
        self.assertEqual((runs.stream_id[:1], runs[0].next_run_id), (second, runs[1]))
        jobs = self.env["queue.job"].search([("method_name", "=", "_job_history")])
        self.assertEqual([job.args[0] for job in jobs], [runs[0].id])

    def test_a_lost_job_is_queued_again_and_a_failed_one_is_reported(self):
        self.new_products(1)
        self.connection.go_live()
        jobs = self.env["queue.job"].search([("method_name", "=", "_job_history")])
        jobs.unlink()
        sweeper.sweep(self.env)
        job = self.env["queue.job"].search([("method_name", "=", "_job_history")])
        self.assertEqual(len(job), 1)
        job.write({"state": "failed", "exc_message": "broken"})
        self.assertEqual(self.runs().state, "failed")
        alarm = self.env["retail.sync.message"].search([("run_id", "=", self.runs().id)])
        self.assertEqual((alarm.kind, alarm.alarm_about), ("alarm", "load"))

    def test_what_does_not_fit_is_warned_about(self):
        self.new_products(3)
        adapter = type(self.env["retail.sync.adapter.fake"])
        self.startPatcher(patch.object(adapter, "storage_estimate", lambda *args: args[2] * 2048))
        self.startPatcher(patch.object(adapter, "call_estimate", lambda *args: args[2]))
        left = Capacity(storage=4096, calls=2)
        with patch.object(adapter, "capacity", lambda *args: left):
            self.connection.with_user(self.manager).count_history()
        plan = self.connection.get_history_plan()
        self.assertEqual((plan["counted"], plan["records"], plan["storage"], plan["calls"]), (True, 3, 6144, 3))
        self.assertEqual(len(plan["warnings"]), 2)
        self.assertIn("storage", plan["warnings"][0])
        self.product_stream.history = "none"
        self.assertFalse(self.connection.get_history_plan()["counted"], "a new choice is counted anew")

    def test_a_platform_that_does_not_answer_leaves_the_counts(self):
        self.new_products(3)
        fault = FaultError("transient", "TIMEOUT", "No answer")

        def capacity(*args):
            raise fault

        with patch.object(type(self.env["retail.sync.adapter.fake"]), "capacity", capacity):
            self.connection.count_history()
        plan = self.connection.get_history_plan()
        self.assertEqual((plan["records"], plan["storage_left"], plan["fault"]), (3, None, "No answer"))
        self.assertFalse(plan["warnings"])

    def test_the_wizard_asks_how_far_back_it_goes(self):
        self.new_products(3)
        wizard = self.env["retail.sync.setup"].with_user(self.manager).create({"connection_id": self.connection.id})
        self.assertEqual(wizard._reached_step(), "history")
        wizard.action_to_history()
        with self.assertRaisesRegex(UserError, "Count the history"):
            wizard.action_to_live()
        adapter = type(self.env["retail.sync.adapter.fake"])
        with patch.object(adapter, "capacity", lambda *args: Capacity(calls=0)):
            wizard.action_count_history()
        wizard.invalidate_recordset()
        self.assertIn("0 left today", wizard.history_summary)
        self.assertIn("waits for the next day", wizard.history_warning)
        with self.assertRaisesRegex(UserError, "does not fit"):
            wizard.action_to_live()
        wizard.history_confirmed = True
        wizard.action_to_live()
        self.assertEqual(wizard.step, "live")
        wizard.action_back()
        self.assertEqual(wizard.step, "history")
        wizard.action_to_live()
        wizard.live_confirmed = True
        wizard.action_go_live()
        self.assertEqual(self.product_stream.direction, "out")
        self.env.invalidate_all()
        self.assertNotIn("history", wizard._steps())

    def test_a_history_is_chosen_in_the_form(self):
        self.new_products(3)
        wizard = self.env["retail.sync.setup"].with_user(self.manager).create({"connection_id": self.connection.id})
        wizard.action_count_history()
        with Form(wizard) as form, form.published_stream_ids.edit(0) as line:
            line.history = "none"
        self.assertEqual(self.product_stream.history, "none")
        wizard.invalidate_recordset()
        self.assertFalse(wizard.history_ready, "it is counted anew")
