"""What an executor of an action is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from ...api.schemas.actions import Effect, PreviewLine
from ...api.schemas.base import Reference
from ...domain.control.caller import Caller
from ...domain.service.order_facts import OrderFacts
from ...domain.service.policy import Policy
from ...domain.service.verdicts import Verdict

__all__ = ["Done", "Executor", "Shown", "Work"]


@dataclass(frozen=True)
class Work:
    """One action on one order, judged and allowed.

    :param env: with the right of the system, the company of the order, and the language of the caller
    :param order: ``sale.order``, locked, with its ``sync_money_version`` raised, when it is carried out
    :param request: the document of ``api/schemas/requests.py``
    :param facts: read after the lock
    :param verdict: with its ``offer``, of refunds
    :param policy: None where none applies
    :param action: ``retail.sync.action`` of this request; empty in a preview
    :param now: naive UTC
    """

    env: Any
    order: Any
    request: Any
    facts: OrderFacts
    verdict: Verdict
    caller: Caller
    policy: Policy | None
    action: Any
    now: datetime


@dataclass(frozen=True)
class Shown:
    """What an action would do, for its preview.

    :param amounts: credit, debt, money, kept, value; in the currency of the order
    :param given_away: in the currency of the order: what thresholds and caps compare
    :param method: how money goes back
    :param options: what else was chosen, which a changed preview must tell: address, method, warehouse, fees
    """

    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    given_away: Decimal = Decimal(0)
    lines: tuple[PreviewLine, ...] = ()
    effects: tuple[Effect, ...] = ()
    method: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What was done. ``refunds``: ``retail.sync.refund`` records, whose money leaves after the commit."""

    documents: tuple[Reference, ...] = ()
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    refunds: Any = None
    note: str = ""


@dataclass(frozen=True)
class Executor:
    """An action.

    :param show: says what it would do, and writes nothing
    :param carry_out: does it, within a savepoint of the caller; raises ApiProblem("conflict") where Odoo refuses
    :param moves_money: whether its key is kept for 400 days
    """

    action: str
    show: Callable[[Work], Shown]
    carry_out: Callable[[Work], Done]
    moves_money: bool = False
