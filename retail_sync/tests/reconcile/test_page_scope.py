from unittest.mock import patch

from odoo.tests import tagged

from ...models.links import deferred_references
from ...models.outbox import parked
from ..fake_platform import FIRM, PERSON
from ..outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestPageScope(OutboundCase):
    """After a page, what waits for its records is looked at, and not all that waits."""

    def test_references(self):
        """Seen: all orphans were joined with all links after each page."""
        for number in range(2):
            self.person(f"P{number}", firm=f"F{number}")
        self.take(PERSON)
        for number in range(2):
            self.firm(f"F{number}")
        with patch.object(deferred_references, "link", lambda *args, **kwargs: 0):
            self.take(FIRM)
        self.assertEqual(deferred_references.link(self.env, self.connection, refs=()), 0)
        self.assertEqual(deferred_references.link(self.env, self.connection, refs={"Firm/F1"}), 1)
        self.assertEqual((self.link("P0").waits_for, self.link("P1").waits_for), ("Firm/F0", False))
        self.firm("F2")
        self.take(FIRM)
        self.assertEqual(self.link("P0").waits_for, "Firm/F0", "the page has no record that it waits for")
        self.connection._cron_deferred_references()
        self.assertEqual(self.partner("P0").parent_id, self.partner("F0"))

    def test_messages(self):
        firms = self.linked_firm("F1") | self.linked_firm("F2")
        message = self.env["retail.sync.message"]
        waiting = [
            message.create(
                {
                    "connection_id": self.connection.id,
                    "stream_id": self.persons.id,
                    "kind": "delivery",
                    "state": "parked",
                    "res_model": "res.partner",
                    "res_id": 10**8 + firm.id,
                    "waits_for": f"res.partner/{firm.id}",
                    "lane": "standard",
                }
            )
            for firm in firms
        ]
        self.env.flush_all()
        parked.release_ready(self.env, self.connection, set())
        parked.release_ready(self.env, self.connection, {f"res.partner/{firms[1].id}"})
        self.env.invalidate_all()
        self.assertEqual([found.state for found in waiting], ["parked", "pending"])
        parked.release_ready(self.env, self.connection)
        self.env.invalidate_all()
        self.assertEqual([found.state for found in waiting], ["pending", "pending"])
