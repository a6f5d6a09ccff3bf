"""The life of an order exception: opened once per occurrence of its cause, solved when the cause has gone."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

__all__ = ["IGNORED", "OPEN", "PRIORITIES", "SOLVED", "STATES", "Known", "Step", "key_of", "next_step", "priority_of"]

OPEN, IGNORED, SOLVED = "open", "ignored", "solved"
STATES = (OPEN, IGNORED, SOLVED)
# From the least urgent on; those of the entity case.
PRIORITIES = ("low", "medium", "high")


class Step(Enum):
    """What becomes of the exceptions of one order and rule."""

    keep = "keep"
    open = "open"
    solve = "solve"


@dataclass(frozen=True, slots=True)
class Known:
    """The latest exception of an order and a rule, as it is stored. ``ordinal`` counts occurrences from 1."""

    ordinal: int
    state: str


def next_step(known: Known | None, is_caused: bool) -> tuple[Step, int]:
    """Return what to do, and the ordinal of the exception to which it is done (0: none is touched).

    A cause that stays opens nothing again: what is open or ignored covers it until it has gone.
    """
    if known is None or known.state == SOLVED:
        return (Step.open, (known.ordinal if known else 0) + 1) if is_caused else (Step.keep, 0)
    return (Step.keep, known.ordinal) if is_caused else (Step.solve, known.ordinal)


def key_of(order_id: int, code: str, ordinal: int) -> str:
    """Return the key of an exception: the same occurrence always has the same."""
    return f"{order_id}:{code}:{ordinal}"


def priority_of(value: Decimal, thresholds: tuple[Decimal, Decimal], base: str = "medium") -> str:
    """Return the priority of an exception.

    :param value: of the order or of the customer, in the currency of the company
    :param thresholds: from which value it is of medium, and of high priority; 0: that priority is not reached by value
    :param base: the least priority, as the rule says
    """
    medium, high = thresholds
    by_value = "low"
    if high > 0 and value >= high:
        by_value = "high"
    elif medium > 0 and value >= medium:
        by_value = "medium"
    return max(by_value, base, key=PRIORITIES.index)
