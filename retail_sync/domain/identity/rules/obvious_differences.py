"""What tells two customers apart at a glance, before anything costly is compared: most candidates are colleagues,
neighbours, or the company a person works for.

Nothing here decides otherwise than the rules of `vetoes` would on the whole comparison; it only is cheaper.
"""

from ..compare.agreement_levels import DIFFERENT, MISSING
from ..compare.name_levels import name_levels, organisation_level
from ..normalise.features import Features
from ..normalise.record import PERSON
from ..score.model import Sharing
from .company_rules import COMPANY_RULES
from .person_rules import PERSON_RULES
from .vetoes import MIXED_RULES, Rule, Veto


def _veto(rules: tuple[Rule, ...], name: str) -> Veto:
    return next(Veto(rule, effect) for rule, effect, _holds in rules if rule == name)


_KIND, _NAME = _veto(MIXED_RULES, "kind"), _veto(COMPANY_RULES, "name")
_FIRST_NAME = _veto(PERSON_RULES, "first_name")


def obviously_different(one: Features, other: Features, sharing: Sharing) -> Veto | None:
    """Return the rule that makes them two customers, or None where a closer look is needed."""
    if one.kind != other.kind:
        shares = _one_number(one, other) or _one_phone(one, other) or _one_email(one, other)
        return None if shares else _KIND
    if sharing.is_independent():
        return None  # names alone do not tell there, see ALWAYS
    if one.kind == PERSON:
        given, family, _swapped = name_levels(one.person, other.person)
        return _FIRST_NAME if given == family == DIFFERENT else None
    if _one_number(one, other) or _one_phone(one, other):
        return None
    level = organisation_level(one.organisation.core, other.organisation.core, one.place, other.place)
    return _NAME if level in (DIFFERENT, MISSING) else None


def _one_number(one: Features, other: Features) -> bool:
    return bool(one.vat and one.vat == other.vat) or not set(one.numbers).isdisjoint(other.numbers)


def _one_phone(one: Features, other: Features) -> bool:
    return any(phone.tail == another.tail for phone in one.phones for another in other.phones)


def _one_email(one: Features, other: Features) -> bool:
    return any(email.address == another.address for email in one.emails for another in other.emails)
