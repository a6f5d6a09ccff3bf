import random
from unittest.mock import patch

from odoo.tests import tagged

from ...models.exceptions import exception_queue
from ...models.exceptions.subject import of_record
from ...models.operations import figures_cache, record_fold
from ..engine_case import EngineCase
from ..fake_platform import FIRM

LINK_STATES = ("in_sync", "attention", "excluded", "deleted", "merged", "missing")
MESSAGE_STATES = ("open", "review", "retrying", "ignored", "done", "superseded")
DELIVERY_STATES = ("pending", "parked", "sending", "open", "done", "ignored")


@tagged("post_install", "-at_install")
class TestRecordFold(EngineCase):
    """The kept status of each record, and the kept numbers, are what links and messages say."""

    def setUp(self):
        super().setUp()
        for number in range(20):
            self.firm(f"F{number}")
        self.take(FIRM)
        record_fold.fold(self.env)
        record_fold.recount(self.env)
        self.messages = self.env["retail.sync.message"]
        self.links = self.env["retail.sync.link"].search([("stream_id", "=", self.firms.id), ("part", "=", "main")])
        self.choose = random.Random(11)

    def notes(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT count(*) FROM retail_sync_record_stale")
        return self.env.cr.fetchone()[0]

    def numbers(self):
        """Return {(stream, status): number} of the kept numbers, and of the rows."""
        self.env.cr.execute("SELECT stream_id, status, sum(n) FROM retail_sync_record_count GROUP BY 1, 2")
        kept = {(stream, status): number for stream, status, number in self.env.cr.fetchall() if number}
        self.env.cr.execute("SELECT stream_id, status, count(*) FROM retail_sync_record_status GROUP BY 1, 2")
        return kept, {(stream, status): number for stream, status, number in self.env.cr.fetchall()}

    def message(self, kind, state, **values):
        return self.messages.create(
            {
                "connection_id": self.connection.id,
                "stream_id": self.firms.id,
                "remote_object": FIRM,
                "kind": "review" if state == "review" else kind,
                "state": state,
                "key": f"random:{self.choose.random()}",
                **values,
            }
        )

    def step(self):
        """Do one thing that changes the status of a record, as any room may."""
        link, made = self.choose.choice(self.links.exists()), self.messages.search([("key", "=like", "random:%")])
        subject = {"res_model": link.res_model, "res_id": link.res_id}
        remote = self.choose.choice([link.external_id, f"N{self.choose.randrange(8)}"])
        match self.choose.randrange(9):
            case 0:
                self.message("record", self.choose.choice(MESSAGE_STATES), external_id=remote)
            case 1:
                self.message("delivery", self.choose.choice(DELIVERY_STATES), **subject)
            case 2:
                self.message("field", "open", **subject)
            case 3 if made:
                message = self.choose.choice(made)
                if message.kind != "review":
                    message.state = self.choose.choice(DELIVERY_STATES)
            case 4 if made:
                self.choose.choice(made).unlink()
            case 5:
                link.state = self.choose.choice(LINK_STATES)
            case 6:
                link.is_primary = not link.is_primary
            case 7:
                link.external_id = f"moved{self.choose.random()}"
            case 8 if len(self.links.exists()) > 8:
                link.unlink()

    def test_whatever_happens_the_kept_figures_equal_a_count(self):
        for number in range(120):
            for _step in range(self.choose.randrange(1, 5)):
                self.step()
            self.assertTrue(record_fold.fold(self.env))
            kept, counted = self.numbers()
            self.assertEqual(kept, counted, number)
            self.assertEqual(record_fold.recount(self.env), 0, number)
            self.assertEqual(self.numbers()[0], kept, number)

    def test_changes_are_folded_in_by_parts_in_any_order(self):
        for _step in range(60):
            self.step()
        self.assertGreater(self.notes(), 20)
        while not record_fold.fold(self.env, 7):
            kept, counted = self.numbers()
            self.assertEqual(kept, counted)
        self.assertEqual(self.notes(), 0)
        self.assertEqual(record_fold.recount(self.env), 0)

    def test_what_is_rolled_back_is_not_counted(self):
        before = self.numbers()[0]
        with self.env.cr.savepoint() as savepoint:
            self.message("record", "open", external_id="F1")
            record_fold.fold(self.env)
            self.assertNotEqual(self.numbers()[0], before)
            savepoint.rollback()
        self.assertEqual((self.notes(), self.numbers()[0]), (0, before))

    def test_a_delivery_that_is_claimed_and_a_message_that_ended_are_no_news(self):
        """Each of these updates is made for each record that is sent: they must cost next to nothing."""
        message = self.message("delivery", "pending", res_model="res.partner", res_id=self.links[0].res_id)
        old = self.message("record", "done", external_id="F1")
        record_fold.fold(self.env)
        message.write({"state": "sending", "attempts": 1})
        message.write({"state": "parked"})
        old.write({"state": "superseded", "resolution": "Later"})
        self.links.write({"version": 5, "content_hash": "x"})
        self.assertEqual(self.notes(), 0)
        message.state = "done"
        self.assertEqual(self.notes(), 1)

    def test_hidden_customers_are_taken_off(self):
        users = self.make_users_of_groups()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        hidden = self.env["res.partner"].browse(self.links[:3].mapped("res_id"))
        hidden.company_id = company
        self.env.flush_all()
        statuses = self.env["retail.sync.record.status"].with_user(users["operator"])
        self.assertEqual(statuses._counts(self.firms.with_user(users["operator"])), {(self.firms.id, "in_sync"): 17})
        self.assertEqual(statuses.search_count([("stream_id", "=", self.firms.id)]), 17)
        self.assertEqual(self.firms.with_user(users["operator"]).link_count, 17)
        self.assertEqual(self.env["retail.sync.record.status"]._counts(self.firms), {(self.firms.id, "in_sync"): 20})

    def test_many_changes_are_counted_later_and_the_overview_says_so(self):
        for number in range(12):
            self.message("record", "open", external_id=f"N{number}")
        connection = self.connection
        with patch.object(record_fold, "SHORT", 5):
            overview = connection.get_overview()
            self.assertTrue(overview["as_of"])
            self.assertTrue(connection.get_overview()["as_of"])
        overview = connection.get_overview()
        self.assertIsNone(overview["as_of"])
        [card] = [card for card in overview["connections"] if card["id"] == connection.id]
        [firms] = [stream for stream in card["streams"] if stream["id"] == self.firms.id]
        self.assertEqual((firms["counts"]["attention"], firms["total"]), (12, 32))

    def test_browsers_share_the_figures_until_something_changes(self):
        users = self.make_users_of_groups()
        model = type(self.connection)
        counted = []
        compute = model._overview_figures

        def count(connections, *args):
            counted.append(connections.env.uid)
            return compute(connections, *args)

        figures_cache._answers.clear()
        with patch.object(model, "_overview_figures", count):
            first = self.connection.with_user(users["operator"]).get_overview()
            self.assertEqual(self.connection.with_user(users["steward"]).get_overview(), first)
            self.assertEqual(counted, [users["operator"].id])
            exception_queue.technical(
                self.env, self.connection, "TROUBLE", "It failed", of_record("F1"), stream=self.firms
            )
            later = self.connection.with_user(users["operator"]).get_overview()
            self.assertEqual(len(counted), 2)
            self.assertGreater(later["version"], first["version"])
            # Who may see less has an answer of his own.
            company = self.env["res.company"].create({"name": "Elsewhere"})
            users["auditor"].write({"company_id": company.id, "company_ids": [(6, 0, company.ids)]})
            self.connection.with_user(users["auditor"]).with_company(company).get_overview()
            self.assertEqual(len(counted), 3)
