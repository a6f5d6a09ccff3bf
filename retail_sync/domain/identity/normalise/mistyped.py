"""First names that no language writes so: a slip of the pen, and no name of a brother or sister."""

from functools import cache, lru_cache

from .name_letters import RUNS
from .nicknames import is_known


@cache
def _runs() -> dict[str, str]:
    """Two letters -> all that follow them in first names."""
    return {run[:2]: run[2:] for run in RUNS.split()}


def has_digit(name: str) -> bool:
    return any(char.isdigit() for char in name)


@lru_cache(maxsize=8192)
def is_mistyped(given: str) -> bool:
    """Whether a folded Latin first name has a digit, or letters in a row that no name has ("Xsvier", "Suzannne")."""
    if not given.isascii() or len(given) < 3 or is_known(given):
        return False
    runs = _runs()
    return any(
        not word.isalpha() or any(word[at + 2] not in runs.get(word[at : at + 2], "") for at in range(len(word) - 2))
        for word in given.split()
    )
