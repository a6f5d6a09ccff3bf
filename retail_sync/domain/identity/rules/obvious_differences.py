"""What tells two customers apart at a glance, before anything costly is compared: most candidates are colleagues,
neighbours, or the company a person works for.

Nothing here decides otherwise than the rules of `vetoes` would on the whole comparison; it only is cheaper.
"""

from ..compare.agreement_levels import DIFFERENT, MISSING
from ..compare.contained_names import one_contains_other
from ..compare.field_levels import share_number
from ..compare.name_levels import name_levels
from ..compare.organisation_levels import organisation_level
from ..normalise.features import Features
from ..normalise.record import PERSON
from ..score.model import Sharing
from .company_rules import COMPANY_RULES
from .facts import own_name
from .person_rules import PERSON_RULES
from .vetoes import MIXED_RULES, Rule, Veto


def _veto(rules: tuple[Rule, ...], name: str) -> Veto:
    return next(Veto(rule, effect) for rule, effect, _holds in rules if rule == name)


_KIND, _NAME = _veto(MIXED_RULES, "kind"), _veto(COMPANY_RULES, "name")
_FIRST_NAME = _veto(PERSON_RULES, "first_name")


def obviously_different(left: Features, right: Features, sharing: Sharing) -> Veto | None:
    """Return the rule that makes them two customers, or None where a closer look is needed."""
    if left.kind != right.kind:
        return None if _share_anything(left, right) else _KIND
    if sharing.is_independent():
        return None  # names alone do not tell there, see ALWAYS
    if left.kind == PERSON:
        given, family, _swapped = name_levels(left.person, right.person)
        if not given == family == DIFFERENT:
            return None
        if not _share_anything(left, right):
            return _FIRST_NAME  # an address alone is no strong evidence, whatever the names say
        if left.person.script != right.person.script:
            return None
        names = own_name(left), own_name(right)
        return None if not all(names) or one_contains_other(*names) else _FIRST_NAME
    names = left.organisation.core, right.organisation.core
    if not any(names) or _share_anything(left, right):
        return None
    level = organisation_level(*names, left.place, right.place)
    return _NAME if level in (DIFFERENT, MISSING) else None


def _share_anything(left: Features, right: Features) -> bool:
    """Return whether a number, a phone or an e-mail address is in both records."""
    return _one_phone(left, right) or _one_email(left, right) or share_number(left, right)


def _one_phone(left: Features, right: Features) -> bool:
    return any(phone.tail == counterpart.tail for phone in left.phones for counterpart in right.phones)


def _one_email(left: Features, right: Features) -> bool:
    return any(email.address == counterpart.address for email in left.emails for counterpart in right.emails)
