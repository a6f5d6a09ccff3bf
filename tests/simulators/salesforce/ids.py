"""Record ids: 15 case-sensitive characters, or 18 with a checksum of the letter cases."""

from __future__ import annotations

import re
from functools import lru_cache

BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHAPE = re.compile(r"^[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?$")
_INSTANCE = "5g0"


@lru_cache(maxsize=65536)
def _letter(group: str) -> str:
    bits = 0
    for position, letter in enumerate(group):
        if "A" <= letter <= "Z":
            bits |= 1 << position
    return _SUFFIX[bits]


def checksum(id15: str) -> str:
    return _letter(id15[:5]) + _letter(id15[5:10]) + _letter(id15[10:])


def to18(value: str) -> str | None:
    """The 18-character form of a 15- or 18-character id; ``None`` when it is malformed.

    An 18-character id is safe to send in any letter case: the checksum restores it.
    """
    if not isinstance(value, str) or not _SHAPE.match(value):
        return None
    if len(value) == 15:
        return value + checksum(value)
    suffix = value[15:].upper()
    if value[15:] == suffix and checksum(value[:15]) == suffix:
        return value
    restored = []
    for index, letter in enumerate(value[:15]):
        flags = _SUFFIX.find(suffix[index // 5])
        if flags < 0:
            return None
        restored.append(letter.upper() if flags >> (index % 5) & 1 else letter.lower())
    id15 = "".join(restored)
    return id15 + suffix if checksum(id15) == suffix else None


@lru_cache(maxsize=8192)
def _digits(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits.append(BASE62[digit])
    return "".join(reversed(digits))


class IdFactory:
    """Hands out ids per key prefix, in ascending text order."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def new(self, prefix: str) -> str:
        number = self._next.get(prefix, 62**4 * 11)
        self._next[prefix] = number + 1
        high, low = divmod(number, 62**4)
        id15 = prefix + _INSTANCE + _digits(high, 5) + _digits(low // 3844, 2) + _digits(low % 3844, 2)
        return id15 + checksum(id15)

    def counters(self) -> dict[str, int]:
        """The next number of each prefix."""
        return dict(self._next)

    def go_on(self, counters: dict[str, int]) -> None:
        """Hand out no id again that was handed out up to there."""
        for prefix, number in counters.items():
            self._next[prefix] = max(number, self._next.get(prefix, 0))
