"""Business customers: a hierarchy of at most three levels, with addresses, numbers and owners."""

from __future__ import annotations

from random import Random

from . import words
from .account_traps import AccountTraps
from .phones import PhoneBook
from .places import COUNTRIES, Country
from .records import Accounts, Record
from .traps import TrapBook, deal
from .vat import make_vat

MAX_LEVEL = 2  # levels are counted from 0: head office, company, branch


class AccountMaker:
    """Makes account records one by one; ``book`` is None for a clean export."""

    def __init__(
        self, rng: Random, phones: PhoneBook, book: TrapBook | None, owners: tuple[list[str], list[str]]
    ) -> None:
        self._rng = rng
        self._phones = phones
        self._book = book
        self._owners, gone_owners = owners
        self._weights = [country.weight for country in COUNTRIES]
        self._names: set[str] = set()
        self.made = Accounts()
        self._traps = AccountTraps(rng, phones, self.made, gone_owners)

    def make(self, count: int) -> Accounts:
        """Make ``count`` accounts; a parent always comes before its children."""
        # The first few records are there to be copied and to be parents.
        barred = {"identity": range(10), "modified": range(10), "vat": ()}
        dealt = deal("Account", count, self._rng, barred) if self._book else [{} for _ in range(count)]
        made = self.made
        made.lone = {i for i, traps in enumerate(dealt) if "identity" in traps}
        for index in range(count):
            self._make(index, dealt[index])
        return made

    def _make(self, index: int, traps: dict[str, str]) -> None:
        rng, made = self._rng, self.made
        country = rng.choices(COUNTRIES, self._weights)[0]
        parent = self._parent(index, traps)
        if parent is not None:
            country = made.countries[parent] if rng.random() < 0.8 else country
        name, domain = self._name(country, index)
        place = rng.choice(country.places)
        record: Record = {
            "attributes": {"type": "Account", "referenceId": f"AccountRef{index + 1}"},
            "Name": name,
            "Legacy_Id__c": f"AccountRef{index + 1}",
            "Type": rng.choice(words.TYPES),
            "Industry": rng.choice(words.INDUSTRIES),
            "Customer_Number__c": f"K{100000 + index}",
            "VAT_Number__c": self._vat(country),
            "Phone": self._phones.written(country.code) if self._book else self._phones.e164(country.code),
            "Website": f"https://www.{domain}",
            "Description": None,
            "OwnerId": f"@{rng.choice(self._owners)}",
            "BillingStreet": rng.choice(country.streets).format(n=rng.randint(1, 240)),
            "BillingCity": place.city,
            "BillingState": place.state_code or None,
            "BillingPostalCode": place.zip,
            "BillingCountry": country.spellings[0],
        }
        if parent is not None:
            record["ParentId"] = f"@AccountRef{parent + 1}"
        made.records.append(record)
        made.countries.append(country)
        made.parents.append(parent)
        made.levels.append(0 if parent is None else made.levels[parent] + 1)
        made.domains.append(domain)
        for trap in traps.values():
            refs = getattr(self._traps, trap)(index, record, country)
            if refs and self._book is not None:
                self._book.note(trap, *refs)

    def _parent(self, index: int, traps: dict[str, str]) -> int | None:
        """About every third account has a parent; the traps that are about a parent always have one."""
        about_parent = {"vat_of_parent", "late_parent"} & set(traps.values())
        if index == 0 or "identity" in traps or (not about_parent and self._rng.random() > 0.3):
            return None
        for _ in range(50):
            parent = self._rng.randrange(index)
            # A branch that carries its parent's VAT number must be the parent's only one, else the two branches clash.
            if self.made.levels[parent] < MAX_LEVEL and parent not in self.made.lone:
                return parent
        return None

    def _name(self, country: Country, index: int) -> tuple[str, str]:
        rng = self._rng
        surnames, trades = words.LAST_NAMES[country.code], words.TRADES[country.code]
        for attempt in range(100):
            name = f"{rng.choice(surnames)} {rng.choice(trades)} {rng.choice(country.legal)}"
            if attempt > 3:
                name = f"{rng.choice(surnames)} & {name}"
            if attempt > 20:
                name = f"{name} {rng.choice(country.places).city} {index}"
            if name.casefold() not in self._names:
                break
        self._names.add(name.casefold())
        return name, f"shop{index + 1}.example"

    def _vat(self, country: Country) -> str | None:
        while True:
            vat = make_vat(country.code, self._rng)
            if vat is None:
                return None
            if vat not in self.made.vats:
                self.made.vats.add(vat)
                return vat
