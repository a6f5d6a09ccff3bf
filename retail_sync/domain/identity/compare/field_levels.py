"""Two records compared field by field, each in graded levels. Symmetric: the order of the two does not matter."""

from dataclasses import dataclass

from rapidfuzz.distance import OSA

from ..normalise import dates, registry_numbers
from ..normalise.addresses import Street
from ..normalise.contacts import OWN, Email
from ..normalise.features import Features
from ..normalise.record import COMPANY
from ..normalise.scripts import skeleton
from .agreement_levels import CLOSE, DIFFERENT, EXACT, MISSING, PART, SHARED, SIMILAR
from .name_levels import name_levels, organisation_level, slips_between


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


def compare(one: Features, other: Features) -> Comparison:
    """Compare two records of one kind; of two kinds as companies, by the names they have."""
    values: dict[str, str] = {}
    levels: dict[str, str] = {}
    swapped = False
    kind = one.kind if one.kind == other.kind else COMPANY
    if kind == COMPANY:
        levels["name"] = _company_level(one, other)
        levels["form"] = _form_level(one, other)
        levels["domain"] = _plain_level(one.domain, other.domain)
        if levels["name"] == EXACT:
            values["name"] = one.organisation.core
        if levels["domain"] == EXACT:
            values["domain"] = one.domain
    else:
        levels["given"], levels["family"], swapped = name_levels(one.person, other.person)
        if levels["given"] == EXACT and not swapped:
            values["given"] = one.person.given
        if levels["family"] == EXACT and not swapped:
            values["family"] = one.person.family
        levels["birthdate"] = _birthdate_level(one.birthdate, other.birthdate)
        levels["company"] = _company_level(one, other)
    levels["street"] = street_level(one.street, other.street)
    levels["street2"] = _street2_level(one, other)
    levels["locality"] = _locality_level(one, other)
    if levels["locality"] in ("both", "city", "city_only"):
        values["locality"] = one.city if one.city == other.city else ""
    levels["email"] = _email_level(one, other, values)
    levels["phone"], mobile = _phone_level(one, other, values)
    levels["number"] = _number_level(one, other)
    return Comparison(kind, levels, values, swapped, mobile)


def _company_level(one: Features, other: Features) -> str:
    left, right = one.organisation.core, other.organisation.core
    if one.kind != other.kind:  # a company that one source keeps as a person: by the names they have
        left, right = left or _full_name(one), right or _full_name(other)
    return organisation_level(left, right, one.place, other.place)


def _full_name(features: Features) -> str:
    return f"{features.person.given} {features.person.family}".strip()


def _form_level(one: Features, other: Features) -> str:
    left, right = one.organisation.forms, other.organisation.forms
    if not left or not right:
        return MISSING
    return DIFFERENT if left.isdisjoint(right) else EXACT


def _plain_level(one: str, other: str) -> str:
    if not one or not other:
        return MISSING
    if one == other:
        return EXACT
    return CLOSE if slips_between(one, other) <= 1 else DIFFERENT


def street_level(one: Street, other: Street) -> str:
    """ "part": the same street and house, a unit or number only one has. "similar": the street, another number."""
    if not one.text or not other.text:
        return MISSING
    if one.text == other.text or (one.words == other.words and one.numbers == other.numbers):
        return EXACT
    same_words = one.words == other.words or slips_between(one.words, other.words) <= 1
    if same_words and one.numbers and other.numbers:
        if set(one.numbers) <= set(other.numbers) or set(other.numbers) <= set(one.numbers):
            return CLOSE if one.numbers == other.numbers else PART
        return SIMILAR
    slips = slips_between(one.text, other.text)
    if slips <= 2 and min(len(one.text), len(other.text)) > 6:
        return CLOSE
    if same_words and one.words:
        return PART
    if one.numbers[:1] == other.numbers[:1] and one.numbers and _has_words_of(one.words, other.words):
        return PART
    longest = max(len(one.text), len(other.text))
    if one.numbers[:1] == other.numbers[:1] and OSA.normalized_similarity(one.words, other.words) >= 0.7:
        return PART
    return SIMILAR if OSA.distance(one.text, other.text) <= longest * 0.25 else DIFFERENT


_COMPASS = frozenset("n so s e w ne nw se sw".split())


def _has_words_of(one: str, other: str) -> bool:
    """All words of one are among the other's: the building or sort of street left out. Compass points don't count."""
    words, others = set(one.split()) - _COMPASS, set(other.split()) - _COMPASS
    return bool(words and others) and (words <= others or others <= words)


def _street2_level(one: Features, other: Features) -> str:
    level = street_level(one.street2, other.street2)
    if level not in (DIFFERENT, SIMILAR) or not one.street.text or not other.street.text:
        return level
    # The two lines of an address change places.
    crossed = one.street2.words == other.street.words or other.street2.words == one.street.words
    return PART if crossed else level


def _locality_level(one: Features, other: Features) -> str:
    """Postal code and city as one field, since they repeat each other: "both", "zip", "city", "city_only" ..."""
    if one.country and other.country and one.country != other.country:
        return DIFFERENT
    zips, cities = bool(one.zip and other.zip), bool(one.city and other.city)
    if not zips and not cities:
        return MISSING
    same_zip = zips and one.zip == other.zip
    near_zip = same_zip or (zips and OSA.distance(one.zip, other.zip, score_cutoff=1) <= 1)
    same_city = cities and (one.city == other.city or city_close(one.city, other.city))
    if same_zip:
        return "both" if same_city else "zip"
    if same_city:
        return "zip_close" if near_zip else "city" if not zips else "city_only"
    return CLOSE if near_zip else DIFFERENT


def city_close(one: str, other: str) -> bool:
    """True for slips of the pen and for a longer form of one name."""
    if slips_between(one, other) <= (1 if min(len(one), len(other)) < 6 else 2):
        return True
    words, others = set(one.split()), set(other.split())
    return words <= others or others <= words or skeleton(one) == skeleton(other)


def _email_level(one: Features, other: Features, values: dict[str, str]) -> str:
    if not one.emails or not other.emails:
        return MISSING
    mine = {email.address: email for email in one.emails}
    common = sorted((mine[email.address].kind != OWN, email.address) for email in other.emails if email.address in mine)
    if common:
        shared, values["email"] = common[0]
        return SHARED if shared else EXACT
    levels = {_email_pair(left, right) for left in one.emails for right in other.emails}
    return next(level for level in (CLOSE, "local", SIMILAR, "domain", DIFFERENT) if level in levels)


def _email_pair(left: Email, right: Email) -> str:
    if left.kind == OWN == right.kind and left.local == right.local and len(left.local) > 4:
        return "local"
    slips = slips_between(left.address, right.address)
    if slips <= 2:
        # john.smith and john.smith12 only repeat the name: another digit is another mailbox.
        digits = [[char for char in text.local if char.isdigit()] for text in (left, right)]
        if digits[0] == digits[1]:
            return CLOSE if left.kind == OWN == right.kind else SIMILAR
        return SIMILAR
    return "domain" if left.domain == right.domain and not left.free else DIFFERENT


def _phone_level(one: Features, other: Features, values: dict[str, str]) -> tuple[str, bool]:
    if not one.phones or not other.phones:
        return MISSING, False
    mine = {phone.tail: phone for phone in one.phones}
    common = sorted(
        (not (phone.mobile or mine[phone.tail].mobile), phone.tail)
        for phone in other.phones
        if phone.tail in mine and _one_country(phone.number, mine[phone.tail].number)
    )
    if common:
        values["phone"] = common[0][1]
        return EXACT, not common[0][0]
    near = any(
        len(left.tail) == len(right.tail) and slips_between(left.tail, right.tail) <= 1
        for left in one.phones
        for right in other.phones
    )
    return (CLOSE if near else DIFFERENT), False


def _one_country(one: str, other: str) -> bool:
    """Two numbers with one tail are one unless both are international and differ."""
    return one == other or not (one.startswith("+") and other.startswith("+"))


def _birthdate_level(one: str, other: str) -> str:
    if not one or not other:
        return MISSING
    if one == other:
        return EXACT
    if dates.are_close(one, other):
        return CLOSE
    return "generation" if dates.are_generations_apart(one, other) else DIFFERENT


def _number_level(one: Features, other: Features) -> str:
    """VAT and other numbers: exact where any agrees, different where those of one sort differ."""
    if one.vat and one.vat == other.vat or set(one.numbers) & set(other.numbers):
        return EXACT
    pairs = [(one.vat, other.vat)] if one.vat and other.vat else []
    pairs += [(left, right) for left in one.numbers for right in other.numbers]
    if not pairs:
        return MISSING
    return CLOSE if any(registry_numbers.are_close(left, right) for left, right in pairs) else DIFFERENT
