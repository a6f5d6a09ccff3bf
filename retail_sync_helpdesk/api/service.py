"""Who answers: the admission that lets a caller in, and the service that reads and acts for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from .operations import Operation
from .schemas.actions import ActionPage, ActionResult, Eligibility, Preview, Reasons
from .schemas.caller import Me
from .schemas.customer import CustomerAnswer, CustomerMatches, Overview
from .schemas.finance import Money
from .schemas.order import OrderAnswer, OrderMatches, OrderPage, Timeline
from .schemas.requests import ActionRequest, Submission
from .schemas.stock import Stock
from .schemas.ticket import TicketPage

__all__ = ["Service", "Call", "Admission", "LookUp", "PageAsked", "Session", "StoredAnswer", "admission_of"]


@dataclass(frozen=True, slots=True)
class Call:
    """What the headers of a request say.

    :param key: the API key, None where there is none
    :param verified_by: how the agent has verified the customer, empty: not at all
    :param verified_at: naive UTC
    :param language: preferred language of sentences, as the header names it
    """

    key: str | None
    correlation_id: str
    verified_by: str = ""
    verified_at: datetime | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class PageAsked:
    """A part of a list that is asked for. ``limit``: rows, 1 to 200."""

    limit: int
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class LookUp:
    """What is known of a customer; None: not known."""

    email: str | None = None
    phone: str | None = None
    order_number: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The answer to an action: the text is sent as it is, since the same request has to get the same bytes again."""

    status: int
    text: str
    replayed: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


class Service(Protocol):
    """Answers for one caller. Raises ApiProblem; every record is looked for within what the caller may see."""

    def me(self) -> Me: ...

    def reasons(self) -> Reasons: ...

    def find_customers(self, known: LookUp) -> CustomerMatches: ...

    def customer(self, customer_id: int) -> CustomerAnswer: ...

    def overview(self, customer_id: int) -> Overview: ...

    def orders_of(self, customer_id: int, page: PageAsked) -> OrderPage: ...

    def tickets_of(self, customer_id: int, only_open: bool, page: PageAsked) -> TicketPage: ...

    def find_orders(self, by: str, value: str) -> OrderMatches: ...

    def order(self, order_id: int) -> OrderAnswer: ...

    def timeline(self, order_id: int) -> Timeline: ...

    def money(self, order_id: int) -> Money: ...

    def eligibility(self, order_id: int, reason: str) -> Eligibility: ...

    def stock(self, skus: Sequence[str], alternatives: bool) -> Stock: ...

    def preview(self, order_id: int, request: ActionRequest) -> Preview: ...

    def submit(self, order_id: int, submission: Submission, key: str, body: bytes) -> StoredAnswer:
        """Carry an action out once for a key.

        :param key: the ``Idempotency-Key``, already read
        :param body: the request as it came: the key stands for these bytes
        """

    def actions(self, order_id: int | None, page: PageAsked) -> ActionPage: ...

    def action(self, uuid: str) -> ActionResult: ...


@dataclass(frozen=True, slots=True)
class Session:
    """A caller that was let in. ``headers``: of the answer, such as what is left of its limits."""

    service: Service
    headers: Mapping[str, str] = field(default_factory=dict)


class Admission(Protocol):
    """Lets callers in, or raises ApiProblem: by key, scope, limits and the number of look-ups that run."""

    def enter(self, operation: Operation, call: Call) -> AbstractContextManager[Session]:
        """Return a context; its end frees the place among the look-ups that run."""


async def admission_of() -> Admission:
    """Stand for the admission until an application overrides this dependency with its own."""
    raise RuntimeError("An application of the agent API has a admission: override `admission_of`.")
