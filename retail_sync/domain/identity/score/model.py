"""The Fellegi-Sunter model as data: for each kind, field and level, how often it is seen among records of one customer
(m) and of two (u). Weights are whole hundredths of a bit, so that a stored score is exactly the sum of its parts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import log2
from typing import Any

from ..compare.agreement_levels import EXACT, MISSING

MODEL_FORMAT = 1
# A weight beyond this says more than any sample of records can prove.
_LIMIT = 2000


def hundredths(ratio: float) -> int:
    """log2 of a ratio in hundredths of a bit, kept within 20 bits."""
    return max(-_LIMIT, min(_LIMIT, round(100 * log2(ratio)))) if ratio > 0 else -_LIMIT


@dataclass(frozen=True, slots=True)
class Sharing:
    """How often, in this retailer's records, one value stands for two people; ``None`` where it was not measured.

    Each is a share (0..1) of people who share it with a clearly different person: their ``address``, their
    ``phone``; ``namesake``: address and full name alike, but other birth dates or contacts, or a duplicate.
    """

    address: float | None = None
    phone: float | None = None
    namesake: float | None = None

    # One in five hundred: a link in error that rare is below what a steward's own merging gets wrong. The bulk finder
    # only proposes groups, and may be wrong once in a hundred.
    RARE = 0.002
    RARE_ENOUGH_TO_PROPOSE = 0.01

    def is_rare(self, what: str, limit: float = RARE) -> bool:
        """True when it was measured and hardly ever happens; unmeasured is not rare."""
        rate = getattr(self, what)
        return rate is not None and rate <= limit

    def is_independent(self, limit: float = RARE) -> bool:
        """True when nothing measured is shared by two people: then the weights of the fields really add up."""
        no_phones = self.phone is None or self.is_rare("phone", limit)
        return no_phones and self.is_rare("address", limit) and self.is_rare("namesake", limit)


@dataclass(frozen=True)
class Model:
    """``probabilities``: kind -> field -> level -> (m, u). ``prior``: kind -> probability that a pair of two records
    taken at random is one customer. ``link`` and ``review``: scores in hundredths of a bit from which a candidate may
    be linked, or is worth a person's time. ``match``: from which a pair counts as one customer for the bulk finder,
    and ``group``: the mean score that two groups need to become one. ``trusted``: from which the score alone links,
    in records where nothing is shared (``Sharing.is_independent``).
    """

    version: str
    probabilities: Mapping[str, Mapping[str, Mapping[str, tuple[float, float]]]]
    prior: Mapping[str, float]
    link: int = 300
    review: int = 0
    match: int = -200
    group: int = -500
    trusted: int = 600
    sharing: Sharing = field(default_factory=Sharing)

    @cached_property
    def weights(self) -> dict[str, dict[str, dict[str, int]]]:
        """kind -> field -> level -> hundredths of a bit. A missing value weighs nothing."""
        return {
            kind: {
                name: {level: hundredths(m / u) if level != MISSING else 0 for level, (m, u) in levels.items()}
                for name, levels in fields.items()
            }
            for kind, fields in self.probabilities.items()
        }

    @cached_property
    def averages(self) -> dict[str, dict[str, float]]:
        """kind -> field -> u of full agreement: how often two customers have a value in common on average."""
        return {
            kind: {name: levels.get(EXACT, levels.get("both", (0.0, 0.0)))[1] for name, levels in fields.items()}
            for kind, fields in self.probabilities.items()
        }

    @cached_property
    def prior_weights(self) -> dict[str, int]:
        return {kind: hundredths(chance / (1 - chance)) for kind, chance in self.prior.items()}

    def to_json(self) -> dict[str, Any]:
        """Plain lists, numbers and texts."""
        return {
            "format": MODEL_FORMAT,
            "version": self.version,
            "probabilities": {
                kind: {name: {level: list(pair) for level, pair in levels.items()} for name, levels in fields.items()}
                for kind, fields in self.probabilities.items()
            },
            "prior": dict(self.prior),
            "link": self.link,
            "review": self.review,
            "match": self.match,
            "group": self.group,
            "trusted": self.trusted,
            "sharing": {name: getattr(self.sharing, name) for name in ("address", "phone", "namesake")},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Model":
        """The model that ``to_json`` wrote. Raises ``ValueError`` for another format."""
        if data.get("format") != MODEL_FORMAT:
            raise ValueError(f"A model of format {data.get('format')!r} can't be read; {MODEL_FORMAT} is known.")
        probabilities = {
            kind: {name: {level: tuple(pair) for level, pair in levels.items()} for name, levels in fields.items()}
            for kind, fields in data["probabilities"].items()
        }
        numbers = {name: int(data[name]) for name in ("link", "review", "match", "group", "trusted") if name in data}
        return cls(data["version"], probabilities, dict(data["prior"]), **numbers, sharing=Sharing(**data["sharing"]))
