"""Match reviews: what stands for and against an answer, and to which of many reviews the same answer applies."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LINK = "link"
CREATE = "create"
NON_MATCH = "non_match"
SECOND = "second"

# Why a selected review is left out, in the order in which the reasons are checked.
SKIPS = (
    "answered",
    "no_access",
    "changed",
    "no_suggestion",
    "no_customer_access",
    "linked",
    "not_linked",
    "against",
    "rival",
)


@dataclass(frozen=True, slots=True)
class Review:
    """A match review as it is now. ``suggestion``: the customer suggested first, unless it was deleted; ``score``: the
    evidence for it. ``linked``: it stands for another record of that platform already.
    """

    id: int
    platform: int
    suggestion: int | None = None
    score: int = 0
    is_open: bool = True
    may_answer: bool = True
    as_seen: bool = True
    may_link: bool = True
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """``chosen``: ids of the reviews that are answered, in order. ``skipped``: {why: ids} of those left out."""

    chosen: tuple[int, ...]
    skipped: dict[str, tuple[int, ...]]


def plan(answer: str, reviews: Iterable[Review]) -> Plan:
    """Return the reviews to which the answer applies.

    Of reviews that suggest the same customer for the same platform, only the review with the most evidence is linked,
    at a tie the oldest: the others may be duplicates on the platform, or other customers. Secondary links have no
    such limit, because a customer may have several on one platform.
    """
    ordered = sorted(reviews, key=lambda review: review.id)
    skipped: dict[str, list[int]] = {}
    fit = []
    for review in ordered:
        why = _unfit(answer, review)
        if why:
            skipped.setdefault(why, []).append(review.id)
        else:
            fit.append(review)
    if answer == LINK:
        winners: dict[tuple[int, int | None], Review] = {}
        for review in fit:
            held = winners.get((review.platform, review.suggestion))
            if held is None or review.score > held.score:
                winners[(review.platform, review.suggestion)] = review
        first = {review.id for review in winners.values()}
        rivals = [review.id for review in fit if review.id not in first]
        if rivals:
            skipped["rival"] = rivals
        fit = [review for review in fit if review.id in first]
    return Plan(tuple(review.id for review in fit), {why: tuple(skipped[why]) for why in SKIPS if skipped.get(why)})


def _unfit(answer: str, review: Review) -> str:
    if not review.is_open:
        return "answered"
    if not review.may_answer:
        return "no_access"
    if not review.as_seen:
        return "changed"
    if answer != CREATE and review.suggestion is None:
        return "no_suggestion"
    if answer in (LINK, SECOND) and not review.may_link:
        return "no_customer_access"
    if answer == SECOND and not review.linked:
        return "not_linked"
    if answer == LINK and review.linked:
        return "linked"
    # A shared number leads to a review even if all else differs: a bulk answer must not link against the evidence.
    if answer in (LINK, SECOND) and review.score < 0:
        return "against"
    return ""


def agrees_most(candidates: Iterable[dict[str, Any]] | None) -> str:
    """Return the field that speaks most for the first suggestion, in the words of the evidence; "" when none does."""
    for candidate in candidates or ():
        weights: dict[str, int] = {}
        for part in (candidate.get("evidence") or {}).get("parts", ()):
            if part["field"] != "prior":
                # How rare a value is counts with the field it belongs to.
                weights[part["field"]] = weights.get(part["field"], 0) + part["weight"]
        best = max(weights, key=lambda field: (weights[field], field), default="")
        return best if best and weights[best] > 0 else ""
    return ""


def is_tie(candidates: Iterable[dict[str, Any]] | None) -> bool:
    """Return whether another candidate has the same score as the first suggestion; false when none was scored."""
    scores = [(found.get("evidence") or {}).get("score") for found in candidates or ()]
    return len(scores) > 1 and scores[0] is not None and scores[1] == scores[0]


def score_of(candidates: Iterable[dict[str, Any]] | None) -> int:
    """Return the evidence for the first suggestion, in hundredths of a bit; 0 when it was not weighed."""
    for candidate in candidates or ():
        return int((candidate.get("evidence") or {}).get("score") or 0)
    return 0
