"""Telephone numbers that exist in form, written the way each country (or hurry) writes them."""

from __future__ import annotations

from random import Random

# Country -> calling code, trunk prefix, fixed lines, mobiles; a line: area, subscriber digits, possible first digits.
_PLANS: dict[str, tuple[str, str, tuple[tuple[str, int, str], ...], tuple[tuple[str, int, str], ...]]] = {
    "IT": ("39", "", (("02", 8, "4678"), ("06", 8, "4678"), ("0432", 6, "2345")),
        (("347", 7, "123456789"), ("328", 7, "123456789"))),
    "DE": ("49", "0", (("89", 8, "23456"), ("30", 8, "23456"), ("221", 7, "23456")),
        (("171", 7, "2345678"), ("160", 7, "2345678"))),
    "FR": ("33", "0", (("1", 8, "45"), ("4", 8, "79")), (("6", 8, "1234567"),)),
    "ES": ("34", "", (("91", 7, "345"), ("93", 7, "234")), (("6", 8, "12345"),)),
    "NL": ("31", "0", (("20", 7, "234567"), ("10", 7, "234")), (("6", 8, "12345"),)),
    "GB": ("44", "0", (("161", 7, "2348"), ("113", 7, "234")), (("7400", 6, "123456"), ("7911", 6, "1"))),
    "US": ("1", "", (("617", 7, "23456789"), ("302", 7, "23456789"), ("415", 7, "23456789")),
        (("512", 7, "23456789"),)),
    "PL": ("48", "", (("22", 7, "23456"), ("12", 7, "23456")), (("601", 6, "123456789"), ("502", 6, "123456789"))),
    "AT": ("43", "0", (("1", 7, "23456"), ("316", 6, "23456")), (("664", 7, "12345678"),)),
    "BE": ("32", "0", (("3", 7, "23"), ("2", 7, "25")), (("470", 6, "123456789"), ("495", 6, "123456789"))),
}  # fmt: skip


class PhoneBook:
    """Hands out numbers and never the same one twice: a shared number is a trap and must be one on purpose."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def number(self, country: str, mobile: bool = False) -> tuple[str, str, str]:
        """A new number as (calling code, area, subscriber)."""
        code, _trunk, fixed, mobiles = _PLANS[country]
        while True:
            area, size, first = self._rng.choice(mobiles if mobile else fixed)
            subscriber = self._rng.choice(first) + "".join(self._rng.choices("0123456789", k=size - 1))
            # North American exchanges must not end in 11 (those are service codes).
            if country == "US" and subscriber[1:3] == "11":
                continue
            key = code + area + subscriber
            if key not in self._given:
                self._given.add(key)
                return code, area, subscriber

    def e164(self, country: str, mobile: bool = False) -> str:
        """A new number in international form without blanks."""
        return "+" + "".join(self.number(country, mobile))

    def written(self, country: str, mobile: bool = False) -> str:
        """A new number in one of the ways people of that country write it."""
        code, area, subscriber = self.number(country, mobile)
        trunk = _PLANS[country][1]
        half = len(subscriber) // 2
        parts = f"{subscriber[:half]} {subscriber[half:]}"
        forms = [
            f"+{code} {area} {parts}",
            f"+{code}{area}{subscriber}",
            f"{trunk}{area} {parts}",
            f"{trunk}{area}/{subscriber}",
            f"00{code} {area} {parts}" if country != "US" else f"1({area}){subscriber[:3]}-{subscriber[3:]}",
        ]
        if trunk:
            forms.append(f"+{code} ({trunk}){area} {parts}")
        if country == "US":
            forms += [f"({area}) {subscriber[:3]}-{subscriber[3:]}", f"{area}.{subscriber[:3]}.{subscriber[3:]}"]
        return self._rng.choice(forms)

    def with_extension(self, country: str) -> str:
        """A new number followed by an extension."""
        code, area, subscriber = self.number(country)
        extension = self._rng.randint(2, 999)
        return self._rng.choice(
            (
                f"+{code} {area} {subscriber} ext. {extension}",
                f"+{code} {area} {subscriber} x{extension}",
            )
        )
