"""Ids: tickets count from one, other records have 64-bit numbers that grow, webhooks and events sortable texts."""

from __future__ import annotations

import random

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FIRST = 6130807990000


class Ids:
    """Numbers that are given out once. The same calls give the same numbers again."""

    def __init__(self) -> None:
        self._ticket = 0
        self._other = _FIRST
        self._chance = random.Random(20260520)

    def ticket(self, gap: int = 0) -> int:
        self._ticket += 1 + gap
        return self._ticket

    def number(self) -> int:
        """The next id of anything but a ticket, in steps as an account that is one of many on a server sees them."""
        self._other += 2 + (self._other * 2_654_435_761 >> 13) % 37 * 2
        return self._other

    def pass_by(self, number: int, ticket: bool) -> None:
        """Give out higher ids than one that was given by a seed."""
        if ticket:
            self._ticket = max(self._ticket, number)
        else:
            self._other = max(self._other, number)

    def sortable(self, epoch: float) -> str:
        """A text of 26 characters that sorts by time."""
        moment, text = int(epoch * 1000), ""
        for _ in range(10):
            text = _ALPHABET[moment % 32] + text
            moment //= 32
        return text + "".join(self._chance.choice(_ALPHABET) for _ in range(16))

    def hexadecimal(self, length: int = 32) -> str:
        return "".join(self._chance.choice("0123456789abcdef") for _ in range(length))
