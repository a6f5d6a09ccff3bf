"""What the headers of an answer report of a limit."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reported:
    """What an answer reports of the account's window. resets_in: seconds."""

    limit: int | None = None
    left: int | None = None
    resets_in: float | None = None


def header_number(headers: Mapping[str, str], *names: str) -> int | None:
    """The first whole number among these headers; None when none holds one."""
    for name in names:
        # "100, 100;w=60" is how a draft of the standard has it
        text = (headers.get(name) or "").partition(",")[0].strip()
        if text.isdecimal() and text.isascii():
            return int(text[:9])
    return None
