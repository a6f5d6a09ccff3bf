"""Rules for two people: (name, effect, predicate)."""

from ..compare.agreement_levels import CLOSE, DIFFERENT, EXACT, INITIAL, MISSING, SHARED, SIMILAR, VARIANT
from ..normalise.names import GENERATIONS
from .facts import Facts

_NO_AGREEMENT = (DIFFERENT, MISSING)


def _other_first_name(facts: Facts) -> bool:
    """People of one household share all but the first name, couples an e-mail address and a mobile as well. Who changed
    the first name keeps birth date or number and a key besides; a wrong initial leaves both keys.
    """
    if facts.given != DIFFERENT or (facts.names_say_little and facts.strong):
        return False
    keys = facts.own_email + facts.own_phone + facts.same_number + facts.same_birthdate
    if facts.family == DIFFERENT or keys < 2:
        return True
    initial = min(len(facts.incoming.person.given), len(facts.candidate.person.given)) == 1
    return not (initial or facts.same_birthdate or facts.same_number)


def _name_in_other_words(facts: Facts) -> bool:
    return DIFFERENT in (facts.given, facts.family) and facts.names_say_little


def _first_name_changed(facts: Facts) -> bool:
    return facts.given == DIFFERENT


def _other_last_name(facts: Facts) -> bool:
    """A first name in common is common. Who marries keeps a personal key or the birth date."""
    if facts.family != DIFFERENT or (facts.names_say_little and facts.strong):
        return False
    return not (
        facts.given in (EXACT, VARIANT, CLOSE) and (facts.personal or facts.like_own_email or facts.same_birthdate)
    )


def _other_birthdate(facts: Facts) -> bool:
    """A generation apart, or no slip and another address. Less at one address may be a slip in the date."""
    if not facts.birthdates_differ or facts.personal:
        return False
    return facts.level("birthdate") == "generation" or facts.address_differs or not facts.names_agree


def _birthdate_doubt(facts: Facts) -> bool:
    return facts.birthdates_differ


def _other_number(facts: Facts) -> bool:
    return facts.level("number") == DIFFERENT and not (facts.names_agree and (facts.own_email or facts.same_birthdate))


def _number_doubt(facts: Facts) -> bool:
    return facts.level("number") == DIFFERENT


def _vat_doubt(facts: Facts) -> bool:
    return facts.vat_differs


def _other_generation(facts: Facts) -> bool:
    incoming, candidate = facts.suffixes
    return incoming != candidate and {incoming, candidate} <= GENERATIONS


def _generation_doubt(facts: Facts) -> bool:
    """Only one record says Jr., or "Brandt 2": it may be the father's, and a household shares mailbox and mobile."""
    return facts.suffixes[0] != facts.suffixes[1] and not (facts.same_birthdate or facts.same_number)


def _namesake(facts: Facts) -> bool:
    """One name, and all that both records say besides is different: house, e-mail and, where both have one, phone; or
    two employers, and no address or contact in common.
    """
    no_phone, email = facts.level("phone") in _NO_AGREEMENT, facts.level("email")
    clearly_different = facts.address_differs and email == DIFFERENT and no_phone
    if facts.level("company") in (DIFFERENT, SIMILAR) and not facts.address:
        # Of a local part that repeats the name nothing follows.
        clearly_different = clearly_different or (no_phone and email in (*_NO_AGREEMENT, SIMILAR))
    return clearly_different and not (facts.personal or facts.same_birthdate)


def _uncertain_first_name(facts: Facts) -> bool:
    """Brothers and sisters differ by a letter, a mother and a daughter by an initial, and a household shares mailbox
    and mobile: only what a person is numbered by, or is born with and no twin can be, tells a slip from them.
    """
    if facts.given in (EXACT, VARIANT, DIFFERENT):
        return False
    if facts.same_personal_number:
        return False
    if (facts.same_number or (facts.same_birthdate and facts.personal)) and not facts.two_first_names:
        return False
    if facts.first_name_mistyped and (facts.personal or facts.office):
        return False
    in_full = facts.family in (EXACT, VARIANT, CLOSE)  # "K. B." may be anybody of the house
    return not (facts.personal_address or (facts.personal and _is_initial(facts) and in_full))


def _is_initial(facts: Facts) -> bool:
    """One first name is a single letter, and the other begins with it."""
    return facts.given == INITIAL and min(len(facts.incoming.person.given), len(facts.candidate.person.given)) == 1


def _uncertain_last_name(facts: Facts) -> bool:
    if facts.family not in (SIMILAR, MISSING, INITIAL, DIFFERENT):
        return False
    if facts.family == DIFFERENT:
        return True
    return not (facts.personal and (facts.same_birthdate or facts.address)) and not facts.personal_address


def _father_and_son(facts: Facts) -> bool:
    """Name and address alone: a father and his son have both in common."""
    if not facts.address or facts.personal or facts.same_birthdate:
        return False
    if facts.sharing.is_rare("namesake") and facts.sharing.is_rare("address"):
        return False
    # Two people of one name in one house with one line, or at one desk: rarer by far, if each has no other contact.
    if facts.own_contacts_differ:
        return True
    return not (facts.same_phone or facts.level("email") == SHARED or facts.level("company") in (EXACT, VARIANT, CLOSE))


def _same_person_by_birth(facts: Facts) -> bool:
    """Name and birth date in full, and no contact that speaks against: how rare the name is, the score knows."""
    return facts.same_birthdate and facts.given == facts.family == EXACT and not facts.own_contacts_differ


def _only_the_name(facts: Facts) -> bool:
    """Two witnesses are wanted besides the name, or a personal key."""
    witnesses = (
        facts.address or facts.area,
        facts.same_phone,
        facts.same_birthdate,
        facts.office,
        facts.level("email") == CLOSE,
    )
    if facts.personal or _same_person_by_birth(facts):
        return False
    return sum(witnesses) < 2 and not facts.personal_address


def _moved_or_namesake(facts: Facts) -> bool:
    """Another address, and nothing personal in common but the birth date at most."""
    if not facts.address_differs or facts.personal or _same_person_by_birth(facts):
        return False
    return not (facts.same_birthdate and (facts.same_phone or facts.office or facts.area))


def _other_account(facts: Facts) -> bool:
    incoming, candidate = facts.incoming.parent, facts.candidate.parent
    return incoming is not None and candidate is not None and incoming != candidate and not facts.own_email


def _former_staff(facts: Facts) -> bool:
    """A contact handed on: it agrees, and all else that both have does not."""
    if facts.given in (EXACT, VARIANT) or facts.own_email + facts.own_phone + facts.same_number != 1:
        return False
    return DIFFERENT in [facts.level(field) for field in ("street", "locality", "birthdate")]


PERSON_RULES = (
    ("first_name", "different", _other_first_name),
    ("last_name", "different", _other_last_name),
    ("birthdate", "different", _other_birthdate),
    ("number", "different", _other_number),
    ("generation", "different", _other_generation),
    ("namesake", "different", _namesake),
    ("other_words", "ask", _name_in_other_words),
    ("first_name_changed", "ask", _first_name_changed),
    ("birthdate_doubt", "ask", _birthdate_doubt),
    ("number_doubt", "ask", _number_doubt),
    ("vat_doubt", "ask", _vat_doubt),
    ("generation_doubt", "ask", _generation_doubt),
    ("twins", "ask", _uncertain_first_name),
    ("last_name_doubt", "ask", _uncertain_last_name),
    ("father_and_son", "ask", _father_and_son),
    ("name_only", "ask", _only_the_name),
    ("moved", "ask", _moved_or_namesake),
    ("other_account", "ask", _other_account),
    ("handed_on", "ask", _former_staff),
)  # fmt: skip
