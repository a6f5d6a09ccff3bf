"""A shop with orders that were delivered and paid, tickets about them, and people of the service desk."""

from uuid import uuid4

from odoo import fields

from odoo.addons.retail_sync.tests.commerce_case import CommerceCase

AGENT = ("retail_sync_helpdesk.group_agent", "sales_team.group_sale_salesman_all_leads")
SUPERVISOR = ("retail_sync_helpdesk.group_supervisor", "stock.group_stock_user")


class ServiceCase(CommerceCase):
    """`order`: two products, delivered, billed and paid. `ticket`: of its customer."""

    entities = ("order", "shipment", "invoice", "return")

    def setUp(self):
        super().setUp()
        self.shoe, self.lamp = self.make_product(), self.make_product()
        self.order = self.paid_order("SERVICE-1")
        self.ticket = self.make_ticket("My parcel is damaged")
        self.agent = self.make_user("agent", *AGENT, lang="en_US")
        self.supervisor = self.make_user("supervisor", *SUPERVISOR, lang="en_US")

    def paid_order(self, name):
        """Return an order of 2 shoes and 1 lamp that the customer has and has paid."""
        order = self.make_order([(self.shoe, 2), (self.lamp, 1)], name=name)
        self.ship(order)
        order._create_invoices().action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=order.invoice_ids.ids
        ).create({})._create_payments()
        return order

    def make_ticket(self, subject):
        return self.env["helpdesk.ticket"].create(
            {
                "name": subject,
                "description": f"It is about order {self.order.name}.",
                "partner_id": self.customer.id,
                "partner_name": self.customer.name,
                "partner_email": self.customer.email or "customer@example.com",
            }
        )

    def panel(self, user=None):
        """Return the panel as a user has it."""
        return self.env["retail.sync.service.panel"].with_user(user or self.agent)

    def act(self, request, user=None, order=None):
        """Preview an action and submit it, as a person does; return the answer."""
        order = order or self.order
        shown = self.panel(user).preview(self.ticket.id, order.id, request)
        self.assertNotIn("problem", shown, shown.get("problem"))
        asked = {"request": request, "token": shown["token"], "override_reason": ""}
        answer = self.panel(user).submit(self.ticket.id, order.id, asked, str(uuid4()))
        self.assertNotIn("problem", answer, answer.get("problem"))
        return answer

    def line(self, product, quantity="1", order=None):
        """Return a line of a request."""
        line = (order or self.order).order_line.filtered(lambda found: found.product_id == product)
        return {"line_id": line.id, "quantity": quantity}

    def today(self):
        return fields.Date.today()
