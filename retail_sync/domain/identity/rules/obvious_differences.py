"""What tells two customers apart at a glance, before anything costly is compared: most candidates are colleagues,
neighbours, or the company a person works for.

Nothing here decides otherwise than the rules of `vetoes` would on the whole comparison; it only is cheaper.
"""

from ..compare.agreement_levels import DIFFERENT, MISSING
from ..compare.field_levels import share_number
from ..compare.name_levels import name_levels, one_contains_other, organisation_level
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


def obviously_different(left: Features, right: Features, sharing: Sharing) -> Veto | None:
    """Return the rule that makes them two customers, or None where a closer look is needed."""
    if left.kind != right.kind:
        shares = share_number(left, right) or _one_phone(left, right) or _one_email(left, right)
        return None if shares else _KIND
    if sharing.is_independent():
        return None  # names alone do not tell there, see ALWAYS
    if left.kind == PERSON:
        given, family, _swapped = name_levels(left.person, right.person)
        if not given == family == DIFFERENT or left.person.script != right.person.script:
            return None
        words = [f"{side.person.given} {side.person.family}" for side in (left, right)]
        return None if one_contains_other(*words) else _FIRST_NAME
    names = left.organisation.core, right.organisation.core
    if share_number(left, right) or _one_phone(left, right) or _one_email(left, right) or not any(names):
        return None
    level = organisation_level(*names, left.place, right.place)
    return _NAME if level in (DIFFERENT, MISSING) else None


def _one_phone(left: Features, right: Features) -> bool:
    return any(phone.tail == counterpart.tail for phone in left.phones for counterpart in right.phones)


def _one_email(left: Features, right: Features) -> bool:
    return any(email.address == counterpart.address for email in left.emails for counterpart in right.emails)
