"""The service panel of a ticket: what the agent API answers, for the user of the screen."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from odoo import api, fields, models

from ...api.errors import ApiProblem, answer_of, correlation_id_of
from ...api.schemas.requests import ActionRequest, Submission
from ...domain.control.caller import Caller
from ..access.callers import caller_of_user
from ..look_up.look_ups import LookUps
from ..policy.store import reasons
from ..requests.answers import action_result
from ..requests.eligibility import eligibility_of
from ..requests.preview import preview
from ..requests.submit import submit

_REQUEST: TypeAdapter[Any] = TypeAdapter(ActionRequest)
Document = dict[str, Any]


class ServicePanel(models.AbstractModel):
    """Answers the panel of a ticket's form. A rule that says no is an answer: {"problem": a problem document}."""

    _name = "retail.sync.service.panel"
    _description = "Service panel of a ticket"

    @api.model
    def overview(self, ticket_id: int) -> Document:
        """Return {customer, orders, more_orders, reasons}; without a customer, {"customer": None}."""
        ticket = self._ticket(ticket_id)
        customer = ticket.sudo().partner_id
        if not customer:
            return {"customer": None}

        def answer(caller: Caller) -> Document:
            look_ups = LookUps(self.env(su=True), caller)
            found = look_ups.overview(customer.commercial_partner_id.id).model_dump(mode="json")
            return {
                "customer": found["customer"],
                "orders": found["orders"],
                "more_orders": found["more_orders"],
                "reasons": self._reasons(),
            }

        return self._answer(ticket, "customers.read", answer)

    @api.model
    def order(self, ticket_id: int, order_id: int, reason: str = "other", verified_by: str = "") -> Document:
        """Return {order, money, entries, verdicts} of an order; {"money": None} where the user may not see it."""

        def answer(caller: Caller) -> Document:
            look_ups = LookUps(self.env(su=True), caller)
            verdicts = eligibility_of(self.env(su=True), caller, order_id, reason)
            return {
                "order": look_ups.order(order_id).order.model_dump(mode="json"),
                "money": self._money(look_ups, order_id),
                "entries": look_ups.timeline(order_id).model_dump(mode="json")["entries"],
                "verdicts": verdicts.model_dump(mode="json")["actions"],
            }

        return self._answer(self._ticket(ticket_id), "orders.read", answer, verified_by)

    @api.model
    def verdict(self, ticket_id: int, order_id: int, action: str, reason: str, verified_by: str = "") -> Document:
        """Return the verdict of one action for a reason: what is possible at most, by line."""

        def answer(caller: Caller) -> Document:
            found = eligibility_of(self.env(su=True), caller, order_id, reason).model_dump(mode="json")["actions"]
            return next((item for item in found if item["action"] == action), {"problem": {"title": action}})

        return self._answer(self._ticket(ticket_id), "orders.read", answer, verified_by)

    @api.model
    def preview(self, ticket_id: int, order_id: int, request: Document, verified_by: str = "") -> Document:
        """Return the preview of an action, as the agent API does."""

        def answer(caller: Caller) -> Document:
            asked = _REQUEST.validate_python({**request, "ticket": ticket_id})
            return preview(self.env(su=True), caller, order_id, asked).model_dump(mode="json")

        return self._answer(self._ticket(ticket_id), "orders.read", answer, verified_by)

    @api.model
    def submit(self, ticket_id: int, order_id: int, asked: Document, key: str, verified_by: str = "") -> Document:
        """Carry out what was previewed, once for a key.

        :param asked: {request, token, override_reason}
        """

        def answer(caller: Caller) -> Document:
            body = {**asked, "request": {**asked["request"], "ticket": ticket_id}}
            submission = Submission.model_validate(body)
            stored = submit(self.env(su=True), caller, order_id, submission, key, json.dumps(body).encode())
            found = json.loads(stored.text)
            return found if stored.status < 400 else {"problem": found}

        return self._answer(self._ticket(ticket_id), "orders.read", answer, verified_by)

    @api.model
    def follow(self, ticket_id: int, uuid: str) -> Document:
        """Return what became of an action."""

        def answer(caller: Caller) -> Document:
            action = self.env["retail.sync.action"].sudo().search([("uuid", "=", uuid)])
            if not action or action.company_id.id not in caller.companies:
                raise ApiProblem("not_found")
            return action_result(self.env(su=True), caller, action).model_dump(mode="json")

        return self._answer(self._ticket(ticket_id), "orders.read", answer)

    def _money(self, look_ups: LookUps, order_id: int) -> Document | None:
        try:
            return look_ups.money(order_id).model_dump(mode="json")
        except ApiProblem:
            # A policy may ask for a verified customer first; the order is shown all the same.
            return None

    def _ticket(self, ticket_id: int) -> Any:
        ticket = self.env["helpdesk.ticket"].browse(ticket_id)
        ticket.check_access("read")
        return ticket

    def _reasons(self) -> list[Document]:
        rows = reasons(self.env, self.env.lang or "")
        return [{"code": row.code, "text": row.text, "actions": list(row.actions)} for row in rows]

    def _answer(self, ticket: Any, scope: str, answer: Callable[[Caller], Document], verified_by: str = "") -> Document:
        caller = caller_of_user(self.env, self.env.user, ticket)
        if verified_by:
            caller = replace(caller, verified_by=verified_by, verified_at=fields.Datetime.now())
        try:
            if scope not in caller.scopes:
                raise ApiProblem("scope_missing")
            return answer(caller)
        except ApiProblem as problem:
            return {"problem": dict(answer_of(problem, caller.correlation_id or correlation_id_of(None)).body)}
        except ValidationError as error:
            faults = [{"pointer": "/".join(map(str, item["loc"])), "detail": item["msg"]} for item in error.errors()]
            problem = ApiProblem("invalid_values", errors=faults)
            return {"problem": dict(answer_of(problem, caller.correlation_id or correlation_id_of(None)).body)}
