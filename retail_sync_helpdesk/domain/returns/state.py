"""Where a return stands, by its parts: each is one product of one delivery."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

__all__ = ["OPEN", "STATES", "Part", "Stage", "state_of", "stage_of"]

STATES = ("announced", "expected", "partly_received", "received", "inspected", "closed", "cancelled")
OPEN = STATES[:5]


class Stage(str, Enum):
    """Where a part stands."""

    unplanned = "unplanned"  # no receipt waits for it
    expected = "expected"
    received = "received"
    finished = "finished"  # received, and paid back or closed
    cancelled = "cancelled"


# States of OCA rma. What is not named here has been received.
_STAGES = {
    "draft": Stage.unplanned,
    "confirmed": Stage.expected,
    "cancelled": Stage.cancelled,
    "refunded": Stage.finished,
    "returned": Stage.finished,
    "replaced": Stage.finished,
    "finished": Stage.finished,
}
_BACK = frozenset({Stage.received, Stage.finished})


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a return. ``back``: whether the warehouse has it; money may be paid back before."""

    stage: Stage
    back: bool


def stage_of(rma_state: str) -> Stage:
    """Return the stage that a state of OCA rma stands for."""
    return _STAGES.get(rma_state, Stage.received)


def state_of(parts: Iterable[Part], to_inspect: Decimal) -> str:
    """Return the state of a return, of STATES.

    :param to_inspect: quantity that was received and has no inspection result yet
    """
    alive = [part for part in parts if part.stage is not Stage.cancelled]
    if not alive:
        return "cancelled"
    back = [part for part in alive if part.stage in _BACK and part.back]
    if len(back) < len(alive):
        if back:
            return "partly_received"
        return "expected" if any(part.stage is not Stage.unplanned for part in alive) else "announced"
    if to_inspect > 0:
        return "received"
    return "closed" if all(part.stage is Stage.finished for part in alive) else "inspected"
