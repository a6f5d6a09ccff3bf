"""VAT numbers with right check digits, by country, and the ways people mistype them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random


def _digits(rng: Random, count: int, first: str = "123456789") -> str:
    return rng.choice(first) + "".join(rng.choices("0123456789", k=count - 1))


def _luhn(body: str) -> str:
    total = 0
    for place, char in enumerate(reversed(body)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def _italy(rng: Random) -> str:
    # Seven digits of the firm, then the province's office (001-100), then the Luhn digit.
    body = _digits(rng, 7) + f"{rng.randint(1, 100):03d}"
    return f"IT{body}{_luhn(body)}"


def _germany(rng: Random) -> str:
    body = _digits(rng, 8)
    product = 10
    for char in body:
        step = (int(char) + product) % 10 or 10
        product = step * 2 % 11
    return f"DE{body}{(11 - product) % 10}"


def _france(rng: Random) -> str:
    body = _digits(rng, 8)
    siren = body + _luhn(body)
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def _spain(rng: Random) -> str:
    body = rng.choice(("08", "28", "46", "15")) + _digits(rng, 5)
    total = sum(int(char) for char in body[1::2])
    total += sum(sum(divmod(int(char) * 2, 10)) for char in body[0::2])
    return f"ES{rng.choice('AB')}{body}{-total % 10}"


def _netherlands(rng: Random) -> str:
    while True:
        body = _digits(rng, 8)
        check = sum(int(char) * weight for char, weight in zip(body, range(9, 1, -1), strict=True)) % 11
        if check < 10:
            return f"NL{body}{check}B{rng.randint(1, 3):02d}"


def _britain(rng: Random) -> str:
    while True:
        body = _digits(rng, 7)
        total = sum(int(char) * weight for char, weight in zip(body, range(8, 1, -1), strict=True))
        check = -total % 97
        # Numbers from 100 000 000 on; 97 - 0 would need a check of 97, which is written as 97, so leave it out.
        if check:
            return f"GB{body}{check:02d}"


def _poland(rng: Random) -> str:
    while True:
        body = _digits(rng, 9)
        check = sum(int(char) * weight for char, weight in zip(body, (6, 5, 7, 2, 3, 4, 5, 6, 7), strict=True)) % 11
        if check < 10:
            return f"PL{body}{check}"


def _austria(rng: Random) -> str:
    body = _digits(rng, 7)
    total = 0
    for place, char in enumerate(body):
        total += int(char) if place % 2 == 0 else sum(divmod(int(char) * 2, 10))
    return f"ATU{body}{(6 - total) % 10}"


def _belgium(rng: Random) -> str:
    body = "0" + _digits(rng, 7)
    return f"BE{body}{97 - int(body) % 97:02d}"


_MAKERS: dict[str, Callable[[Random], str]] = {
    "IT": _italy, "DE": _germany, "FR": _france, "ES": _spain, "NL": _netherlands, "GB": _britain, "PL": _poland,
    "AT": _austria, "BE": _belgium,
}  # fmt: skip


def make_vat(country_code: str, rng: Random) -> str | None:
    """A VAT number with its country prefix and a right checksum; None where the country has no VAT."""
    maker = _MAKERS.get(country_code)
    return maker(rng) if maker else None


def mistype(vat: str, rng: Random) -> str:
    """The same number as a person types it: blanks, dots, dashes, lower case. Still the same number."""
    body = vat[2:]
    return rng.choice(
        (
            f"{vat[:2]} {body[:3]} {body[3:6]} {body[6:]}",
            f"{vat[:2].lower()}{body}",
            f"{vat[:2]}-{body}",
            f" {vat} ",
            f"{vat[:2]}.{body[:3]}.{body[3:]}",
        )
    )


def break_checksum(vat: str) -> str:
    """Another number that can't be right: one digit before the last is changed (every scheme here notices that)."""
    place = len(vat) - 4
    return f"{vat[:place]}{(int(vat[place]) + 1) % 10}{vat[place + 1 :]}"
