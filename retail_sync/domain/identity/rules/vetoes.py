"""Named rules above the score: what makes two records different customers, or leaves the decision to a person.

A household or a chain shares so many fields that their weights add up to certainty; these rules know better.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..compare.agreement_levels import CLOSE, EXACT, VARIANT
from ..normalise.record import PERSON
from .company_rules import COMPANY_RULES
from .facts import Facts
from .person_rules import PERSON_RULES

DIFFERENT = "different"
ASK = "ask"
# Rules that hold even in records where hardly any two people share anything.
ALWAYS = frozenset(("generation", "vat_doubt", "tax_id", "tax_id_doubt", "kind", "kind_doubt", "other_account"))
# Rules that only find too little evidence; the others find something that speaks against.
LACKING = frozenset(("father_and_son", "name_only", "too_little"))
# Rules that find strong evidence and names that say nothing against it: a person is asked, however low the score.
WORTH_ASKING = frozenset(("other_words", "kind_doubt"))


@dataclass(frozen=True, slots=True)
class Veto:
    """``rule``: the code of the rule, for which a sentence is written where it is shown. ``effect``: "different": it is
    another customer; "ask": no link without a person.
    """

    rule: str
    effect: str


# Two records of one source that only resemble each other are two customers: the source keeps them apart.
SEPARATE_RECORDS = Veto("separate_records", DIFFERENT)

Rule = tuple[str, str, Callable[[Facts], bool]]


def _other_kind(facts: Facts) -> bool:
    """A person and a company are one customer at most where name and contact agree."""
    same_contact = facts.same_phone or facts.same_number or facts.level("email") in (EXACT, "shared")
    if same_contact and facts.level("name") in (EXACT, VARIANT, CLOSE):
        return False
    # A household that one source keeps as a company. A legal form makes it the owner's firm, which is another customer.
    forms = facts.incoming.organisation.forms | facts.candidate.organisation.forms
    return not (same_contact and facts.strong and facts.names_say_little and not forms)


MIXED_RULES: tuple[Rule, ...] = (
    ("kind", DIFFERENT, _other_kind),
    ("kind_doubt", ASK, lambda facts: True),
)


def vetoes(facts: Facts, always_only: bool = False) -> tuple[Veto, ...]:
    """The rules that hold for a pair: those that make it two customers, else those that leave it to a person.

    ``always_only``: only the rules that hold where nothing is shared, see ``ALWAYS``.
    """
    if facts.incoming.kind != facts.candidate.kind:
        rules: tuple[Rule, ...] = MIXED_RULES
    else:
        rules = PERSON_RULES if facts.comparison.kind == PERSON else COMPANY_RULES
    found: list[Veto] = []
    for name, effect, holds in rules:  # those of effect "different" come first
        if found and found[0].effect != effect:
            break
        if (not always_only or name in ALWAYS) and holds(facts):
            found.append(Veto(name, effect))
    return tuple(found)
