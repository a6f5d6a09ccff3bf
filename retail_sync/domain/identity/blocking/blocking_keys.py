"""Blocking keys: short texts that two records of one customer are likely to share. Looked up by equality alone.

A key that more records carry than the caller's cap (60) is no evidence at all and is left out by the caller.
"""

from collections.abc import Callable

from ..normalise.contacts import ROLE
from ..normalise.features import Features
from ..normalise.names import PersonName
from ..normalise.nicknames import full_names
from ..normalise.record import COMPANY
from ..normalise.scripts import skeleton

KEY_CAP = 60
# Candidates that are compared with a record: those with most, and rarest, keys in common.
CANDIDATES = 12
# Raise it with each change that makes other keys or normal forms of a record: stored ones are made anew then.
KEYS_VERSION = "10"


def blocking_keys(features: Features) -> tuple[str, ...]:
    """About 12 keys, each "letter:value", without repeats, in a fixed order."""
    keys: dict[str, None] = {}

    def add(letter: str, *parts: str) -> None:
        if all(parts):
            keys[f"{letter}:{'|'.join(parts)}"] = None

    company = features.kind == COMPANY
    for email in features.emails:
        add("e", email.address)
        if company and not email.free:
            add("w", email.domain)
        elif email.kind != ROLE and len(email.local) > 4:
            add("l", email.local)
    for phone in features.phones:
        add("p", phone.tail)
    add("v", features.vat)
    for number in features.numbers:
        add("n", number)
    if company:
        add("w", features.domain)
    numbers = features.street.numbers
    longest = _longest(features.street.words)
    _add_name_keys(features, add, longest)
    if numbers:
        add("h", numbers[0], features.zip)
        add("g", numbers[0], longest[:5])
    for street in (features.street, features.street2):
        add("s", features.zip or street.text, _longest(street.words)[:6])
    add("b", features.birthdate)
    return tuple(keys)


def _add_name_keys(features: Features, add: Callable[..., None], longest: str) -> None:
    if features.kind == COMPANY:
        tokens = features.organisation.core.split()
        add("f", _letters("".join(tokens)))
        for token in sorted(set(tokens), key=lambda word: (-len(word), word))[:3]:
            add("z", features.zip, token[:4])
            add("c", features.city, token[:5])
        add("t", tokens[0][:6] if tokens else "", tokens[1][:4] if len(tokens) > 1 else "")
        return
    name = features.person
    given, family = _sounds(name)
    add("f", _letters(given + family) if given and family else "")
    for token in dict.fromkeys((given, family)):
        add("z", features.zip, token[:4])
        add("c", features.city, token[:5])
        add("y", features.birthdate[:4], token[:4])
    add("d", features.birthdate[4:], family[:3])
    add("q", given[:4], family[:4])
    add("r", longest[:6], family[:3])
    add("o", features.street.numbers[0] if features.street.numbers else "", family[:4])


def _longest(words: str) -> str:
    return max(words.split(), key=lambda word: (len(word), word), default="")


def _letters(name: str) -> str:
    """The letters of a name in alphabetical order: two of them swapped, or its words, make no other key."""
    return "".join(sorted(name))


def _sounds(name: PersonName) -> tuple[str, str]:
    """(given, family) as skeletons; a familiar form that stands for one full name as that name."""
    first = name.given.partition(" ")[0]
    full = full_names(first)
    given = min(full) if len(full) == 1 else first
    return skeleton(given), skeleton(name.family_core)
