"""Persons at the business customers, and a few private ones."""

from __future__ import annotations

import unicodedata
from random import Random

from . import words
from .phones import PhoneBook
from .places import COUNTRIES, Country
from .records import Accounts, Record
from .traps import TrapBook, deal

_BAD_EMAILS = ("n/a", "none@", "@shop.example", "maria at shop.example", "a b@shop.example", "kein E-Mail")
_ODD_LANGUAGES = ("xx", "Deutsch", "zh-Hant-TW", "IT", "en-us", "klingon")


def _slug(text: str) -> str:
    """ASCII letters and digits of a name, for an e-mail address."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(char for char in plain if char.isalnum()) or "x"


class ContactMaker:
    """Makes contact records; ``book`` is None for a clean export."""

    def __init__(
        self,
        rng: Random,
        phones: PhoneBook,
        book: TrapBook | None,
        owners: tuple[list[str], list[str]],
        accounts: Accounts,
    ) -> None:
        self._rng = rng
        self._phones = phones
        self._book = book
        self._owners, self._gone_owners = owners
        self._accounts = accounts
        self.records: list[Record] = []
        self.parents: list[int | None] = []
        self._copied: set[int] = set()

    def make(self, count: int) -> list[Record]:
        """Make ``count`` contacts, each at a random account."""
        barred = {"identity": range(10), "name": range(10)}
        dealt = deal("Contact", count, self._rng, barred) if self._book else [{} for _ in range(count)]
        # What a duplicate copies must itself be plain in every field that identifies it.
        self._plain = [not {"identity", "name", "email", "phone", "parent"} & traps.keys() for traps in dealt]
        for index in range(count):
            self._make(index, dealt[index])
        return self.records

    def _make(self, index: int, traps: dict[str, str]) -> None:
        rng = self._rng
        account = rng.randrange(len(self._accounts.records)) if self._accounts.records else None
        country = self._accounts.countries[account] if account is not None else rng.choice(COUNTRIES)
        first = rng.choice(words.FIRST_NAMES[country.code])
        last = rng.choice(words.LAST_NAMES[country.code])
        domain = self._accounts.domains[account] if account is not None else "mail.example"
        place = rng.choice(country.places)
        record: Record = {
            "attributes": {"type": "Contact", "referenceId": f"ContactRef{index + 1}"},
            "LastName": last,
            "FirstName": first,
            "Legacy_Id__c": f"ContactRef{index + 1}",
            "Salutation": rng.choice(words.SALUTATIONS) if rng.random() < 0.3 else None,
            "Title": rng.choice(words.TITLES) if rng.random() < 0.5 else None,
            "Department": rng.choice(words.DEPARTMENTS) if rng.random() < 0.3 else None,
            "Email": f"{_slug(first)}.{_slug(last)}{index + 1}@{domain}",
            "Phone": self._phones.written(country.code) if self._book else self._phones.e164(country.code),
            "MobilePhone": None,
            "MailingStreet": rng.choice(country.streets).format(n=rng.randint(1, 240)),
            "MailingCity": place.city,
            "MailingState": place.state_code or None,
            "MailingPostalCode": place.zip,
            "MailingCountry": country.spellings[0],
            "HasOptedOutOfEmail": False,
            "DoNotCall": False,
            "Language__c": country.language,
            "Description": None,
            "OwnerId": f"@{rng.choice(self._owners)}",
        }
        if account is not None:
            record["AccountId"] = f"@AccountRef{account + 1}"
        self.records.append(record)
        self.parents.append(account)
        for trap in traps.values():
            refs = getattr(self, f"_{trap}")(index, record, country)
            if refs and self._book is not None:
                self._book.note(trap, *refs)

    def _ref(self, index: int) -> str:
        return f"ContactRef{index + 1}"

    def _model(self, index: int) -> int | None:
        """An earlier contact that is plain and not yet copied."""
        for _ in range(300):
            other = self._rng.randrange(index)
            if self._plain[other] and other not in self._copied:
                self._copied.add(other)
                return other
        return None

    def _copy(self, index: int, record: Record, other: int, *keys: str) -> None:
        model = self.records[other]
        for key in ("FirstName", "LastName", "MailingCountry", *keys):
            record[key] = model[key]
        self.parents[index] = self.parents[other]
        record.pop("AccountId", None)
        if "AccountId" in model:
            record["AccountId"] = model["AccountId"]

    def _home(self, index: int) -> str:
        """Code of the country that the contact's own address names."""
        name = self.records[index]["MailingCountry"]
        return next(country.code for country in COUNTRIES if country.spellings[0] == name)

    # Traps: each changes its record and returns the references it concerns (none: it did not apply here).

    def _contact_twin(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        other = self._model(index)
        if other is None:
            return ()
        self._copy(index, record, other, "Email")
        record["Phone"] = self._phones.written(self._home(other))
        return self._ref(other), self._ref(index)

    def _phone_twin(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        other = self._model(index)
        if other is None:
            return ()
        # Both in international form: what is tested is the duplicate, not the reading of national formats.
        self.records[other]["Phone"] = self._phones.e164(self._home(other))
        self._copy(index, record, other, "Phone")
        record["Email"] = None
        return self._ref(other), self._ref(index)

    def _same_name_contact(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        other = self._rng.randrange(index)
        record["FirstName"], record["LastName"] = (self.records[other][key] for key in ("FirstName", "LastName"))
        return self._ref(other), self._ref(index)

    def _odd_name_contact(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["FirstName"], record["LastName"] = self._rng.choice(words.ODD_PEOPLE)
        return (self._ref(index),)

    def _long_name_contact(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["FirstName"] = "Wolfeschlegelsteinhausenbergerdorffwelche"[:40]
        record["LastName"] = (record["LastName"] + "-Hubert" * 12)[:80]
        return (self._ref(index),)

    def _email_padded(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["Email"] = f" {record['Email'].upper()} "
        return (self._ref(index),)

    def _email_invalid(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["Email"] = self._rng.choice(_BAD_EMAILS)
        return (self._ref(index),)

    def _email_shared(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        account = self.parents[index]
        if account is None:
            return ()
        record["Email"] = f"info@{self._accounts.domains[account]}"
        # A namesake with the same mailbox would be a real doubt; this trap is about the mailbox alone.
        record["LastName"] = f"{record['LastName']}-{index + 1}"[:80]
        return (self._ref(index),)

    def _email_missing(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["Email"] = None
        return (self._ref(index),)

    def _phone_unparsable_contact(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["Phone"] = self._rng.choice(words.UNPARSABLE_PHONES)
        return (self._ref(index),)

    def _phone_only_mobile(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["Phone"] = None
        record["MobilePhone"] = self._phones.written(country.code, mobile=True)
        return (self._ref(index),)

    def _no_account(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record.pop("AccountId", None)
        self.parents[index] = None
        return (self._ref(index),)

    def _late_account(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        account = self.parents[index]
        return () if account is None else (self._accounts.records[account]["Legacy_Id__c"], self._ref(index))

    def _opted_out(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        mail, call = self._rng.choice(((True, False), (False, True), (True, True)))
        record["HasOptedOutOfEmail"], record["DoNotCall"] = mail, call
        return (self._ref(index),)

    def _notes_odd_contact(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["Description"] = self._rng.choice(words.NOTES)
        return (self._ref(index),)

    def _language_odd(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["Language__c"] = self._rng.choice(_ODD_LANGUAGES)
        return (self._ref(index),)

    def _inactive_owner_contact(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["OwnerId"] = f"@{self._rng.choice(self._gone_owners)}"
        return (self._ref(index),)
