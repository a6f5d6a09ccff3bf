import random

from odoo.tests import tagged

from ...models.operations.record_status import STATUSES
from ..engine_case import EngineCase
from ..fake_platform import FIRM

LINK_STATES = ("in_sync", "attention", "excluded", "deleted", "merged", "missing")
MESSAGE_STATES = ("open", "review", "retrying", "ignored", "done", "superseded")
DELIVERY_STATES = ("pending", "parked", "sending", "open", "done", "ignored")


@tagged("post_install", "-at_install")
class TestRecordStatus(EngineCase):
    """Every record of a stream has one status, so that counts add up to their total and each opens its list."""

    def setUp(self):
        super().setUp()
        self.records = self.env["retail.sync.record.status"]

    def status(self, key):
        self.env.invalidate_all()
        found = self.records.search([("external_id", "=", key), ("stream_id", "=", self.firms.id)])
        return found.status if len(found) == 1 else found.mapped("status")

    def message_vals(self, kind, state, **values):
        return {
            "connection_id": self.connection.id,
            "stream_id": self.firms.id,
            "remote_object": FIRM,
            "kind": kind,
            "state": state,
            **values,
        }

    def test_a_linked_record_with_an_open_exception_is_not_in_sync(self):
        self.firm("F1")
        self.take(FIRM)
        self.assertEqual(self.status("F1"), "in_sync")
        self.env["retail.sync.message"].create(self.message_vals("record", "open", external_id="F1"))
        self.assertEqual(self.status("F1"), "attention")

    def test_a_change_on_its_way_is_pending_and_a_refused_field_needs_attention(self):
        self.firm("F1")
        self.take(FIRM)
        partner = self.partner("F1")
        subject = {"res_model": "res.partner", "res_id": partner.id}
        self.env["retail.sync.message"].create(self.message_vals("delivery", "pending", **subject))
        self.assertEqual(self.status("F1"), "pending")
        self.env["retail.sync.message"].create(
            self.message_vals("field", "open", refused_field="main.email", key="field:x", **subject)
        )
        self.assertEqual(self.status("F1"), "attention")

    def test_records_without_a_link_are_counted_once(self):
        messages = self.env["retail.sync.message"]
        messages.create(self.message_vals("record", "ignored", external_id="F1"))
        messages.create(self.message_vals("record", "ignored", external_id="F1"))
        self.assertEqual(self.status("F1"), "ignored")
        messages.create(self.message_vals("review", "review", external_id="F1"))
        self.assertEqual(self.status("F1"), "review")

    def test_any_state_of_links_and_messages_counts_each_record_once(self):
        """303 failing records were counted as in sync as well: the figures were 110 % of the records."""
        choose = random.Random(9)
        for number in range(60):
            self.firm(f"F{number}")
        self.take(FIRM)
        links = self.env["retail.sync.link"].search([("stream_id", "=", self.firms.id), ("part", "=", "main")])
        self.assertEqual(len(links), 60)
        vals = []
        for link in links:
            link.state = choose.choice(LINK_STATES)
            subject = {"res_model": link.res_model, "res_id": link.res_id}
            if choose.random() < 0.5:
                state = choose.choice(MESSAGE_STATES)
                kind = "review" if state == "review" else "record"
                vals.append(self.message_vals(kind, state, external_id=link.external_id))
            if choose.random() < 0.5:
                vals.append(self.message_vals("delivery", choose.choice(DELIVERY_STATES), **subject))
            if choose.random() < 0.2:
                vals.append(self.message_vals("field", "open", key=f"field:{link.id}", **subject))
        unlinked = set()
        for number in range(60):
            state = choose.choice(MESSAGE_STATES)
            kind = "review" if state == "review" else "record"
            vals.append(self.message_vals(kind, state, external_id=f"N{number}"))
            if state not in ("done", "superseded"):
                unlinked.add(f"N{number}")
        self.env["retail.sync.message"].create(vals)

        rows = self.records.search([("stream_id", "=", self.firms.id)])
        self.assertEqual(sorted(rows.mapped("external_id")), sorted(unlinked | set(links.mapped("external_id"))))
        counts = self.records._counts(self.firms)
        self.assertEqual(sum(counts.values()), len(rows))
        for status, _label in STATUSES:
            listed = rows.filtered(lambda row, status=status: row.status == status)
            self.assertEqual(counts.get((self.firms.id, status), 0), len(listed), status)
        failing = self.env["retail.sync.message"].search([("stream_id", "=", self.firms.id), ("state", "=", "open")])
        names = set(failing.mapped("external_id")) - {False}
        self.assertFalse(names & set(rows.filtered(lambda row: row.status == "in_sync").mapped("external_id")))

    def test_a_row_is_called_as_staff_call_the_record(self):
        self.firm("F1", name="Quayside Supplies")
        self.take(FIRM)
        row = self.records.search([("external_id", "=", "F1")])
        self.assertEqual(row.name, "Quayside Supplies")
        self.assertEqual(row.action_open()["res_model"], "retail.sync.link")
