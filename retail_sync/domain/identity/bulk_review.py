"""Questions to people about who a record is: what kind they are of, and which of many one answer suits."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LINK = "link"
CREATE = "create"
NON_MATCH = "non_match"
SECOND = "second"

# Why a question of a selection is left out, in the order in which the reasons are looked for.
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
class Question:
    """One question as it is now. ``suggestion``: the customer suggested first, as far as it is still there; ``score``:
    the evidence for it. ``linked``: it stands for another record of that platform already.
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
    """``chosen``: ids of the questions that are answered, in order. ``skipped``: {why: ids} of those left out."""

    chosen: tuple[int, ...]
    skipped: dict[str, tuple[int, ...]]


def plan(answer: str, questions: Iterable[Question]) -> Plan:
    """Say which of these questions one answer suits. Of those that want the same customer of one platform only the one
    with the most evidence is linked, at a tie the oldest: the others may be duplicates of it, or somebody else. A
    second record is one of a customer who is linked to another record of that platform: there may be more of them.
    """
    ordered = sorted(questions, key=lambda question: question.id)
    skipped: dict[str, list[int]] = {}
    fit = []
    for question in ordered:
        why = _unfit(answer, question)
        if why:
            skipped.setdefault(why, []).append(question.id)
        else:
            fit.append(question)
    if answer == LINK:
        winners: dict[tuple[int, int | None], Question] = {}
        for question in fit:
            held = winners.get((question.platform, question.suggestion))
            if held is None or question.score > held.score:
                winners[(question.platform, question.suggestion)] = question
        first = {question.id for question in winners.values()}
        rivals = [question.id for question in fit if question.id not in first]
        if rivals:
            skipped["rival"] = rivals
        fit = [question for question in fit if question.id in first]
    return Plan(tuple(question.id for question in fit), {why: tuple(skipped[why]) for why in SKIPS if skipped.get(why)})


def _unfit(answer: str, question: Question) -> str:
    if not question.is_open:
        return "answered"
    if not question.may_answer:
        return "no_access"
    if not question.as_seen:
        return "changed"
    if answer != CREATE and question.suggestion is None:
        return "no_suggestion"
    if answer in (LINK, SECOND) and not question.may_link:
        return "no_customer_access"
    if answer == SECOND and not question.linked:
        return "not_linked"
    if answer == LINK and question.linked:
        return "linked"
    # A number in common is asked about whatever else differs; unseen, nobody is linked against the evidence.
    if answer in (LINK, SECOND) and question.score < 0:
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
    """Tell whether somebody else agrees just as well as the first suggestion, as far as it was weighed."""
    scores = [(found.get("evidence") or {}).get("score") for found in candidates or ()]
    return len(scores) > 1 and scores[0] is not None and scores[1] == scores[0]


def score_of(candidates: Iterable[dict[str, Any]] | None) -> int:
    """Return the evidence for the first suggestion, in hundredths of a bit; 0 when it was not weighed."""
    for candidate in candidates or ():
        return int((candidate.get("evidence") or {}).get("score") or 0)
    return 0
