from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestOverwritten(OutboundCase):
    """An edit over there between our read and our write is not lost without trace."""

    def crossing(self, **values):
        """Let the record be edited over there after it was read, before it is written."""
        adapter = type(self.firms._adapter())
        push = adapter.push

        def edited_meanwhile(model, stream, outgoing):
            self.firm("F1", **values)
            return push(model, stream, outgoing)

        return patch.object(adapter, "push", edited_meanwhile)

    def conflict(self):
        return self.env["retail.sync.message"].search([("kind", "=", "overwritten"), ("state", "=", "open")])

    def test_it_becomes_a_conflict_with_both_values(self):
        partner = self.linked_firm(phone="+390432111111", website=None)
        partner.phone = "+390432222222"
        with self.crossing(phone="+390432333333", website="http://theirs.example"):
            self.send()
        message = self.conflict()
        self.assertEqual((message.res_id, message.external_id, message.fault_code), (partner.id, "F1", "OVERWRITTEN"))
        self.assertEqual(
            message.sudo().conflicts,
            [{"part": "main", "field": "phone", "odoo": "+390432222222", "remote": "+390432333333"}],
        )
        self.assertNotIn("0432", message.fault_message)
        self.poll()
        self.send()
        self.assertEqual((partner.phone, partner.website), ("+390432222222", "http://theirs.example"))
        self.assertEqual(self.conflict(), message, "a poll does not close it")
        message.action_take_remote()
        self.send()
        self.assertEqual((partner.phone, self.remote("F1")["phone"]), ("+390432333333", "+390432333333"))
        self.assertEqual((message.state, bool(self.conflict())), ("done", False))

    def test_the_other_value_is_not_brought_back_to_a_customer_who_became_a_colleague(self):
        """The administrator who chose the platform's value gave its e-mail address to a user."""
        partner = self.linked_firm(phone="+390432111111")
        partner.phone = "+390432222222"
        with self.crossing(phone="+390432333333"):
            self.send()
        self.make_user("hired", partner_id=partner.id)
        with self.assertRaisesRegex(UserError, "internal user"):
            self.conflict().action_take_remote()
        self.assertEqual((partner.phone, self.conflict().state), ("+390432222222", "open"))
        self.conflict().action_keep_odoo()
        self.assertFalse(self.conflict())

    def test_keeping_odoos_value_closes_it(self):
        partner = self.linked_firm(phone="+390432111111")
        partner.phone = "+390432222222"
        with self.crossing(phone="+390432333333"):
            self.send()
        message = self.conflict()
        message.action_keep_odoo()
        self.send()
        self.assertEqual((message.state, self.remote("F1")["phone"]), ("done", "+390432222222"))

    def test_what_odoo_alone_decides_is_no_conflict(self):
        self.ownership_rule("phone", "odoo")
        partner = self.linked_firm(phone="+390432111111")
        partner.phone = "+390432222222"
        with self.crossing(phone="+390432333333"):
            self.send()
        self.assertFalse(self.conflict())

    def test_the_same_edit_on_both_sides_is_no_conflict(self):
        partner = self.linked_firm(phone="+390432111111")
        partner.phone = "+390432222222"
        with self.crossing(phone="+390432222222"):
            self.send()
        self.assertFalse(self.conflict())
