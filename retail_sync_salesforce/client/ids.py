"""Record ids: 15 case-sensitive characters, or 18 with a checksum (API sheet section 9)."""

import re

_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_ID = re.compile(r"(?:[A-Za-z0-9]{15}|[A-Za-z0-9]{18})\Z")


def _checksum(id15: str) -> str:
    letters = ""
    for start in (0, 5, 10):
        index = 0
        for bit, char in enumerate(id15[start : start + 5]):
            if "A" <= char <= "Z":
                index |= 1 << bit
        letters += _SUFFIX[index]
    return letters


def to_18(value: str) -> str:
    """The 18-character form of an id, which alone is safe where case is lost or ignored.

    Raises ValueError for text that is no id, or whose checksum does not fit (a mistyped or case-folded id).
    """
    if not isinstance(value, str) or not _ID.match(value):
        raise ValueError(f"{value!r} is not a Salesforce record id")
    checksum = _checksum(value)
    if len(value) == 18 and value[15:].upper() != checksum:
        raise ValueError(f"{value!r} is not a Salesforce record id: its checksum should be {checksum}")
    return value[:15] + checksum


def is_id(value: object) -> bool:
    """Whether the value is a well-formed 15- or 18-character id with a right checksum."""
    try:
        to_18(value)  # type: ignore[arg-type]
    except ValueError:
        return False
    return True


def prefix(value: str) -> str:
    """The three characters that name the object: '001' Account, '003' Contact, '005' User, '750' bulk job."""
    return to_18(value)[:3]
