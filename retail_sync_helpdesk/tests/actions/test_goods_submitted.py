import json

from odoo.tests import tagged

from ..requests_case import RequestsCase


@tagged("post_install", "-at_install")
class TestGoodsSubmitted(RequestsCase):
    """Actions about goods as the API submits them, by an agent who may read little of Odoo."""

    @classmethod
    def make_documents(cls, shop):
        cls.order = shop.delivered()
        cls.coat = shop.make_product("COAT", 40.0)

    def record(self, action, kind):
        models = {"return": "retail.sync.return", "order": "sale.order"}
        [found] = [document for document in action.documents if document["kind"] == kind]
        return self.env[models[kind]].browse(found["id"])

    def as_agent(self):
        return self.env(user=self.agent)

    def test_a_return_is_announced_once_and_stands_on_its_ticket(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "Too small", "description": "x"})
        values = self.asked("return", lines=self.of_lines(self.order, 2), ticket=ticket.id)
        shown = self.preview(self.order, values, env=self.as_agent())
        self.assertEqual([effect.code for effect in shown.effects], ["return_opened", "number_given"])
        token = shown.token
        answers = [self.submit(self.order, values, token=token, env=self.as_agent()) for _number in range(2)]
        self.assertEqual(answers[0].text, answers[1].text)
        action = self.action_of(answers[0])
        header = self.record(action, "return")
        self.assertEqual((header.ticket_id, header.action_uuid, header.state), (ticket, action.uuid, "expected"))
        self.assertEqual(header.user_id, self.agent)
        self.assertEqual(self.env["retail.sync.return"].search_count([("order_id", "=", self.order.id)]), 1)
        notes = " ".join(ticket.message_ids.mapped("body"))
        self.assertIn(header.name, notes)
        self.transfer(header.rma_ids.reception_move_id.picking_id)
        self.assertIn("The goods have arrived", " ".join(ticket.message_ids.mapped("body")))

    def test_a_replacement_is_an_order_whose_goods_are_reserved(self):
        ticket = self.env["helpdesk.ticket"].create({"name": "Broken", "description": "x"})
        values = self.asked("replace", lines=self.of_lines(self.order, 1), ticket=ticket.id)
        action = self.done(self.order, values, env=self.as_agent())
        made = self.record(action, "order")
        self.assertEqual((made.state, made.amount_total, made.picking_ids.state), ("sale", 0, "assigned"))
        self.assertEqual(action.amounts["value"], "25.00")
        link = self.env["retail.sync.ticket.document"].search([("ticket_id", "=", ticket.id), ("kind", "=", "order")])
        self.assertEqual((link.res_id, link.state, link.made), (made.id, "confirmed", True))

    def test_an_exchange_says_before_what_it_charges(self):
        wanted = [{"sku": "COAT", "quantity": "1"}]
        values = self.asked("exchange", lines=self.of_lines(self.order, 1), wanted=wanted)
        shown = self.preview(self.order, values, env=self.as_agent())
        self.assertEqual(shown.amounts, {"value": "25.00", "charge": "15.00"})
        action = self.done(self.order, values, env=self.as_agent())
        self.assertEqual(self.record(action, "order").amount_total, 15)
        self.assertEqual(self.record(action, "return").quantity, 1)

    def test_a_price_that_changed_makes_the_preview_of_an_exchange_stale(self):
        values = self.asked("exchange", lines=self.of_lines(self.order, 1), wanted=[{"sku": "COAT", "quantity": "1"}])
        token = self.preview(self.order, values).token
        self.coat.list_price = 60
        with self.problem("preview_stale"):
            self.submit(self.order, values, token=token)

    def test_what_a_rule_refuses_leaves_no_return(self):
        answer = self.submit(self.order, self.asked("return", lines=self.of_lines(self.order, 9)))
        self.assertEqual(json.loads(answer.text)["code"], "not_eligible")
        self.assertFalse(self.env["retail.sync.return"].search([("order_id", "=", self.order.id)]))
