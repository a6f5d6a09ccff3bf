"""Two records compared field by field, each in graded levels. Symmetric: the order of the two does not matter."""

import re
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from ..normalise import dates, registry_numbers
from ..normalise.addresses import Street
from ..normalise.contacts import PERSONAL, Email
from ..normalise.features import Features
from ..normalise.names import PersonName
from ..normalise.nicknames import full_names, short_forms
from ..normalise.record import COMPANY, PERSON
from ..normalise.scripts import skeleton
from .agreement_levels import CLOSE, DIFFERENT, EXACT, MISSING, PART, SHARED, SIMILAR
from .name_levels import name_levels, slips_between
from .organisation_levels import organisation_level


@dataclass(frozen=True, slots=True)
class Comparison:
    """``levels``: field -> level. ``values``: field -> the value both agree on exactly, for its frequency.

    ``swapped``: first and last name agree in swapped order. ``mobile``: the phone in common is called mobile.
    """

    kind: str
    levels: dict[str, str]
    values: dict[str, str]
    swapped: bool = False
    mobile: bool = False


def compare(first: Features, second: Features) -> Comparison:
    """Compare two records of one kind; of two kinds as companies, by the names they have."""
    values: dict[str, str] = {}
    levels: dict[str, str] = {}
    swapped = False
    kind = first.kind if first.kind == second.kind else COMPANY
    if kind == COMPANY:
        levels["name"] = _company_level(first, second)
        levels["form"] = _form_level(first, second)
        levels["domain"] = _plain_level(first.domain, second.domain)
        if levels["name"] == EXACT:
            values["name"] = first.organisation.core
        if levels["domain"] == EXACT:
            values["domain"] = first.domain
    else:
        levels["given"], levels["family"], swapped = name_levels(first.person, second.person)
        if levels["given"] == EXACT and not swapped:
            values["given"] = first.person.given
        if levels["family"] == EXACT and not swapped:
            values["family"] = first.person.family
        levels["birthdate"] = _birthdate_level(first.birthdate, second.birthdate)
        levels["company"] = _company_level(first, second)
    levels["street"] = street_level(first.street, second.street)
    levels["street2"] = _street2_level(first, second)
    levels["locality"] = _locality_level(first, second)
    if levels["locality"] in ("both", "city", "city_only"):
        values["locality"] = first.city if first.city == second.city else ""
    levels["email"] = _email_level(first, second, values)
    if kind == PERSON and levels["email"] == EXACT and not _is_named_after(first, second, values["email"]):
        levels["email"] = SHARED
    levels["phone"], mobile = _phone_level(first, second, values)
    levels["number"] = _number_level(first, second)
    return Comparison(kind, levels, values, swapped, mobile)


def _company_level(first: Features, second: Features) -> str:
    left, right = first.organisation.core, second.organisation.core
    if first.kind != second.kind:  # a company that one source keeps as a person: by the names they have
        left, right = left or _full_name(first), right or _full_name(second)
    return organisation_level(left, right, first.place, second.place)


def _full_name(features: Features) -> str:
    return f"{features.person.given} {features.person.family}".strip()


def _form_level(first: Features, second: Features) -> str:
    left, right = first.organisation.forms, second.organisation.forms
    if not left or not right:
        return MISSING
    # "X GmbH & Co. KG" is another entity than its partner "X GmbH"; in Belgium a form is written in two languages.
    return EXACT if left == right or _in_one_language(left) == _in_one_language(right) else DIFFERENT


# The same form in the other language of its country.
_OTHER_LANGUAGE = {"nv": "sa", "bv": "srl", "cva": "sca"}


def _in_one_language(forms: frozenset[str]) -> frozenset[str]:
    return frozenset(_OTHER_LANGUAGE.get(form, form) for form in forms)


def _plain_level(first: str, second: str) -> str:
    if not first or not second:
        return MISSING
    if first == second:
        return EXACT
    return CLOSE if slips_between(first, second) <= 1 else DIFFERENT


def street_level(first: Street, second: Street) -> str:
    """ "part": the same street and house, a unit or number only one has. "similar": the street, another number."""
    if not first.text or not second.text:
        return MISSING
    if first.text == second.text or (first.words == second.words and first.numbers == second.numbers):
        return EXACT
    same_words = first.words == second.words or slips_between(first.words, second.words) <= 1
    if same_words and first.numbers and second.numbers:
        if set(first.numbers) <= set(second.numbers) or set(second.numbers) <= set(first.numbers):
            return CLOSE if first.numbers == second.numbers else PART
        return SIMILAR
    slips = slips_between(first.text, second.text)
    if slips <= 2 and min(len(first.text), len(second.text)) > 6:
        return CLOSE
    if same_words and first.words:
        return PART
    if first.numbers[:1] == second.numbers[:1] and first.numbers and _has_words_of(first.words, second.words):
        return PART
    longest = max(len(first.text), len(second.text))
    if first.numbers[:1] == second.numbers[:1] and OSA.normalized_similarity(first.words, second.words) >= 0.7:
        return PART
    return SIMILAR if OSA.distance(first.text, second.text) <= longest * 0.25 else DIFFERENT


_COMPASS = frozenset("n so s e w ne nw se sw".split())


def _has_words_of(first: str, second: str) -> bool:
    """All words of one are among the other's: the building or sort of street left out. Compass points don't count."""
    words, others = set(first.split()) - _COMPASS, set(second.split()) - _COMPASS
    return bool(words and others) and (words <= others or others <= words)


def _street2_level(first: Features, second: Features) -> str:
    level = street_level(first.street2, second.street2)
    if level not in (DIFFERENT, SIMILAR) or not first.street.text or not second.street.text:
        return level
    # The two lines of an address change places.
    crossed = first.street2.words == second.street.words or second.street2.words == first.street.words
    return PART if crossed else level


def _locality_level(first: Features, second: Features) -> str:
    """Postal code and city as one field, since they repeat each other: "both", "zip", "city", "city_only" ..."""
    if first.country and second.country and first.country != second.country:
        return DIFFERENT
    zips, cities = bool(first.zip and second.zip), bool(first.city and second.city)
    if not zips and not cities:
        return MISSING
    same_zip = zips and first.zip == second.zip
    near_zip = same_zip or (zips and OSA.distance(first.zip, second.zip, score_cutoff=1) <= 1)
    same_city = cities and (first.city == second.city or city_close(first.city, second.city))
    if same_zip:
        return "both" if same_city else "zip"
    if same_city:
        return "zip_close" if near_zip else "city" if not zips else "city_only"
    return CLOSE if near_zip else DIFFERENT


def city_close(first: str, second: str) -> bool:
    """True for slips of the pen and for a longer form of one name."""
    if slips_between(first, second) <= (1 if min(len(first), len(second)) < 6 else 2):
        return True
    words, others = set(first.split()), set(second.split())
    return words <= others or others <= words or skeleton(first) == skeleton(second)


def _email_level(first: Features, second: Features, values: dict[str, str]) -> str:
    if not first.emails or not second.emails:
        return MISSING
    known = {item.address: item for item in first.emails}
    both = [email.address for email in second.emails if email.address in known]
    common = sorted((known[address].kind != PERSONAL, address) for address in both)
    if common:
        shared, values["email"] = common[0]
        return SHARED if shared else EXACT
    levels = {_email_pair(left, right) for left in first.emails for right in second.emails}
    return next(level for level in (CLOSE, "local", SIMILAR, "domain", DIFFERENT) if level in levels)


def _is_named_after(first: Features, second: Features, address: str) -> bool:
    """Whether a company's mailbox has anything of the name of either person, or is one of a provider. Otherwise it is a
    function's whose word no list has.
    """
    email = next(email for email in first.emails if email.address == address)
    if email.free or not _WORD.search(email.local):
        return True
    return any(_has_name(email.local, side.person) for side in (first, second))


_WORD = re.compile("[a-z]")


def _has_name(local: str, name: PersonName) -> bool:
    """Whether a local part has three letters in a row of a name, of one of its forms, or is made of its initials."""
    words = f"{name.given} {name.family}".split()
    if not all(word.isascii() for word in words):
        return True
    forms = {form for word in words for form in (word, *full_names(word), *short_forms(word))}
    if any(form[at : at + 3] in local for form in forms if len(form) > 2 for at in (0, 1)):
        return True
    initials = {word[0] for word in words}
    return bool(words) and set(_NOT_LETTERS.sub("", local)) <= initials


_NOT_LETTERS = re.compile("[^a-z]+")


def _email_pair(left: Email, right: Email) -> str:
    if left.kind == PERSONAL == right.kind and left.local == right.local and len(left.local) > 4:
        return "local"
    slips = slips_between(left.address, right.address)
    if slips <= 2:
        # john.smith and john.smith12 only repeat the name: another digit is another mailbox.
        digits = [[char for char in text.local if char.isdigit()] for text in (left, right)]
        if digits[0] == digits[1]:
            return CLOSE if left.kind == PERSONAL == right.kind else SIMILAR
        return SIMILAR
    return "domain" if left.domain == right.domain and not left.free else DIFFERENT


def _phone_level(first: Features, second: Features, values: dict[str, str]) -> tuple[str, bool]:
    if not first.phones or not second.phones:
        return MISSING, False
    known = {phone.tail: phone for phone in first.phones}
    common = sorted(
        (not (phone.mobile or known[phone.tail].mobile), phone.tail)
        for phone in second.phones
        if phone.tail in known and _one_country(phone.number, known[phone.tail].number)
    )
    if common:
        values["phone"] = common[0][1]
        return EXACT, not common[0][0]
    near = any(
        len(left.tail) == len(right.tail) and slips_between(left.tail, right.tail) <= 1
        for left in first.phones
        for right in second.phones
    )
    return (CLOSE if near else DIFFERENT), False


def _one_country(first: str, second: str) -> bool:
    """Two numbers with one tail are one unless both are international and differ."""
    return first == second or not (first.startswith("+") and second.startswith("+"))


def _birthdate_level(first: str, second: str) -> str:
    if not first or not second:
        return MISSING
    if first == second:
        return EXACT
    if dates.are_close(first, second):
        return CLOSE
    return "generation" if dates.are_generations_apart(first, second) else DIFFERENT


def share_number(first: Features, second: Features) -> bool:
    """Return whether a tax ID, or a national or registry number, is in both records."""
    return bool(first.vat and first.vat == second.vat) or not set(first.numbers).isdisjoint(second.numbers)


def _number_level(first: Features, second: Features) -> str:
    """VAT and other numbers: exact where any agrees, different where those of one sort differ."""
    if share_number(first, second):
        return EXACT
    pairs = [(first.vat, second.vat)] if first.vat and second.vat else []
    pairs += [(left, right) for left in first.numbers for right in second.numbers]
    if not pairs:
        return MISSING
    return CLOSE if any(registry_numbers.are_close(left, right) for left, right in pairs) else DIFFERENT
