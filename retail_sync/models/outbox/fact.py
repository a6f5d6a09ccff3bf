"""A claimed fact, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ...domain.resilience.faults import FaultError


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact to record: key, unique on the stream; the record it is about; what is sent; when it happened (UTC)."""

    key: str
    res_id: int
    payload: Any
    at: datetime


@dataclass(frozen=True, slots=True)
class ClaimedFact:
    """A claimed fact. (claim, fence) is the fencing token: a later claim has another one.

    may_have_arrived: it was on its way before, and nothing has shown since that it did not arrive.
    """

    id: int
    key: str
    res_model: str
    res_id: int
    payload: Any
    at: datetime
    attempts: int
    claim: str
    fence: int
    may_have_arrived: bool


@dataclass(frozen=True, slots=True)
class FactResult:
    """What is to become of a claimed fact.

    state: done, pending (again after `seconds`), open or unknown (for a person). refused: nothing of it can have
    arrived, so that it may be sent again at once. counts: whether this try counts.
    """

    fact: ClaimedFact
    state: str
    resolution: str = ""
    external_id: str | None = None
    seconds: float = 0
    refused: bool = False
    counts: bool = True
    fault: FaultError | None = None
