"""Paths of a mapping line against the fields that the platform is known to have."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

# How alike a field's name or label has to be to be offered in its place.
ALIKE = 0.6


def unknown_paths(paths: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """Return the paths whose first step is none of the known fields. Names are compared without regard to case.

    :param known: {field, or relation with a dot behind it: label}; empty: nothing is known, and no path is unknown
    """
    names = {name.lower() for name in known}
    found = []
    for path in paths if names else ():
        head, dot, _rest = path.strip().lower().partition(".")
        # A compound field and a relation are both written with a dot.
        if not ({head, head + "."} & names if dot else {head} & names):
            found.append(path)
    return found


def nearest(path: str, known: Mapping[str, str]) -> str | None:
    """Return the known field that a path most probably means, by its name or its label; None: none is near."""
    head, dot, rest = path.strip().partition(".")
    wanted = head.lower()
    candidates: dict[str, str] = {}
    for name, label in known.items():
        if name.endswith(".") != bool(dot):
            continue
        candidates.setdefault(name.rstrip(".").lower(), name)
        if label:
            candidates.setdefault(label.lower(), name)
    matches = get_close_matches(wanted, candidates, n=1, cutoff=ALIKE)
    if not matches:
        return None
    return candidates[matches[0]] + rest
