from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .intake_case import IntakeCase


@tagged("post_install", "-at_install")
class TestIntakeRights(IntakeCase):
    """Who may steer incoming orders and decide about them: people of the company, through what checks them."""

    def setUp(self):
        super().setUp()
        self.connection.company_id = self.company

    def manager_elsewhere(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        return self.make_user(
            "elsewhere",
            "group_manager",
            "sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def test_a_routing_rule_of_another_company_leaves_our_orders_alone(self):
        """A rule for all connections, of a company that the connection does not serve, stopped each of its orders."""
        manager = self.manager_elsewhere()
        routes = self.env["retail.sync.order.route"].with_user(manager)
        route = routes.create({"name": "All", "company_id": manager.company_id.id})
        with self.assertRaises(AccessError):
            route.connection_id = self.connection
        with self.assertRaises(AccessError):
            routes.create({"name": "Ours", "company_id": manager.company_id.id, "connection_id": self.connection.id})
        self.take_sale()
        self.assertTrue(self.order(), self.exception().fault_message)

    def test_an_order_of_another_company_is_not_decided_about(self):
        self.take_sale("S1", self.line(price=1.0))
        message = self.exception()
        manager = self.manager_elsewhere()
        for method in ("action_ask_accept", "action_ask_done", "action_ask_successor"):
            with self.assertRaises(AccessError):
                getattr(message.with_user(manager), method)()
        with self.assertRaises(AccessError):
            self.env["retail.sync.order.accept"].with_user(manager).create(
                {"message_id": message.id, "answer": "accept", "reason": "Mine"}
            )

    def test_staff_cannot_hide_that_they_edited_a_quotation(self):
        """Who could write the digest could let an edit pass as the platform's own, which the next change overwrites."""
        self.take_sale()
        seller = self.make_user("seller", "sales_team.group_sale_manager")
        with self.assertRaises(AccessError):
            self.order().with_user(seller).write({"intake_digest": "x"})
        with self.assertRaises(AccessError):
            self.order().with_user(seller).read(["intake_digest"])
