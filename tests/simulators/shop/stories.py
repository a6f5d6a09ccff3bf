"""What happens to each order, step by step: the same numbers give the same stories. Plain Python."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# {kind of story: (weight, steps)}. What the steps do is in `till.py`.
KINDS: dict[str, tuple[int, tuple[str, ...]]] = {
    "quotation": (6, ("send",)),
    "waiting": (8, ("confirm",)),
    "late": (5, ("confirm_unstocked", "promise_past")),
    "hold": (4, ("confirm", "hold")),
    "backordered": (7, ("confirm", "ship_part")),
    "rest_cancelled": (3, ("confirm", "ship_part", "cancel_rest", "invoice", "pay")),
    "shipped": (9, ("confirm", "ship_part", "track", "ship_rest")),
    "late_parcel": (4, ("confirm", "promise_past", "ship_part", "track")),
    "invoiced": (10, ("confirm", "ship_part", "ship_rest", "track", "invoice")),
    "partly_paid": (4, ("confirm", "ship_all", "invoice", "pay_part")),
    "paid": (24, ("confirm", "ship_part", "ship_rest", "track", "invoice", "pay")),
    "paid_first": (5, ("confirm", "invoice", "pay", "ship_all")),
    "return_requested": (2, ("confirm", "ship_all", "invoice", "pay", "ask_return")),
    "returned": (2, ("confirm", "ship_all", "invoice", "pay", "ask_return", "receive_return")),
    "refunded": (4, ("confirm", "ship_all", "invoice", "pay", "ask_return", "receive_return", "credit", "refund")),
    "cancelled": (3, ("confirm", "cancel")),
}
# Of a benchmark: two deliveries, an invoice and its payment; one of twenty comes back.
FULL = ("confirm", "ship_part", "invoice", "ship_rest", "pay")
FULL_RETURNED = (*FULL, "ask_return", "receive_return", "credit", "refund")
RETURNED_EVERY = 20


@dataclass(frozen=True, slots=True)
class Story:
    """One order: its number in the shop, its kind, and its steps in order."""

    number: int
    kind: str
    steps: tuple[str, ...]


def stories(count: int, seed: int = 1) -> list[Story]:
    """Return so many stories of all kinds, by their weights; each kind at least once if there is room."""
    draw = random.Random(seed)
    kinds = list(KINDS)
    weights = [KINDS[kind][0] for kind in kinds]
    chosen = (kinds + draw.choices(kinds, weights, k=max(0, count - len(kinds))))[:count]
    draw.shuffle(chosen)
    return [Story(number, kind, KINDS[kind][1]) for number, kind in enumerate(chosen)]


def full_stories(count: int) -> list[Story]:
    """Return so many stories from order to payment, one of twenty of them to the refund."""
    return [Story(number, "full", FULL_RETURNED if number % RETURNED_EVERY == 0 else FULL) for number in range(count)]


def interleaved(given: Sequence[Story], seed: int = 1) -> Iterator[tuple[Story, str]]:
    """Yield (story, step) at random over all stories; the steps of one story in their order. "create" comes first."""
    draw = random.Random(seed)
    left = [(story, ["create", *story.steps]) for story in given]
    while left:
        at = draw.randrange(len(left))
        story, steps = left[at]
        yield story, steps.pop(0)
        if not steps:
            left[at] = left[-1]
            left.pop()


def in_turn(given: Sequence[Story]) -> Iterator[tuple[Story, str]]:
    """Yield (story, step), one story after the other."""
    for story in given:
        for step in ("create", *story.steps):
            yield story, step
