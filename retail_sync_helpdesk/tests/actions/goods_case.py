from datetime import datetime
from decimal import Decimal

from ...api.schemas.requests import AskedLine, Exchange, Replace, ReturnGoods, WantedProduct
from ...domain.service.order_facts import OrderFacts
from ...domain.service.policy import Policy
from ...domain.service.verdicts import Verdict
from ...models.actions.executors import EXECUTORS
from ...models.actions.work import Work
from ..goods_back.return_case import ReturnCase
from ..money.facts import facts_of


class GoodsCase(ReturnCase):
    """Actions about goods, judged and allowed before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = Policy(1)

    def request(self, kind, order, *quantities, wanted=(), **values):
        """Return a request: a quantity of each of the first lines of an order, and (SKU, quantity) that are wanted."""
        lines = tuple(
            AskedLine(line_id=line.id, quantity=str(quantity))
            for line, quantity in zip(order.order_line, quantities, strict=False)
            if quantity
        )
        names = {ReturnGoods: "return", Replace: "replace", Exchange: "exchange"}
        if wanted:
            values["wanted"] = tuple(WantedProduct(sku=sku, quantity=str(number)) for sku, number in wanted)
        return kind(action=names[kind], reason="damaged", lines=lines, **values)

    def action_of(self, order, request, **values):
        return self.env["retail.sync.action"].create(
            {
                "action": request.action,
                "order_id": order.id,
                "company_id": order.company_id.id,
                "currency_id": order.currency_id.id,
                "request": request.model_dump_json(),
                "reason": request.reason,
                "policy": "1/1",
                "actor_reference": f"user/{self.env.uid}",
                "actor_kind": "person",
                "user_id": self.env.uid,
                "channel": "screen",
                **values,
            }
        )

    def work(self, order, request, action=None):
        facts = OrderFacts(order.id, order.name, company_id=order.company_id.id, money=facts_of(order))
        empty = self.env["retail.sync.action"]
        verdict = Verdict(request.action)
        return Work(
            self.env, order, request, facts, verdict, None, self.policy, action or empty, datetime(2026, 12, 1, 12)
        )

    def show(self, order, request):
        return EXECUTORS[request.action].show(self.work(order, request))

    def carry_out(self, order, request, **values):
        """Return (what was shown before, what was done)."""
        shown = self.show(order, request)
        action = self.action_of(order, request, **values)
        return shown, EXECUTORS[request.action].carry_out(self.work(order, request, action))

    def documents(self, done, kind):
        """Return the records of a kind that an action made."""
        model = {"order": "sale.order", "return": "retail.sync.return", "shipment": "stock.picking"}[kind]
        return self.env[model].browse([document.id for document in done.documents if document.kind == kind])

    @staticmethod
    def total(order):
        return Decimal(f"{order.amount_total:.2f}")
