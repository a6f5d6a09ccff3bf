"""Decisions in which some candidates may never be linked, such as the partners of internal users."""

from collections.abc import Callable, Collection, Iterable, Sequence

from ..normalise.features import Features
from .decision import CREATE, LINK, Decision

Decide = Callable[[Iterable[Features]], Decision]


def decide_beside(candidates: Sequence[Features], protected: Collection[int | str], decide: Decide) -> Decision:
    """Return the decision about a record, given that no candidate in ``protected`` may be linked.

    They take part in the decision nevertheless: a record that is most like a colleague is not linked to the next best
    customer. A customer with as much evidence is preferred: a colleague who buys has a customer record beside the own
    partner, and the two are alike.

    :return: a decision whose first candidate is protected is to be reviewed, whatever its kind
    """
    decision = decide(candidates)
    rivals = [id_ for id_ in decision.suggestions if id_ in protected]
    if decision.kind == CREATE or not rivals:
        return decision
    if decision.kind == LINK and decision.candidate_id not in protected:
        return decision
    among_customers = decide([features for features in candidates if features.id not in protected])
    if among_customers.kind != LINK:
        return decision
    scores = {fall.candidate_id: fall.score for fall in decision.waterfalls}
    chosen = among_customers.candidate_id
    if chosen is not None and chosen in scores and scores[chosen] >= max(scores[id_] for id_ in rivals):
        return among_customers
    return decision
