"""What tests of order exceptions share: a shop whose orders can be made late."""

from datetime import timedelta

from odoo import fields

from ...models.milestone import evaluation
from ...models.order_exceptions import evaluate
from ..commerce_case import CommerceCase


class OrderExceptionCase(CommerceCase):
    """A customer with a complete address, goods in stock, and all rules as they are shipped."""

    entities = ()

    def setUp(self):
        super().setUp()
        self.rules = self.env["retail.sync.order.rule"].search([])
        self.customer.write(
            {
                "street": "Via Roma 1",
                "city": "Roma",
                "zip": "00100",
                "state_id": self.env.ref("base.state_it_rm").id,
                "country_id": self.env.ref("base.it").id,
            }
        )
        self.product = self.make_product(stock=10)

    def evaluate(self, order, **later):
        evaluation.evaluate(self.env, order.ids)
        evaluate.evaluate(self.env, order.ids, fields.Datetime.now() + timedelta(**later))

    def exceptions_of(self, order, code=None):
        domain = [("order_id", "=", order.id)] + ([("rule_code", "=", code)] if code else [])
        return self.env["retail.sync.order.exception"].search(domain, order="rule_code, ordinal")

    def late_order(self):
        order = self.make_order([(self.product, 2)])
        order.commitment_date = fields.Datetime.now() + timedelta(hours=5)
        return order
