from odoo.tests import tagged

from ...domain.resilience.faults import FaultError
from ..fake_platform import FIRM
from ..outbound_case import SHOWN_EMPTY, OutboundCase


@tagged("post_install", "-at_install")
class TestManyRecords(OutboundCase):
    """A delivery asks the database per page, never per record; and each record keeps its own result."""

    def linked_firms(self, count):
        """Return the customers of firms that both sides know, and agree about."""
        names = [f"F{number}" for number in range(count)]
        for name in names:
            self.firm(name, **dict.fromkeys(SHOWN_EMPTY))
        self.take(FIRM)
        self.made_before()
        self.send()
        self.platform.writes.clear()
        return [self.partner(name) for name in names]

    def statements(self, work):
        """Return how many statements work() takes, apart from those of many rows."""
        self.env.flush_all()
        before = self.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def drain(self):
        self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.firms.id, "standard")

    def change(self, partners, phone):
        for partner in partners:
            partner.with_context(tracking_disable=True).phone = phone
        self.env.flush_all()

    def assert_same_for_many(self, partners, prepare=lambda partners: None):
        """Assert that routing and delivery take as many statements for the last partners as for the first ones."""
        counts = []
        # The first turn fills caches.
        for changed in (partners[:2], partners[2:4], partners[4:]):
            self.change(changed, "+390432200000")
            prepare(changed)
            counts.append((self.statements(self.route), self.statements(self.drain)))
        self.assertEqual(counts[1], counts[2])

    def test_accepted_changes(self):
        self.assert_same_for_many(self.linked_firms(12))
        self.assertEqual(self.remote("F11")["phone"], "+390432200000")

    def test_refused_changes(self):
        partners = self.linked_firms(12)

        def refuse(refused):
            for partner in refused:
                name = self.env["retail.sync.link"].search([("res_id", "=", partner.id)]).external_id
                self.platform.refusals[name] = FaultError("business", "BAD_PHONE", "The phone is odd")

        self.assert_same_for_many(partners, refuse)
        self.assertEqual(len(self.outbox("open")), 12)

    def test_changes_of_records_that_the_platform_deleted(self):
        partners = self.linked_firms(12)
        self.env["retail.sync.link"].search([("connection_id", "=", self.connection.id)]).state = "deleted"
        self.assert_same_for_many(partners)
        self.assertEqual(set(self.outbox("open").mapped("fault_code")), {"REMOTE_DELETED"})
        self.assertEqual(len(self.outbox("open")), 12)

    def test_children_that_wait_for_their_parents(self):
        def children(count):
            partners = self.env["res.partner"]
            parents = partners.create([{"name": f"Firm {number}", "is_company": True} for number in range(count)])
            partners.create([{"name": "Person", "parent_id": parent.id} for parent in parents])
            self.route()
            return self.statements(
                lambda: self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.persons.id, "critical")
            )

        children(2)
        self.assertEqual(children(2), children(12))
        waiting = self.outbox("parked")
        self.assertEqual(len(waiting), 16)
        for message in waiting:
            parent = self.env["res.partner"].browse(message.res_id).parent_id
            self.assertEqual(message.waits_for, f"res.partner/{parent.id}")

    def test_each_refusal_keeps_its_own_reason(self):
        partners = self.linked_firms(4)
        self.change(partners, "+390432222222")
        for name, code in (("F0", "BAD_PHONE"), ("F1", "BAD_PHONE"), ("F2", "NO_ACCESS")):
            self.platform.refusals[name] = FaultError("business", code, f"Because of {code}")
        self.send()
        found = {message.res_id: (message.fault_code, message.fault_message) for message in self.outbox("open")}
        codes = ("BAD_PHONE", "BAD_PHONE", "NO_ACCESS")
        self.assertEqual(
            found,
            {partner.id: (code, f"Because of {code}") for partner, code in zip(partners, codes, strict=False)},
        )
        run = self.outbox("open").run_id
        self.assertEqual((run.n_sent, run.n_failed), (1, 3))
        self.assertEqual(self.outbox("done")[-1:].run_id, run)
