"""What an outside desk has of Odoo, the agent API over HTTPS, and the people who work in Odoo."""

from __future__ import annotations

from typing import Any

import requests

from setup.lib.rpc import OdooRpc
from tests.stack import Stack

from .commerce import invoice, ship
from .desk import DeskConnection

ROOT = "/retail_sync/api/v1"
LIMITS = {"burst": 100_000, "requests_per_minute": 100_000, "requests_per_day": 0}
VERIFIED = {"X-Verified-By": "phone_pin"}


class AgentApi:
    """The agent API with a key of a person's desk that may do everything.

    url: of the proxy; authority: the certificate that it is trusted by.
    """

    def __init__(self, stack: Stack, url: str, authority: str) -> None:
        self.url, self.authority = f"{url}{ROOT}", authority
        scopes = stack.rpc("retail.sync.api.scope", "search", [[]])
        values = {"name": "Outside desk", "scope_ids": [[6, 0, scopes]], "verification_methods": "phone_pin", **LIMITS}
        [key] = stack.rpc("retail.sync.api.key", "create", [[values]])
        self.secret = stack.rpc("retail.sync.api.key", "action_issue", [[key]])["context"]["default_key"]

    def call(self, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        """The answer to a request. Raises AssertionError when its status is another one."""
        sent = {"Authorization": f"Bearer {self.secret}", **VERIFIED, **headers}
        method = "GET" if body is None else "POST"
        answer = requests.request(
            method, f"{self.url}{path}", json=body, headers=sent, timeout=60, verify=self.authority
        )
        if answer.status_code != status:
            raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()

    # -- look-ups
    def ticket(self, email: str, number: int) -> dict[str, Any] | None:
        """The ticket of a customer that has this number at the desk, if Odoo has it already."""
        for customer in self.call(f"/customers?email={email}")["items"]:
            for row in self.call(f"/customers/{customer['id']}/tickets?only_open=false")["items"]:
                if row["external_id"] == str(number):
                    return dict(row)
        return None

    def order_of(self, ticket: dict[str, Any]) -> int | None:
        """Id of the order that a ticket is about, None while Odoo has not linked it."""
        found = [document["id"] for document in ticket["about"] if document["kind"] == "order"]
        return int(found[0]) if found else None

    def line(self, order: int) -> int:
        """Id of the first line of goods."""
        lines = self.call(f"/orders/{order}")["order"]["lines"]
        return next(int(line["id"]) for line in lines if line["kind"] == "goods")

    def verdict(self, order: int, action: str, reason: str) -> dict[str, Any]:
        """What may be done now, of one action: allowed, approvable, the rules that say no."""
        actions = self.call(f"/orders/{order}/eligibility?reason={reason}")["actions"]
        return next(found for found in actions if found["action"] == action)

    # -- actions
    def act(self, order: int, key: str, request: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """(preview, answer) of an action that is previewed, submitted, and submitted again as if the answer was lost.

        Raises AssertionError when the two answers differ.
        """
        shown = self.call(f"/orders/{order}/actions/preview", {"request": request})
        body = {"request": request, "token": shown["token"]}
        first, again = (
            self.call(f"/orders/{order}/actions", body, 201, **{"Idempotency-Key": key}) for _number in range(2)
        )
        if first != again:
            raise AssertionError(f"two answers of one key: {first} and {again}")
        return shown, first

    def action(self, uuid: str) -> dict[str, Any]:
        """An action as it is now."""
        return dict(self.call(f"/actions/{uuid}"))


class People:
    """People who work in Odoo, each with the groups of the own work and no others."""

    GROUPS = {
        "supervisor": ("retail_sync_helpdesk.group_supervisor",),
        "finance": ("retail_sync_helpdesk.group_refund_finance",),
        "warehouse": ("stock.group_stock_user",),
    }

    def __init__(self, stack: Stack) -> None:
        self.supervisor, self.finance, self.warehouse = (self._hire(stack, name) for name in self.GROUPS)

    def _hire(self, stack: Stack, name: str) -> OdooRpc:
        password = f"{name}-of-the-service-stories"
        groups = []
        for xmlid in self.GROUPS[name]:
            module, _, local = xmlid.partition(".")
            [found] = stack.rpc(
                "ir.model.data", "search_read", [[("module", "=", module), ("name", "=", local)], ["res_id"]]
            )
            groups.append(found["res_id"])
        values = {"name": name.title(), "login": f"stories_{name}", "password": password, "group_ids": [[6, 0, groups]]}
        stack.rpc("res.users", "create", [[values]])
        return OdooRpc(stack.url, stack.db, f"stories_{name}", password)

    def approve(self, order: int) -> None:
        """Agree to what waits of an order, as a supervisor does in the list of approvals."""
        domain = [("order_id", "=", order), ("state", "=", "waiting"), ("for_me", "=", True)]
        [waiting] = self.supervisor("retail.sync.approval", "search", [domain])
        self.supervisor("retail.sync.approval", "action_approve", [[waiting]])

    def receive(self, order: int) -> None:
        """Validate the receipts of what comes back, as the warehouse does."""
        [back] = self.warehouse("retail.sync.return", "search_read", [[("order_id", "=", order)], ["picking_ids"]])
        domain = [("id", "in", back["picking_ids"]), ("state", "=", "assigned")]
        pickings = self.warehouse("stock.picking", "search", [domain])
        context = {"context": {"skip_backorder": True, "skip_sms": True}}
        if isinstance(asked := self.warehouse("stock.picking", "button_validate", [pickings], context), dict):
            raise AssertionError(f"the receipt was not validated: {asked}")

    def inspect(self, order: int, result: str) -> None:
        """Enter one result for all that came back, in the dialog of the warehouse."""
        [back] = self.warehouse("retail.sync.return", "search", [[("order_id", "=", order)]])
        wizard = self.warehouse("retail.sync.return", "action_inspect", [[back]])["res_id"]
        [dialog] = self.warehouse("retail.sync.return.inspect", "read", [[wizard], ["line_ids"]])
        self.warehouse("retail.sync.return.inspect.line", "write", [dialog["line_ids"], {"result": result}])
        self.warehouse("retail.sync.return.inspect", "action_confirm", [[wizard]])

    def pay_back(self, order: int) -> None:
        """Pay the refunds of an order at the bank, and say so, as finance does."""
        domain = [("order_id", "=", order), ("state", "=", "by_hand")]
        for refund in self.finance("retail.sync.refund", "search", [domain]):
            context = self.finance("retail.sync.refund", "action_paid_by_hand", [[refund]])["context"]
            [dialog] = self.finance(
                "retail.sync.refund.close", "create", [[{"reference": "BANK-1"}]], {"context": context}
            )
            self.finance("retail.sync.refund.close", "action_apply", [[dialog]])


class Till:
    """Orders of a customer that were delivered and billed, made as staff do."""

    def __init__(self, desk: DeskConnection, partner: int) -> None:
        self.desk, self.partner = desk, partner
        values = {"name": "Desk lamp", "type": "consu", "list_price": 100, "taxes_id": [[5]], "invoice_policy": "order"}
        [self.product] = desk.stack.rpc("product.product", "create", [[values]])

    def sell(self, quantity: int, price: float, paid: bool = True) -> tuple[int, str, int]:
        """(id, number, id of the invoice) of a new order that has left."""
        rpc = self.desk.stack.rpc
        line = {"product_id": self.product, "product_uom_qty": quantity, "price_unit": price}
        [order] = rpc("sale.order", "create", [[{"partner_id": self.partner, "order_line": [[0, 0, line]]}]])
        rpc("sale.order", "action_confirm", [[order]])
        self.ship(order)
        bill = invoice(self.desk, order)
        if paid:
            context = {"context": {"active_model": "account.move", "active_ids": [bill]}}
            [payment] = rpc("account.payment.register", "create", [[{}]], context)
            rpc("account.payment.register", "action_create_payments", [[payment]], context)
        [found] = rpc("sale.order", "read", [[order], ["name"]])
        return order, found["name"], bill

    def ship(self, order: int) -> None:
        """Let the goods of an order leave."""
        domain = [("sale_id", "=", order), ("picking_type_code", "=", "outgoing"), ("state", "!=", "done")]
        ship(self.desk, self.desk.stack.rpc("stock.picking", "search", [domain]))
