"""Made-up customers of a shop that sells abroad, with the look-alikes that mislead: deterministic by seed.

Other countries, names, slips and look-alikes than the development set, so that what holds on both holds for more.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable

from retail_sync.domain.identity.normalise.features import prepare
from retail_sync.domain.identity.normalise.record import read_record
from retail_sync.domain.identity.normalise.scripts import plain

from .generator_names import LOCALES, PROVIDERS, RELAYS, TRADES, Locale
from .labelled import LabelledSet
from .slips import Slips

Values = dict[str, str]
# Of the entities of a family: in the base only, arriving only, in both, in the base twice and arriving.
_WHERE = ("base", "new", "both", "twice")


class _World:
    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.slips = Slips(self.random)
        self.rows: list[tuple[str, Values, str, str]] = []  # (source, values, entity, trap)
        self.entities = 0

    def digits(self, pattern: str) -> str:
        draw = self.random
        return "".join(
            str(draw.randint(0, 9)) if char == "#" else draw.choice(string.ascii_uppercase) if char == "X" else char
            for char in pattern
        )

    def family_name(self, locale: Locale) -> str:
        # One more syllable, where the alphabet has it: otherwise people of one name would be far too many.
        middle = self.random.choice(("", "an", "er", "il", "or")) if locale.stems[0].isascii() else ""
        name = self.random.choice(locale.stems) + middle + self.random.choice(locale.endings)
        if locale.country == "PT":
            return f"{name} {self.random.choice(locale.stems)}{self.random.choice(locale.endings)}"
        return name

    def address(self, locale: Locale) -> Values:
        pattern = self.random.choice(locale.streets)
        return {
            "street": pattern.format(name=self.random.choice(locale.places), number=self.random.randint(1, 240)),
            "city": self.random.choice(locale.stems).strip("'") + self.random.choice(locale.town_endings),
            "zip": self.digits(locale.zip),
            "country": locale.country,
        }

    def person(self, locale: Locale, **given: str) -> Values:
        """A person with some of: mobile, own e-mail, birth date."""
        draw = self.random
        values: Values = {"kind": "person", **self.address(locale)}
        values["first_name"] = draw.choice(locale.given)
        values["last_name"] = self.family_name(locale)
        values.update(given)
        first, last = plain(values["first_name"]).replace(" ", ""), plain(values["last_name"]).replace(" ", "")
        if draw.random() < 0.85:
            values.setdefault("mobile", self.digits(locale.mobile))
        if draw.random() < 0.65:
            number = draw.choice(["", str(draw.randint(1, 99))])
            values.setdefault("email", f"{draw.choice([first, first[:1]])}.{last}{number}@{draw.choice(PROVIDERS)}")
        if draw.random() < 0.4:
            values.setdefault("birthdate", self.birthdate(1945, 2005))
        return values

    def birthdate(self, first: int, last: int) -> str:
        draw = self.random
        return f"{draw.randint(first, last)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"

    def company(self, locale: Locale) -> Values:
        draw = self.random
        stem = f"{draw.choice(locale.stems).strip(chr(39))}{draw.choice(locale.endings)} {draw.choice(TRADES)}"
        if draw.random() < 0.4:
            stem = f"{draw.choice(locale.stems)} & {stem}"
        domain = plain(stem).replace(" and ", "").replace(" ", "") + ".com"
        values = {"kind": "company", "name": f"{stem} {locale.form}", **self.address(locale)}
        values["phone"] = self.digits(locale.landline)
        if draw.random() < 0.6:
            values["email"] = f"{draw.choice(['info', 'sales', 'office'])}@{domain}"
        if draw.random() < 0.8:
            values["website"] = f"www.{domain}"
        if draw.random() < 0.5:
            values["vat"] = self.digits(locale.vat)
        return {**values, "_stem": stem}

    def put(self, values: Values, trap: str, locale: Locale, where: str = "") -> None:
        """One entity, at the places drawn or given."""
        where = where or self.random.choices(_WHERE, (25, 15, 54, 6))[0]
        entity = f"E{self.entities:06}"
        self.entities += 1
        shown = {name: value for name, value in values.items() if not name.startswith("_")}
        if where != "new":
            self.rows.append(("odoo", shown, entity, trap))
        if where == "twice":
            self.rows.append(("odoo", self.slips.light(shown, locale), entity, trap))
        if where != "base":
            copy = dict(shown) if where == "new" else self.slips.copy(shown, locale, self)
            self.rows.append(("salesforce", copy, entity, "new" if where == "new" and not trap else trap))


def _household(world: _World, locale: Locale) -> None:
    head = world.person(locale)
    shared = {name: head[name] for name in ("street", "city", "zip", "country", "last_name")}
    shared["phone"] = world.digits(locale.landline)
    email = f"family.{plain(head['last_name']).replace(' ', '')}@{world.random.choice(PROVIDERS)}"
    for first in world.random.sample(locale.given, world.random.randint(2, 4)):
        member = world.person(locale, **shared, first_name=first, mobile="", email="")
        if world.random.random() < 0.5:
            member["email"] = email
        world.put(member, "household", locale)


def _siblings(world: _World, locale: Locale) -> None:
    first = world.random.choice([name for name in locale.given if len(name) > 3])
    endings = [char for char in "aeoiαηа" if plain(char)[:1] != plain(first[-1])[:1]]
    other = first[:-1] + world.random.choice(endings)
    shared = {"phone": world.digits(locale.landline), "mobile": "", "email": ""}
    sibling = world.person(locale, first_name=first, birthdate=world.birthdate(1950, 2010), **shared)
    world.put(sibling, "twins", locale)
    world.put({**sibling, "first_name": other}, "twins", locale)


def _father_son(world: _World, locale: Locale) -> None:
    father = world.person(locale, birthdate=world.birthdate(1940, 1970))
    son = world.person(locale, **{name: father[name] for name in ("first_name", "last_name", "street", "city", "zip")})
    son["birthdate"] = world.birthdate(1985, 2008)
    if locale.country in ("IE", "AU") and world.random.random() < 0.5:
        son["last_name"] += " Jr."
    if son.get("email"):
        son["email"] = f"jr.{son['email']}"
    if world.random.random() < 0.3:
        father["phone"] = son["phone"] = world.digits(locale.landline)
    for member in (father, son):
        if world.random.random() < 0.15:
            member["birthdate"] = ""
        world.put(member, "father_son", locale)


def _homonym(world: _World, locale: Locale) -> None:
    first = world.person(locale)
    second = world.person(locale, first_name=first["first_name"], last_name=first["last_name"])
    if world.random.random() < 0.6:
        second["city"] = first["city"]
    for person in (first, second):
        if person.get("email"):
            person["email"] = f"{world.digits('user####')}@{world.random.choice(PROVIDERS)}"
        world.put(person, "homonym", locale)


def _colleagues(world: _World, locale: Locale) -> None:
    company = world.company(locale)
    office = {name: company[name] for name in ("street", "city", "zip", "country", "phone")}
    office["company"] = company["name"]
    for _number in range(world.random.randint(2, 3)):
        person = world.person(locale, **office, mobile="")
        if world.random.random() < 0.6:
            person["email"] = company.get("email", "")
        world.put(person, "shared_info", locale)


def _handed_on(world: _World, locale: Locale) -> None:
    """Add a number or mailbox that passed from its owner to another person."""
    owner = world.person(locale, mobile=world.digits(locale.mobile))
    field = "mobile" if world.random.random() < 0.5 or not owner.get("email") else "email"
    world.put(owner, "reused", locale)
    world.put(world.person(locale, **{field: owner[field]}), "reused", locale)


def _relay(world: _World, locale: Locale) -> None:
    relay = f"{world.digits('############')}@{world.random.choice(RELAYS)}"
    world.put(world.person(locale, email=relay), "relay", locale)


def _branches(world: _World, locale: Locale) -> None:
    head = world.company(locale)
    world.put(head, "branch", locale)
    for _number in range(world.random.randint(1, 3)):
        branch = {**head, **world.address(locale)}
        if world.random.random() < 0.6:
            branch["name"] = f"{head['_stem']} {branch['city']}"
        if world.random.random() < 0.6:
            branch["phone"] = world.digits(locale.landline)
        world.put(branch, "branch", locale)


def _plain_person(world: _World, locale: Locale) -> None:
    world.put(world.person(locale), "", locale)


def _plain_company(world: _World, locale: Locale) -> None:
    world.put(world.company(locale), "", locale)


_FAMILIES: tuple[tuple[Callable[[_World, Locale], None], int], ...] = (
    (_plain_person, 900),
    (_plain_company, 500),
    (_household, 130),
    (_siblings, 60),
    (_father_son, 70),
    (_homonym, 60),
    (_colleagues, 70),
    (_relay, 120),
    (_handed_on, 40),
    (_branches, 110),
)


def world_rows(seed: int, scale: float = 1.0) -> list[tuple[str, Values, str, str]]:
    """About 3,000 customers at scale 1, of eight countries, in random order: (source, values, entity, trap)."""
    world = _World(seed)
    for family, count in _FAMILIES:
        for _number in range(round(count * scale)):
            family(world, world.random.choice(LOCALES))
    world.random.shuffle(world.rows)
    return world.rows


def generate(seed: int, scale: float = 1.0) -> LabelledSet:
    """The same customers as a labelled set."""
    found = LabelledSet("generated", [])
    for number, (source, values, entity, trap) in enumerate(world_rows(seed, scale)):
        values.setdefault("name", f"{values.get('first_name', '')} {values.get('last_name', '')}".strip())
        given = read_record(f"{source[0].upper()}{number:05}", values)
        record = prepare(given)
        if source == "odoo":
            found.base.append(record)
        else:
            found.arriving.append(record)
            found.sources.append(given)
        found.entity[record.id] = entity
        found.trap[record.id] = trap
    # Stems and endings are few, so chance makes namesakes too: strangers of one full name. To ask about one is right,
    # as it is for those made on purpose.
    known = {record.person for record in found.base if record.kind == "person"}
    for record in found.arriving:
        if found.trap[record.id] == "new" and record.kind == "person" and record.person in known:
            found.trap[record.id] = "homonym"
    return found
