from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..block_case import STAFF, BlockCase


@tagged("post_install", "-at_install")
class TestMovedOrders(BlockCase):
    """A block holds for an order that comes to the blocked customer after it was confirmed."""

    def confirmed(self, **values):
        order = self.as_user("seller", self.order(self.other, **values))
        order.action_confirm()
        return order

    def test_an_order_that_was_confirmed_for_another_customer_does_not_come_back(self):
        self.block()
        order = self.as_user("seller", self.order())
        order.partner_id = self.other
        order.partner_invoice_id = self.other
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "Rossi Srl"), self.env.cr.savepoint():
            order.write({"partner_id": self.firm.id})
        self.env.invalidate_all()
        self.assertEqual(order.partner_id, self.other)

    def test_every_way_to_move_a_confirmed_order_is_stopped(self):
        self.block()
        order = self.confirmed()
        external = self.env["ir.model.data"].create(
            {"module": "__test__", "name": "moved_order", "model": "sale.order", "res_id": order.id}
        )
        firm_xid = self.env["ir.model.data"].create(
            {"module": "__test__", "name": "blocked_firm", "model": "res.partner", "res_id": self.firm.id}
        )

        def imported():
            names = ["id", "partner_id/id"]
            rows = [[external.complete_name, firm_xid.complete_name]]
            result = order.load(names, rows)
            if any(message["type"] == "error" for message in result["messages"]):
                raise UserError(str(result["messages"]))

        ways = {
            "customer": lambda: order.write({"partner_id": self.firm.id}),
            "who pays": lambda: order.write({"partner_invoice_id": self.firm.id}),
            "contact": lambda: order.write({"partner_id": self.contact.id}),
            "superuser": lambda: (
                order.sudo().with_user(self.users["seller"]).sudo().write({"partner_id": self.firm.id})
            ),
            "both at once": lambda: self.order(self.other).write({"state": "sale", "partner_id": self.firm.id}),
            "import": imported,
        }
        for name, way in ways.items():
            with self.assertRaises(UserError, msg=name), self.env.cr.savepoint():
                way()
        self.env.invalidate_all()
        self.assertEqual(order.partner_id, self.other)

    def test_a_blocked_customer_that_an_order_already_has_is_not_asked_again(self):
        order = self.confirmed()
        self.block(self.other)
        order.write({"note": "still open", "partner_id": self.other.id})
        order.partner_invoice_id = self.other
        self.assertEqual(order.state, "sale")

    def test_a_state_may_be_set_with_a_customer_who_is_not_blocked(self):
        self.block()
        order = self.as_user("seller", self.order())
        order.write({"state": "sale", "partner_id": self.other.id, "partner_invoice_id": self.other.id})
        self.assertEqual(order.state, "sale")

    def test_who_may_override_is_kept_on_record(self):
        self.block()
        order = self.confirmed()
        self.as_user("boss", order).write({"partner_id": self.firm.id})
        self.assertEqual(order.partner_id, self.firm)
        kept = self.env["retail.sync.block.override"].search([("order_id", "=", order.id)])
        self.assertEqual((kept.user_id, kept.partner_id), (self.users["boss"], self.firm))

    def test_the_form_warns_before_it_is_stored(self):
        self.block()
        order = self.confirmed()
        edited = order.new({"partner_id": self.firm.id}, origin=order)
        self.assertIn("Rossi Srl", edited.account_block_note)
        self.assertFalse(order.account_block_note)

    def editor(self):
        """Return a salesman who may edit customers, and who may neither block them nor lift a block."""
        return new_test_user(self.env, "editor", groups=f"{STAFF},base.group_partner_manager")

    def test_a_contact_does_not_leave_the_block_of_its_company_for_an_order(self):
        """A seller took the contact out of the blocked company, confirmed the order, and put the contact back."""
        self.block()
        contact = self.contact.with_user(self.editor())
        for vals in ({"parent_id": False}, {"parent_id": self.other.id}, {"is_company": True}):
            with self.subTest(vals), self.assertRaisesRegex(AccessError, "Account blocks"), self.env.cr.savepoint():
                contact.write(vals)
        with self.assertRaisesRegex(AccessError, "Account blocks"), self.env.cr.savepoint():
            self.firm.with_user(contact.env.user).write({"is_company": False, "parent_id": self.other.id})
        self.env.invalidate_all()
        self.assertEqual(contact.parent_id, self.firm)
        with self.assertRaises(UserError):
            self.as_user("seller", self.order(self.contact)).action_confirm()

    def test_contacts_without_a_block_are_moved_by_anybody(self):
        contact = self.contact.with_user(self.editor())
        contact.write({"parent_id": self.other.id})
        self.assertEqual(contact.commercial_partner_id, self.other)
