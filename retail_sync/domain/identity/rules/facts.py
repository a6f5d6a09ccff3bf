"""What the rules ask of a pair: which evidence belongs to one person alone, and which a household or office shares."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ..compare.agreement_levels import CLOSE, DIFFERENT, EXACT, MISSING, PART, SHARED, SIMILAR, VARIANT
from ..compare.contained_names import one_contains_other
from ..compare.field_levels import Comparison
from ..compare.organisation_levels import only_describes, slip_in_form
from ..normalise.contacts import PERSONAL
from ..normalise.east_asian import is_east_asian, may_be_of_them
from ..normalise.features import Features
from ..normalise.legal_forms import spellings
from ..normalise.mistyped import has_digit, is_mistyped
from ..normalise.nicknames import is_in_use
from ..normalise.record import PERSON
from ..score.model import Sharing

SAME_STREET = frozenset((EXACT, CLOSE, PART))
SAME_AREA = frozenset(("both", "zip", "zip_close", "city", "city_only", MISSING))


def _has_own_email(*sides: Features) -> bool:
    return all(any(email.kind == PERSONAL for email in side.emails) for side in sides)


def own_name(side: Features) -> str:
    """The words of a customer's own name: not those of an employer, nor of the address that was typed as a name."""
    if side.kind != PERSON:
        return side.organisation.core
    words = f"{side.person.given} {side.person.family}".split()
    if side.street.numbers and side.street.numbers[0] in (*words, side.person.suffix):
        words = [word for word in words if word not in side.street.words.split()]
    return " ".join(words)


_T = TypeVar("_T")


class _once(Generic[_T]):
    """``functools.cached_property`` without the lock that Python 3.10 and 3.11 take on each first use."""

    def __init__(self, compute: Callable[[Any], _T]):
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, facts: Any, owner: type) -> _T:
        value = facts.__dict__[self._name] = self._compute(facts)
        return value


@dataclass(frozen=True)
class Facts:
    """``shared``: e-mail addresses and phone tails known to stand for people with plainly different names.
    ``sharing``: what this retailer's records show about shared values. Levels: see ``agreement_levels``.
    """

    incoming: Features
    candidate: Features
    comparison: Comparison
    shared: frozenset[str]
    sharing: Sharing

    def level(self, field: str) -> str:
        return self.comparison.levels.get(field, MISSING)

    def _is_shared(self, field: str) -> bool:
        return self.comparison.values.get(field, "") in self.shared

    @_once
    def given(self) -> str:
        return self.level("given")

    @_once
    def family(self) -> str:
        return self.level("family")

    @_once
    def names_agree(self) -> bool:
        """Both names in full, at most the last name with a slip."""
        return self.given in (EXACT, VARIANT) and self.family in (EXACT, VARIANT, CLOSE, PART)

    @_once
    def names_say_little(self) -> bool:
        """One name has all words of the other, or none, or is written in another script: unlike is not other then."""
        if self._scripts_differ:
            return True
        left, right = (own_name(side) for side in (self.incoming, self.candidate))
        return not (left and right) or one_contains_other(left, right)

    @_once
    def only_described(self) -> bool:
        """The companies' names differ in words of trade and place, and no legal form makes either one an entity of its
        own; or in a slip in the legal form.
        """
        sides = self.incoming, self.candidate
        if any(side.organisation.forms for side in sides):
            names = [(side.organisation.core, spellings(side.organisation.forms)) for side in sides]
            return slip_in_form(*names[0], *names[1])
        return only_describes(*(side.organisation.core for side in sides), " ".join(side.city for side in sides))

    @_once
    def _scripts_differ(self) -> bool:
        scripts = [side.person.script or side.organisation.script for side in (self.incoming, self.candidate)]
        return scripts[0] != scripts[1]

    @_once
    def strong(self) -> bool:
        """A number or an own contact in common, or two of address, phone and mailbox."""
        shared = self.address + self.same_phone + (self.level("email") in (EXACT, SHARED))
        return self.same_number or self.like_own_email or self.own_phone or shared > 1

    @_once
    def only_alike(self) -> bool:
        """Nothing in common but likeness: no number, e-mail address, phone or house."""
        return not (self.same_number or self.same_phone or self.level("email") in (EXACT, SHARED) or self.address)

    @_once
    def own_email(self) -> bool:
        return self.level("email") == EXACT and not self._is_shared("email")

    @_once
    def like_own_email(self) -> bool:
        """A mailbox in common that is no known function's or household's, though nothing in it may be of a name."""
        address = self.comparison.values.get("email", "")
        if not address or self._is_shared("email"):
            return False
        return any(email.address == address and email.kind == PERSONAL for email in self.incoming.emails)

    @_once
    def own_phone(self) -> bool:
        """A number in common that one person answers: a mobile, or any where phones are hardly ever shared."""
        if self.level("phone") != EXACT or self._is_shared("phone"):
            return False
        return self.comparison.mobile or self.sharing.is_rare("phone")

    @_once
    def first_name_mistyped(self) -> bool:
        """The first names differ by a slip: one of the two is no name in any language."""
        left, right = self.incoming.person, self.candidate.person
        if self.given != CLOSE or may_be_of_them(left) or may_be_of_them(right):
            return False
        if self.comparison.swapped:  # either may be the first name: only a digit is wrong in a last name as well
            return has_digit(f"{left.given}{left.family}") != has_digit(f"{right.given}{right.family}")
        # The last letter tells a brother from a sister.
        one_ending = left.given[-1:] == right.given[-1:] or sorted(left.given) == sorted(right.given)
        return one_ending and is_mistyped(left.given) != is_mistyped(right.given)

    @_once
    def two_first_names(self) -> bool:
        """The first names are like and no slip: both are in use, or they differ where a brother's and a sister's do.
        Twins share their birth date, and their parents' mailbox and mobile.
        """
        if self.given not in (CLOSE, SIMILAR):
            return False
        left, right = self.incoming.person, self.candidate.person
        if is_in_use(left.given) and is_in_use(right.given):
            return True
        if is_east_asian(left) and is_east_asian(right):
            return True
        if self.comparison.swapped or sorted(left.given) == sorted(right.given):
            return False
        return left.given[-1:] != right.given[-1:] and not (is_mistyped(left.given) or is_mistyped(right.given))

    @_once
    def own_contacts_differ(self) -> bool:
        """Both have an e-mail address of their own, or a mobile, and it is not the same."""
        if self.level("email") in (DIFFERENT, SIMILAR) and _has_own_email(self.incoming, self.candidate):
            return True
        return self._mobiles_differ

    @_once
    def _mobiles_differ(self) -> bool:
        incoming, candidate = (
            {phone.tail for phone in side.phones if phone.mobile} for side in (self.incoming, self.candidate)
        )
        return bool(incoming and candidate) and incoming.isdisjoint(candidate)

    @_once
    def same_phone(self) -> bool:
        return self.level("phone") == EXACT

    @_once
    def same_number(self) -> bool:
        return self.level("number") == EXACT

    @_once
    def same_personal_number(self) -> bool:
        """A national number in common. A tax ID may be that of a business that a couple or brothers run."""
        return not set(self.incoming.numbers).isdisjoint(self.candidate.numbers)

    @_once
    def vat_differs(self) -> bool:
        return bool(self.incoming.vat and self.candidate.vat) and self.level("number") == DIFFERENT

    @_once
    def personal(self) -> bool:
        """A personal key in common: number, own e-mail, own mobile."""
        return self.same_number or self.own_email or self.own_phone

    @_once
    def same_birthdate(self) -> bool:
        return self.level("birthdate") == EXACT

    @_once
    def birthdates_differ(self) -> bool:
        return self.level("birthdate") in (DIFFERENT, "generation")

    @_once
    def address(self) -> bool:
        """The same house as far as given: a street in common, and no other place. One source's suburb is the other's
        city: where the phone agrees too, another city is the same place.
        """
        if self.level("street") not in SAME_STREET:
            return False
        return self.level("locality") in SAME_AREA or (self._one_zip_at_most and self.same_phone)

    @_once
    def _one_zip_at_most(self) -> bool:
        return not (self.incoming.zip and self.candidate.zip)

    @_once
    def same_zip(self) -> bool:
        return self.level("locality") in ("both", "zip", "zip_close")

    @_once
    def area(self) -> bool:
        """No street to compare, or a house number that may be a slip, and the same postal code or city."""
        if self.level("street") == SIMILAR:
            return self.level("locality") == "both"
        return self.level("street") == MISSING and (self.same_zip or self.level("locality") == "city")

    @_once
    def address_differs(self) -> bool:
        """Another house, or another place where a street is missing."""
        if self.level("street") in (DIFFERENT, SIMILAR):
            return True
        return self.level("locality") == DIFFERENT and not self.address

    @_once
    def nowhere_to_compare(self) -> bool:
        """At least one of the two has no address at all."""
        return self.level("street") == self.level("locality") == MISSING

    @_once
    def both_nowhere(self) -> bool:
        """Neither has an address."""
        sides = (self.incoming, self.candidate)
        return not any(side.street.text or side.zip or side.city for side in sides)

    @_once
    def both_nameless(self) -> bool:
        """Neither has a company's name."""
        return not (self.incoming.organisation.core or self.candidate.organisation.core)

    @_once
    def office(self) -> bool:
        """The same employer, or a mailbox of its."""
        return self.level("company") in (EXACT, VARIANT, CLOSE) or self.level("email") in (SHARED, "domain")

    @_once
    def personal_address(self) -> bool:
        """An address in common that stands for one person, in records where hardly any two people share one."""
        return self.address and self.sharing.is_rare("address")

    @property
    def suffixes(self) -> tuple[str, str]:
        return self.incoming.person.suffix, self.candidate.person.suffix
