"""A admission and a service that keep a few records in memory: the API is tested over them without Odoo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from retail_sync_helpdesk.api.errors import ApiProblem
from retail_sync_helpdesk.api.operations import OPERATIONS, Operation
from retail_sync_helpdesk.api.schemas.actions import (
    ActionPage,
    ActionResult,
    ActionVerdict,
    Eligibility,
    Preview,
    Reason,
    Reasons,
)
from retail_sync_helpdesk.api.schemas.base import Reference, Rule
from retail_sync_helpdesk.api.schemas.caller import Me
from retail_sync_helpdesk.api.schemas.customer import Customer, CustomerAnswer, CustomerMatch, CustomerMatches, Overview
from retail_sync_helpdesk.api.schemas.finance import Money
from retail_sync_helpdesk.api.schemas.order import (
    Order,
    OrderAnswer,
    OrderLine,
    OrderMatches,
    OrderPage,
    OrderRow,
    Timeline,
    TimelineEntry,
)
from retail_sync_helpdesk.api.schemas.requests import ActionRequest, Submission
from retail_sync_helpdesk.api.schemas.stock import ProductStock, Stock
from retail_sync_helpdesk.api.schemas.ticket import TicketPage, TicketRow
from retail_sync_helpdesk.api.service import Call, LookUp, PageAsked, Service, Session, StoredAnswer
from retail_sync_helpdesk.domain.api import paging
from retail_sync_helpdesk.domain.api.canonical_json import digest
from retail_sync_helpdesk.domain.api.idempotency import StoredKey, decide, request_hash
from retail_sync_helpdesk.domain.api.preview_token import Preview as TokenPreview
from retail_sync_helpdesk.domain.api.preview_token import TokenState, check_token, issue_token
from retail_sync_helpdesk.domain.api.signed_text import SigningKey

KEY = "stand-in-key"
NOW = datetime(2026, 12, 1, 8, 0, tzinfo=timezone.utc)
SIGNING = (SigningKey("test", b"0" * 32),)
ROW = OrderRow(
    id=7, number="S00007", ordered_at=NOW, state="sale", stage="shipped", payment="paid", total="129.90", currency="EUR"
)
TICKET = TicketRow(id=3, number="HT00003", subject="Late parcel", stage="New", open=True, updated_at=NOW)


@dataclass
class StandIn:
    """Records and settings. ``scopes``: of the only key; ``busy``: whether too many look-ups run."""

    scopes: set[str] = field(
        default_factory=lambda: {operation.scope for operation in OPERATIONS.values()} | {"return"}
    )
    read_only: bool = False
    busy: bool = False
    limited: bool = False
    fails: Exception | None = None
    money_version: int = 0
    now: datetime = NOW
    keys: dict[str, StoredKey] = field(default_factory=dict)
    done: list[ActionResult] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    inside: int = 0

    # -- the admission

    @contextmanager
    def enter(self, operation: Operation, call: Call) -> Iterator[Session]:
        """Let the only key in."""
        self.calls.append(call)
        headers = {"RateLimit-Limit": "10", "RateLimit-Remaining": "9", "RateLimit-Reset": "6"}
        if call.key != KEY:
            raise ApiProblem("not_authenticated")
        if self.limited:
            raise ApiProblem("rate_limited", headers={**headers, "Retry-After": "6"})
        if operation.scope and operation.scope not in self.scopes:
            raise ApiProblem("scope_missing", f"The scope {operation.scope} is missing.")
        if operation.acts and self.read_only:
            raise ApiProblem("read_only")
        if operation.looks_up and self.busy:
            raise ApiProblem("busy", headers={"Retry-After": "1"})
        self.inside += 1
        try:
            yield Session(self, headers)
        finally:
            self.inside -= 1

    # -- the service

    def me(self) -> Me:
        """Tell what the key may do."""
        return Me(
            as_of=self.now,
            name="Desk",
            kind="person",
            scopes=tuple(sorted(self.scopes)),
            companies=("Main",),
            read_only=self.read_only,
        )

    def reasons(self) -> Reasons:
        """Tell the only reason."""
        return Reasons(as_of=self.now, items=(Reason(code="damaged", text="Damaged", actions=("return",)),))

    def find_customers(self, known: LookUp) -> CustomerMatches:
        """Find the only customer."""
        if self.fails:
            raise self.fails
        found = known.email == "ada@example.com" or known.order_number == "S00007"
        match = CustomerMatch(id=5, name="Ada", quality="strong", agree=("email",))
        return CustomerMatches(as_of=self.now, items=(match,) if found else ())

    def customer(self, customer_id: int) -> CustomerAnswer:
        """Tell about the only customer."""
        return CustomerAnswer(as_of=self.now, customer=self._customer(customer_id))

    def overview(self, customer_id: int) -> Overview:
        """Tell everything about the only customer."""
        return Overview(
            as_of=self.now,
            customer=self._customer(customer_id),
            orders=(ROW,),
            more_orders=False,
            tickets=(TICKET,),
            more_tickets=False,
        )

    def _customer(self, customer_id: int) -> Customer:
        self._known(customer_id, 5)
        hidden = () if "contact.read" in self.scopes else ("email", "phone", "addresses")
        email = None if hidden else "ada@example.com"
        return Customer(id=5, name="Ada", email=email, currency="EUR", masked=hidden)

    def orders_of(self, customer_id: int, page: PageAsked) -> OrderPage:
        """List 120 orders."""
        self._known(customer_id, 5)
        ids, cursor = self._rows(page, "orders", 120)
        rows = tuple(ROW.model_copy(update={"id": number, "number": f"S{number:05}"}) for number in ids)
        return OrderPage(as_of=self.now, items=rows, next_cursor=cursor)

    def tickets_of(self, customer_id: int, only_open: bool, page: PageAsked) -> TicketPage:
        """List the only ticket."""
        self._known(customer_id, 5)
        self._rows(page, "tickets", 1)
        return TicketPage(as_of=self.now, items=(TICKET,))

    def _rows(self, page: PageAsked, name: str, most: int) -> tuple[list[int], str | None]:
        after = 0
        if page.cursor is not None:
            place = paging.place_of(page.cursor, KEY, {"list": name}, SIGNING)
            if place is None:
                raise ApiProblem("invalid_cursor")
            after = int(place.after[0] or 0)
        ids = list(range(after + 1, min(after + page.limit, most) + 1))
        more = bool(ids) and ids[-1] < most
        return ids, paging.cursor_of(paging.Place((ids[-1],)), KEY, {"list": name}, SIGNING) if more else None

    def find_orders(self, by: str, value: str) -> OrderMatches:
        """Find the only order."""
        return OrderMatches(as_of=self.now, items=(ROW,) if value == "S00007" else ())

    def order(self, order_id: int) -> OrderAnswer:
        """Tell about the only order."""
        self._known(order_id, 7)
        line = OrderLine(
            id=70, kind="goods", name="Lamp", ordered="1", delivered="1", unit_price="129.90", total="129.90"
        )
        return OrderAnswer(
            as_of=self.now,
            order=Order(
                id=7,
                number="S00007",
                customer_id=5,
                company="Main",
                ordered_at=NOW,
                state="sale",
                payment="paid",
                total="129.90",
                untaxed="109.16",
                currency="EUR",
                lines=(line,),
            ),
        )

    def timeline(self, order_id: int) -> Timeline:
        """Tell the only milestone."""
        self._known(order_id, 7)
        entry = TimelineEntry(
            kind="shipped", ordinal=1, at=NOW, seen_at=NOW, text="Shipped", document=Reference(kind="shipment", id=9)
        )
        return Timeline(as_of=self.now, order_id=7, entries=(entry,))

    def money(self, order_id: int) -> Money:
        """Tell the money of the only order, to a verified customer."""
        self._known(order_id, 7)
        if not self.calls[-1].verified_by:
            raise ApiProblem("verification_required")
        nothing = dict.fromkeys(("credited", "refunded", "pending"), "0.00")
        paid = dict.fromkeys(("ordered", "invoiced", "paid"), "129.90")
        return Money(as_of=self.now, order_id=7, currency="EUR", invoices=(), payments=(), **nothing, **paid)

    def eligibility(self, order_id: int, reason: str) -> Eligibility:
        """Allow a return, refuse to cancel."""
        self._known(order_id, 7)
        left = Rule(rule="goods_left", force="fact", text="Goods have left.", values={"shipment": "OUT/1"})
        return Eligibility(
            as_of=self.now,
            order_id=7,
            currency="EUR",
            actions=(
                ActionVerdict(action="return", allowed=True),
                ActionVerdict(action="cancel_order", allowed=False, refusals=(left,)),
            ),
        )

    def stock(self, skus: list[str], alternatives: bool) -> Stock:
        """Know no product."""
        return Stock(as_of=self.now, items=tuple(ProductStock(sku=sku) for sku in skus))

    def preview(self, order_id: int, request: ActionRequest) -> Preview:
        """Show a return."""
        self._known(order_id, 7)
        token = issue_token(self._shown(order_id, request), self._naive(), SIGNING)
        return Preview(
            as_of=self.now,
            token=token,
            valid_until=self.now + timedelta(minutes=10),
            order_id=7,
            verdict=ActionVerdict(action=request.action, allowed=True),
            currency="EUR",
            amounts={"credit": "10.00"},
        )

    def submit(self, order_id: int, submission: Submission, key: str, body: bytes) -> StoredAnswer:
        """Act once for a key."""
        self._known(order_id, 7)
        hash_now = request_hash("POST", f"/orders/{order_id}/actions", KEY, body)
        found = decide(self.keys.get(key), True, hash_now, self._naive())
        if found.problem:
            raise ApiProblem(found.problem)
        if not found.acts:
            return StoredAnswer(found.status, found.answer, replayed=True)
        verdict = check_token(submission.token, self._shown(order_id, submission.request), self._naive(), SIGNING)
        if not verdict.accepted:
            code = {TokenState.stale: "preview_stale", TokenState.expired: "preview_expired"}
            preview = self.preview(order_id, submission.request).model_dump(mode="json")
            stale = verdict.state is TokenState.stale
            raise ApiProblem(code.get(verdict.state, "preview_invalid"), more={"preview": preview} if stale else {})
        if submission.request.action not in self.scopes:
            raise ApiProblem("scope_missing")
        result = self._act(order_id, submission.request)
        text = result.model_dump_json()
        self.keys[key] = StoredKey(hash_now, self._naive() + timedelta(days=1), 201, text)
        return StoredAnswer(201, text)

    def _act(self, order_id: int, request: ActionRequest) -> ActionResult:
        number = len(self.done) + 1
        self.money_version += 1
        self.done.append(
            ActionResult(
                as_of=self.now,
                uuid=f"00000000-0000-4000-8000-{number:012}",
                action=request.action,
                state="done",
                order_id=order_id,
                order_number="S00007",
                currency="EUR",
                submitted_at=self.now,
            )
        )
        return self.done[-1]

    def actions(self, order_id: int | None, page: PageAsked) -> ActionPage:
        """List what was done."""
        self._rows(page, "actions", 1)
        return ActionPage(as_of=self.now, items=tuple(self.done[: page.limit]))

    def action(self, uuid: str) -> ActionResult:
        """Tell about an action."""
        found = next((result for result in self.done if result.uuid == uuid), None)
        if found is None:
            raise ApiProblem("not_found")
        return found

    def _shown(self, order_id: int, request: ActionRequest) -> TokenPreview:
        options = {"request": digest(request.model_dump(mode="json"))}
        return TokenPreview("key/1", request.action, order_id, money_version=self.money_version, options=options)

    def _known(self, record_id: int, known: int) -> None:
        if record_id != known:
            raise ApiProblem("not_found")

    def _naive(self) -> datetime:
        return self.now.replace(tzinfo=None)


def check_form(stand_in: StandIn) -> Service:
    """Return the stand-in as what the API asks for; a type checker compares the two."""
    return stand_in
