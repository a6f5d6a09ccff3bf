from datetime import date, datetime
from decimal import Decimal

from ...api.schemas.requests import (
    AskedLine,
    ClaimedLine,
    Exchange,
    RefundLines,
    Replace,
    ReturnGoods,
    WantedProduct,
)
from ...domain.control.caller import Caller
from ...domain.service.eligibility import Surroundings, judge
from ...domain.service.order_facts import Actor
from ...domain.service.policy import Policy
from ...models.actions.executors import EXECUTORS
from ...models.actions.work import Work
from ...models.requests.asked import asked_of
from ...models.service_facts.read import order_facts
from ..goods_back.return_case import ReturnCase

KINDS = {ReturnGoods: "return", Replace: "replace", Exchange: "exchange", RefundLines: "refund_lines"}


class GoodsCase(ReturnCase):
    """Actions about goods, judged and allowed before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = Policy(1)

    def request(self, kind, order, *quantities, wanted=(), reason="damaged", **values):
        """Return a request: a quantity of each of the first lines of an order, and (SKU, quantity) that are wanted."""
        lines = tuple(
            (ClaimedLine if kind is RefundLines else AskedLine)(line_id=line.id, quantity=str(quantity))
            for line, quantity in zip(order.order_line, quantities, strict=False)
            if quantity
        )
        if wanted:
            values["wanted"] = tuple(WantedProduct(sku=sku, quantity=str(number)) for sku, number in wanted)
        return kind(action=KINDS[kind], reason=reason, lines=lines, **values)

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

    def facts(self, order):
        self.env.flush_all()
        self.env.invalidate_all()
        return order_facts(self.env, order, {order.id: self.policy})[order.id]

    def verdict(self, order, request):
        """Return the verdict of a request, by the facts as they are."""
        return judge(asked_of(request), self.facts(order), self.around(order))

    def refusals(self, order, request):
        return [refused.code for refused in self.verdict(order, request).refusals]

    def around(self, order):
        actor = Actor("user/1", scopes=frozenset(KINDS.values()), companies=frozenset(order.company_id.ids))
        return Surroundings(actor, self.policy, datetime.now(), date.today())

    def work(self, order, request, action=None):
        facts = self.facts(order)
        verdict = judge(asked_of(request), facts, self.around(order))
        empty = self.env["retail.sync.action"]
        caller = Caller("user/1", scopes=frozenset(KINDS.values()), companies=frozenset(order.company_id.ids))
        return Work(self.env, order, request, facts, verdict, caller, self.policy, action or empty, datetime.now())

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
