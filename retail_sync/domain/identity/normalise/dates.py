"""Birth dates: read where they are possible, compared with the slips people make."""

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

_ISO = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ].*)?")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# What systems fill in for a date they don't have.
_FILLERS = frozenset(("19000101", "19010101", "19700101", "18991230", "18991231", "20000101", "00010101"))
# A son is hardly born sooner; a slip of the pen in the year is taken for one only below this.
GENERATION_YEARS = 15


@lru_cache(maxsize=8192)
def read_date(text: str) -> str:
    """``YYYYMMDD``; empty for what is no date, an impossible one, or a system's filler (1900-01-01)."""
    found = _ISO.fullmatch(text.strip())
    if not found:
        return ""
    year, month, day = found.groups()
    date = year + month + day
    if date in _FILLERS or not (1880 <= int(year) <= 2100 and 1 <= int(month) <= 12):
        return ""
    return date if 1 <= int(day) <= _DAYS[int(month) - 1] else ""


def are_close(left: str, right: str) -> bool:
    """True for one wrong digit, two digits in the wrong order, or day and month swapped, within a generation."""
    if abs(int(left[:4]) - int(right[:4])) >= GENERATION_YEARS:
        return False
    return OSA.distance(left, right, score_cutoff=1) <= 1 or left == right[:4] + right[6:] + right[4:6]


def are_generations_apart(left: str, right: str) -> bool:
    return abs(int(left[:4]) - int(right[:4])) >= GENERATION_YEARS
