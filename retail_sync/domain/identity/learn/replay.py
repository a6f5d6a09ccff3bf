"""Past decisions under other weights: each stored waterfall is scored again from its levels, and decided on anew.

What the records looked like then is not known any more. So kept as they were: the candidates and their levels, what the
rules found, how rare a value was, how large the base was. A record that was created because no customer resembled it
left no decision, and cannot be replayed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..compare.agreement_levels import EXACT
from ..compare.field_levels import Comparison
from ..decide.decision import CREATE, LINK, REVIEW
from ..normalise.record import COMPANY, PERSON
from ..rules.vetoes import ALWAYS, WORTH_ASKING
from ..rules.vetoes import DIFFERENT as OTHER_CUSTOMER
from ..score.frequencies import CONTACT_FIELDS, CountedFrequencies
from ..score.model import Model, hundredths
from ..score.scoring import Part, score_comparison

ASK = "ask"
# Rules beside the evidence: who would be linked is asked about all the same.
DOUBTS = frozenset(("twin", "already_bound", "other_company", "parent_missing"))
# A review that stays open until a person decides.
ASKED = "asked"
_NO_COUNTS = CountedFrequencies()
_NO_FIELDS = frozenset(("prior", "address", "order"))
_FREQUENCY = "frequency"
# Rules about a person and a company, who are compared as two companies.
_MIXED = ("kind", "kind_doubt")


@dataclass(frozen=True, slots=True)
class Rescored:
    """A stored candidate under other weights. ``score`` is exactly the sum of the parts' weights."""

    candidate_id: int | str
    verdict: str
    score: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What would be decided. ``candidate_id``: who is linked, else the best candidate."""

    kind: str
    candidate_id: int | str
    score: int


def kind_of(fall: Mapping[str, Any], former: Model | None = None) -> str:
    """Whether people or companies were compared: by the fields among the parts, else by the weights these had."""
    fields = {part["field"] for part in fall["parts"]}
    if not fields.isdisjoint(("name", "form", "domain")) or any(veto["rule"] in _MIXED for veto in fall["vetoes"]):
        return COMPANY
    if fields.isdisjoint(("given", "family", "birthdate", "company")) and former is not None:
        for part in fall["parts"]:
            person, company = (former.weights[kind].get(part["field"], {}) for kind in (PERSON, COMPANY))
            if part["weight"] != person.get(part["level"]) and part["weight"] == company.get(part["level"]):
                return COMPANY
    return PERSON


def rescore(fall: Mapping[str, Any], model: Model, former: Model | None = None) -> Rescored:
    """A stored waterfall (``Waterfall.to_json``) under ``model``. ``former``: the weights it was made by, if known."""
    stored = fall["parts"]
    kind = kind_of(fall, former)
    levels = {
        part["field"]: part["level"]
        for part in stored
        if part["field"] not in _NO_FIELDS and part["level"] != _FREQUENCY
    }
    rarities = {part["field"]: part["weight"] for part in stored if part["level"] == _FREQUENCY}
    swapped = any(part["field"] == "order" for part in stored)
    scored = score_comparison(Comparison(kind, levels, {}, swapped), model, _NO_COUNTS)
    steps: list[tuple[str, str, int]] = []
    for part in scored.parts:
        if part.field == "prior":
            steps.append((part.field, part.level, _prior(stored, part.weight, kind, former)))
            continue
        steps.append((part.field, part.level, part.weight))
        if part.field in rarities:
            rarity = _rarity(part.field, rarities[part.field], kind, model, former)
            rarity = max(rarity, -max(part.weight, 0))  # as ever: a common value is never evidence against
            if rarity:
                steps.append((part.field, _FREQUENCY, rarity))
    total, parts = 0, []
    for field, level, weight in steps:
        total += weight
        parts.append(Part(field, level, weight, total))
    return Rescored(fall["candidate_id"], _verdict(fall["vetoes"], levels, total, model), total, tuple(parts))


def _prior(stored: Sequence[Mapping[str, Any]], weight: int, kind: str, former: Model | None) -> int:
    """The model's own, unless the base was so large that a lower one counted."""
    then = next((part["weight"] for part in stored if part["field"] == "prior"), weight)
    if former is not None and then >= former.prior_weights[kind]:
        return weight
    return min(weight, then)


def _rarity(field: str, stored: int, kind: str, model: Model, former: Model | None) -> int:
    """How much rarer or commoner than the average of its field a value is; the average is the model's. How many carry
    a contact is no matter of averages.
    """
    if former is None or field in CONTACT_FIELDS:
        return stored
    then, now = former.averages[kind].get(field, 0.0), model.averages[kind].get(field, 0.0)
    return stored + hundredths(now / then) if then and now and then != now else stored


def _verdict(vetoes: Sequence[Mapping[str, Any]], levels: Mapping[str, str], score: int, model: Model) -> str:
    if score >= model.trusted and model.sharing.is_independent():
        vetoes = [veto for veto in vetoes if veto["rule"] in ALWAYS]
    if any(veto["effect"] == OTHER_CUSTOMER for veto in vetoes):
        return OTHER_CUSTOMER
    if vetoes or score < model.link:
        certain = levels.get("number") == EXACT or any(veto["rule"] in WORTH_ASKING for veto in vetoes)
        return ASK if certain or score >= model.review else OTHER_CUSTOMER
    return LINK


def replay(
    decision: str, rule: str, evidence: Iterable[Mapping[str, Any]], model: Model, former: Model | None = None
) -> Outcome | None:
    """The ``Outcome`` of a logged decision under ``model``; ``None`` where its evidence does not tell.

    ``evidence``: the candidates that were kept, best first. Of several that could be linked it is known only what was
    found then: whether they are one customer. Otherwise a person is asked.
    """
    falls = [candidate["evidence"] for candidate in evidence if candidate.get("evidence")]
    chosen = next((fall["candidate_id"] for fall in falls if fall["verdict"] == LINK), None)
    if not falls or (decision == LINK and chosen is None):
        return None
    judged = sorted((rescore(fall, model, former) for fall in falls), key=lambda scored: -scored.score)
    possible = [scored for scored in judged if scored.verdict != OTHER_CUSTOMER]
    if not possible:
        return Outcome(REVIEW if rule == ASKED else CREATE, judged[0].candidate_id, judged[0].score)
    best = possible[0]
    linkable = [scored for scored in possible if scored.verdict == LINK]
    certain = best.verdict == LINK and (len(linkable) == 1 or rule == "survivor")
    doubted = rule in DOUBTS and (rule == "twin" or best.candidate_id == chosen)
    return Outcome(LINK if certain and not doubted else REVIEW, best.candidate_id, best.score)


@dataclass(frozen=True, slots=True)
class Answer:
    """What people said of a record: ``right``: it is this customer; ``wrong``: it is none of these. ``new``: it is
    no known customer.
    """

    right: int | None = None
    wrong: frozenset[int] = frozenset()
    new: bool = False

    def __bool__(self) -> bool:
        return self.new or self.right is not None or bool(self.wrong)


RIGHT_LINK, WRONG_LINK, ASKED_AGAIN, DUPLICATE, RIGHT_NEW, OPEN = (
    "right_link", "wrong_link", "asked", "duplicate", "right_new", "open",
)  # fmt: skip


def judge(outcome: Outcome, answer: Answer) -> str:
    """What an outcome is worth by what people said; "open" where they said nothing that tells."""
    if not answer:
        return OPEN
    if outcome.kind == REVIEW:
        return ASKED_AGAIN
    if outcome.kind == CREATE:
        return DUPLICATE if answer.right is not None else RIGHT_NEW if answer.new else OPEN
    if answer.right is not None:
        return RIGHT_LINK if outcome.candidate_id == answer.right else WRONG_LINK
    return WRONG_LINK if answer.new or outcome.candidate_id in answer.wrong else OPEN


def rates(counts: Mapping[str, int]) -> dict[str, float | None]:
    """Of the judged outcomes counted: precision (of links made, the right ones), recall (of records that people
    linked, those linked so without them), review (of all, those asked about). ``None``: nothing to divide by.
    """

    def share(part: int, whole: int) -> float | None:
        return part / whole if whole else None

    right, wrong = counts.get(RIGHT_LINK, 0), counts.get(WRONG_LINK, 0)
    return {
        "precision": share(right, right + wrong),
        "recall": share(right, counts.get("known", 0)),
        "review": share(counts.get(ASKED_AGAIN, 0), counts.get("answered", 0)),
    }
