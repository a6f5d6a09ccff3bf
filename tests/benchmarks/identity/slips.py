"""What happens to a record on its way through another system: slips of the pen, other spellings, changes, gaps."""

from __future__ import annotations

import random
import re

from retail_sync.domain.identity.normalise.scripts import plain

from .generator_names import Locale

_NEIGHBOURS = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnm0123456789",
        "wertyuiopqsdfghjklaxcvbnmz1234567890",
        strict=True,
    )
)
_LOOK_ALIKE = {"o": "0", "l": "1", "i": "l", "m": "rn", "u": "v", "e": "c"}


class Slips:
    """Changes drawn from one random source."""

    def __init__(self, source: random.Random):
        self.random = source

    def slip(self, text: str) -> str:
        """One slip: a neighbouring key, a letter lost, doubled or swapped with the next, or misread."""
        if len(text) < 3:
            return text
        at = self.random.randrange(len(text) - 1)
        kind = self.random.choice(("neighbour", "lost", "doubled", "swapped", "misread"))
        char = text[at]
        if kind == "lost":
            return text[:at] + text[at + 1 :]
        if kind == "doubled":
            return text[:at] + char + text[at:]
        if kind == "swapped":
            return text[:at] + text[at + 1] + char + text[at + 2 :]
        table = _NEIGHBOURS if kind == "neighbour" else _LOOK_ALIKE
        return text[:at] + table.get(char.lower(), char) + text[at + 1 :]

    def light(self, values: dict[str, str], locale: Locale) -> dict[str, str]:
        """Return a duplicate in the same system: written otherwise, with fields left out."""
        copy = dict(values)
        for name in ("street", "phone", "mobile", "email", "vat", "birthdate"):
            if copy.get(name) and self.random.random() < 0.12:
                copy[name] = ""
        return self._spelt(copy, locale)

    def copy(self, values: dict[str, str], locale: Locale, world) -> dict[str, str]:
        """The same customer as another system has it."""
        draw = self.random
        copy = self.light(values, locale)
        for name in ("first_name", "last_name", "name", "street", "city", "zip"):
            if copy.get(name) and draw.random() < 0.07:
                copy[name] = self.slip(copy[name])
        if draw.random() < 0.05:
            copy.update(world.address(locale))
        if copy.get("mobile") and draw.random() < 0.06:
            copy["mobile"] = world.digits(locale.mobile)
        if copy.get("first_name"):
            self._first_name(copy, locale)
        return copy

    def _first_name(self, copy: dict[str, str], locale: Locale) -> None:
        chance = self.random.random()
        short = locale.short.get(copy["first_name"])
        if chance < 0.04:
            copy["first_name"] = copy["first_name"][0] + "."
        elif chance < 0.08:
            copy["first_name"], copy["last_name"] = copy["last_name"], copy["first_name"]
        elif short and chance < 0.4:
            copy["first_name"] = short

    def _spelt(self, copy: dict[str, str], locale: Locale) -> dict[str, str]:
        draw = self.random
        names = [name for name in ("first_name", "last_name", "name", "street", "city") if copy.get(name)]
        chance = draw.random()
        if chance < 0.12:  # another alphabet, or none of the accents
            for name in names:
                copy[name] = plain(copy[name]).title() if name != "name" else plain(copy[name]).upper()
        elif chance < 0.2:
            for name in names:
                copy[name] = copy[name].upper()
        if copy.get("name") and draw.random() < 0.15:
            copy["name"] = copy["name"].replace(f" {locale.form}", draw.choice(("", f" {locale.spelt}")))
        for name in ("phone", "mobile"):
            if copy.get(name) and draw.random() < 0.5:
                compact = re.sub(r"\s", "", copy[name])
                copy[name] = draw.choice((compact, compact.replace("+", "00", 1)))
        if copy.get("email") and draw.random() < 0.2:
            copy["email"] = copy["email"].upper()
        return copy
