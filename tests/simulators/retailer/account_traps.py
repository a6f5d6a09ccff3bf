"""The dirt in accounts: each method sets one trap of :data:`traps.TRAPS` on a record."""

from __future__ import annotations

from random import Random

from . import words
from .phones import PhoneBook
from .places import WRONG_COUNTRIES, WRONG_STATES, Country
from .records import Accounts, Record
from .vat import break_checksum, mistype

_ADDRESS = ("Street", "City", "State", "PostalCode", "Country")


class AccountTraps:
    """Every public method changes a record and returns the references it concerns (none: it did not apply)."""

    def __init__(self, rng: Random, phones: PhoneBook, made: Accounts, gone_owners: list[str]) -> None:
        self._rng = rng
        self._phones = phones
        self._gone_owners = gone_owners
        self.made = made

    def _ref(self, index: int) -> str:
        return f"AccountRef{index + 1}"

    def vat_formatted(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        if not record["VAT_Number__c"]:
            return ()
        record["VAT_Number__c"] = mistype(record["VAT_Number__c"], self._rng)
        return (self._ref(index),)

    def vat_bad_checksum(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        if not record["VAT_Number__c"] or country.code == "NL":
            return ()
        record["VAT_Number__c"] = break_checksum(record["VAT_Number__c"])
        return (self._ref(index),)

    def vat_of_parent(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        parent = self.made.parents[index]
        if parent is None:
            return ()
        vat = self.made.records[parent]["VAT_Number__c"]
        shared = vat and any(
            other["VAT_Number__c"] == vat for i, other in enumerate(self.made.records) if i not in (parent, index)
        )
        if not vat or shared:
            return ()
        record["VAT_Number__c"] = vat
        return (self._ref(parent), self._ref(index))

    def _model(self, index: int) -> int | None:
        """An earlier account with a plain VAT number, without relatives and not yet copied."""
        made = self.made
        for _ in range(300):
            other = self._rng.randrange(index)
            vat = made.records[other]["VAT_Number__c"]
            alone = made.parents[other] is None and other not in made.parents and other not in made.lone
            if alone and vat in made.vats:
                made.lone.add(other)
                return other
        return None

    def vat_clash(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        other = self._model(index)
        if other is None:
            return ()
        record["VAT_Number__c"] = self.made.records[other]["VAT_Number__c"]
        return self._ref(other), self._ref(index)

    def account_twin(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        other = self._model(index)
        if other is None:
            return ()
        for key in ("Name", "VAT_Number__c", "Phone", "Website"):
            record[key] = self.made.records[other][key]
        return self._ref(other), self._ref(index)

    def same_name_account(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        if not index:
            return ()
        other = self._rng.randrange(index)
        record["Name"] = self.made.records[other]["Name"]
        return self._ref(other), self._ref(index)

    def odd_name_account(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["Name"] = self._rng.choice(words.ODD_FIRMS)
        return (self._ref(index),)

    def long_name_account(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["Name"] = (record["Name"] + " und Söhne Handelsgesellschaft " * 10)[:254].rstrip() + "."
        return (self._ref(index),)

    def padded_name_account(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["Name"] = "  " + record["Name"].replace(" ", "   ", 1) + " "
        return (self._ref(index),)

    def phone_unparsable_account(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["Phone"] = self._rng.choice(words.UNPARSABLE_PHONES)
        return (self._ref(index),)

    def phone_extension(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["Phone"] = self._phones.with_extension(country.code)
        return (self._ref(index),)

    def country_spelling(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["BillingCountry"] = self._rng.choice(country.spellings[1:])
        return (self._ref(index),)

    def country_wrong(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["BillingCountry"] = self._rng.choice(WRONG_COUNTRIES)
        return (self._ref(index),)

    def country_missing(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["BillingCountry"] = None
        return (self._ref(index),)

    def state_name(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        place = next(place for place in country.places if place.city == record["BillingCity"])
        if not place.state_name:
            return ()
        record["BillingState"] = place.state_name
        return (self._ref(index),)

    def state_wrong(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["BillingState"] = self._rng.choice(WRONG_STATES)
        return (self._ref(index),)

    def street_multiline(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        end = self._rng.choice(("\r\n", "\n"))
        record["BillingStreet"] = end.join(
            (record["BillingStreet"], "Building B", "2nd floor")[: self._rng.choice((2, 3))]
        )
        return (self._ref(index),)

    def address_empty(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        if not record["BillingCountry"] or record["BillingCountry"] in WRONG_COUNTRIES:
            return ()
        for part in _ADDRESS:
            record[f"Billing{part}"] = None
        return (self._ref(index),)

    def shipping_same(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        for part in _ADDRESS:
            record[f"Shipping{part}"] = record[f"Billing{part}"]
        return (self._ref(index),)

    def shipping_case(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        self.shipping_same(index, record, country)
        record["ShippingStreet"] = f" {record['BillingStreet'].swapcase()}. "
        record["ShippingCity"] = record["BillingCity"].upper()
        return (self._ref(index),)

    def shipping_different(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        place = self._rng.choice(country.places)
        record["ShippingStreet"] = "Lager / Warehouse " + str(self._rng.randint(300, 999))
        record["ShippingCity"] = place.city
        record["ShippingState"] = place.state_code or None
        record["ShippingPostalCode"] = place.zip
        record["ShippingCountry"] = country.spellings[0]
        return (self._ref(index),)

    def notes_odd_account(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["Description"] = self._rng.choice(words.NOTES)
        return (self._ref(index),)

    def website_odd(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        domain = self.made.domains[index]
        forms = (domain, f"WWW.{domain.upper()}", f" http://{domain}/ ", f"{domain}/shop?a=1&b=2")
        record["Website"] = self._rng.choice(forms)
        return (self._ref(index),)

    def customer_number_zeros(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["Customer_Number__c"] = f"{index + 1:08d}"
        return (self._ref(index),)

    def late_parent(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        parent = self.made.parents[index]
        return () if parent is None else (self._ref(parent), self._ref(index))

    def inactive_owner_account(self, index: int, record: Record, country: Country) -> tuple[str, ...]:
        record["OwnerId"] = f"@{self._rng.choice(self._gone_owners)}"
        return (self._ref(index),)
