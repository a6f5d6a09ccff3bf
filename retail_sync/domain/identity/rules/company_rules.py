"""Rules for two companies: (name, effect, predicate)."""

from ..compare.agreement_levels import CLOSE, DIFFERENT, EXACT, MISSING, PART, SHARED, VARIANT
from .facts import Facts

_SAME_NAME = (EXACT, VARIANT, CLOSE)


def _same_web(facts: Facts) -> bool:
    return facts.level("domain") == EXACT or facts.level("email") in (EXACT, SHARED)


def _witnesses(facts: Facts) -> int:
    """Independent evidence beside the name and the address."""
    return facts.same_phone + facts.same_number + _same_web(facts)


def _other_number(facts: Facts) -> bool:
    """Two tax IDs are two legal entities, unless all that a customer reads on the door is the same."""
    if facts.level("number") != DIFFERENT:
        return False
    return not (facts.level("name") in _SAME_NAME and facts.address and facts.same_phone)


def _other_name(facts: Facts) -> bool:
    if facts.level("name") not in (DIFFERENT, MISSING) or facts.both_nameless:
        return False
    if facts.strong and facts.names_say_little:
        return False
    return not (facts.same_number or (facts.address and facts.same_phone))


def _other_branch(facts: Facts) -> bool:
    """Two branches with their places in the names, at two addresses."""
    return facts.level("name") == "sister" and facts.address_differs and not facts.same_number


def _other_in_series(facts: Facts) -> bool:
    """ "Store 12" and "Store 21": a number in a name is there to tell them apart."""
    if facts.same_number or (facts.address and _witnesses(facts)):
        return False
    incoming, candidate = (_numbers(side.organisation.core) for side in (facts.incoming, facts.candidate))
    return bool(incoming and candidate) and incoming != candidate


def _numbers(name: str) -> frozenset[str]:
    return frozenset(word for word in name.split() if any(char.isdigit() for char in word))


def _namesake(facts: Facts) -> bool:
    """One name, and all that both say besides is different."""
    if not facts.address_differs or _witnesses(facts):
        return False
    others = [facts.level(field) for field in ("phone", "domain", "number", "email")]
    return DIFFERENT in others or facts.level("name") not in _SAME_NAME


def _branch(facts: Facts) -> bool:
    """Name, tax ID, web site and switchboard are the chain's; the address is the branch's own."""
    if facts.level("name") in _SAME_NAME and facts.area and facts.same_phone:
        return False  # a slip in the house number
    return facts.address_differs or facts.level("name") == "sister"


def _other_form(facts: Facts) -> bool:
    return facts.level("form") == DIFFERENT and not facts.same_number


def _number_doubt(facts: Facts) -> bool:
    return facts.level("number") == DIFFERENT


def _name_doubt(facts: Facts) -> bool:
    level = facts.level("name")
    if level in _SAME_NAME:
        return False
    if level != PART:
        return True
    # Two restaurants of one hotel resemble each other in all, and a subsidiary has its parent's name and a word more: a
    # longer form of the name is one customer's only with a tax ID, or where it says no more than trade and place.
    proven = facts.same_number or (_witnesses(facts) and facts.only_described)
    return not (proven and (facts.address or (facts.same_number and not facts.address_differs)))


def _name_in_other_words(facts: Facts) -> bool:
    return facts.level("name") in (DIFFERENT, MISSING) and facts.strong and facts.names_say_little


def _too_little(facts: Facts) -> bool:
    """The name needs a witness at its address, or two where there is none to compare."""
    if facts.address:
        return not _witnesses(facts) and not (facts.level("name") == EXACT and facts.level("street") == EXACT)
    if facts.area:
        return _witnesses(facts) < (1 if facts.level("locality") in ("both", "zip") else 2)
    if facts.level("name") in (EXACT, VARIANT) and facts.nowhere_to_compare:
        # Nothing contradicts: a tax ID is proof, and where neither has an address, any contact is. Of a chain's
        # branches several would be found, and a tie goes to a person.
        return not facts.same_number and (not facts.both_nowhere or not _witnesses(facts))
    return _witnesses(facts) < 2


def _other_account(facts: Facts) -> bool:
    incoming, candidate = facts.incoming.parent, facts.candidate.parent
    return incoming != candidate and (incoming is not None or candidate is not None) and not facts.address


COMPANY_RULES = (
    ("tax_id", "different", _other_number),
    ("name", "different", _other_name),
    ("sister_branch", "different", _other_branch),
    ("series", "different", _other_in_series),
    ("namesake", "different", _namesake),
    ("branch", "ask", _branch),
    ("legal_form", "ask", _other_form),
    ("tax_id_doubt", "ask", _number_doubt),
    ("name_doubt", "ask", _name_doubt),
    ("other_words", "ask", _name_in_other_words),
    ("too_little", "ask", _too_little),
    ("other_account", "ask", _other_account),
)  # fmt: skip
