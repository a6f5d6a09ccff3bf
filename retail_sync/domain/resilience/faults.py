"""What went wrong, who has to act, and when to try again."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ..security.scrubbing import scrub_text, without_values
from . import plain_pattern

TECHNICAL = "technical"
BUSINESS = "business"


class FaultClass(str, Enum):
    transient = "transient"
    throttled = "throttled"
    auth = "auth"
    conflict = "conflict"
    business = "business"
    contract = "contract"
    gone = "gone"
    duplicate = "duplicate"
    dependency = "dependency"
    unknown = "unknown"

    # The plain word is what lands in columns, logs and messages.
    __str__ = str.__str__
    __format__ = str.__format__  # type: ignore[assignment]  # as a text, whatever the version of Python


TEAM: dict[FaultClass, str] = {
    FaultClass.transient: TECHNICAL,
    FaultClass.throttled: TECHNICAL,
    FaultClass.auth: TECHNICAL,
    FaultClass.conflict: BUSINESS,
    FaultClass.business: BUSINESS,
    FaultClass.contract: TECHNICAL,
    FaultClass.gone: BUSINESS,
    FaultClass.duplicate: BUSINESS,
    FaultClass.dependency: BUSINESS,
    FaultClass.unknown: TECHNICAL,
}


class FaultError(Exception):
    """A failure that was classified where it happened.

    ``code`` is stable (the remote's own error code where it has one); ``fields`` are the fields it names;
    ``retry_after`` is in seconds; ``detail`` is for the expert. Neither ``str`` nor ``repr`` shows secrets.
    """

    def __init__(
        self,
        fault_class: FaultClass | str,
        code: str,
        message: str = "",
        *,
        fields: Sequence[str] = (),
        retry_after: float | None = None,
        http_status: int | None = None,
        detail: str = "",
    ):
        self.fault_class = FaultClass(fault_class)
        self.code = code
        self.message = scrub_text(message)
        self.fields = tuple(fields)
        self.retry_after = retry_after
        self.http_status = http_status
        self.detail = scrub_text(detail)
        super().__init__(self.fault_class.value, code, self.message)

    def without(self, values: Iterable[Any]) -> "FaultError":
        """Return this fault with a text that quotes none of the values of the record it is about."""
        values = list(values)
        message, detail = without_values(self.message, values), without_values(self.detail, values)
        if (message, detail) == (self.message, self.detail):
            return self
        return FaultError(
            self.fault_class,
            self.code,
            message,
            fields=self.fields,
            retry_after=self.retry_after,
            http_status=self.http_status,
            detail=detail,
        )

    def __str__(self) -> str:
        return f"[{self.fault_class}] {self.code}: {self.message}"

    def __repr__(self) -> str:
        return f"FaultError({self.fault_class.value!r}, {self.code!r}, {self.message!r}, status={self.http_status})"


@dataclass(frozen=True, slots=True)
class _Schedule:
    """Delay before try n+1: at most base * 2 ** (n - 1) and ``cap`` seconds; ``tries`` counts the first one too."""

    base: float
    cap: float
    tries: int


_SCHEDULES: dict[FaultClass, _Schedule] = {
    FaultClass.transient: _Schedule(2.0, 300.0, 6),
    FaultClass.unknown: _Schedule(30.0, 60.0, 2),
}


def retry_delay(
    fault_class: FaultClass | str, attempt: int, retry_after: float | None = None, rng: Any = random
) -> float | None:
    """Seconds to wait after the failed try number ``attempt`` (1, 2, ...); ``None``: do not retry.

    Full jitter spreads the retries of a whole batch; what the remote asks for (``retry_after``) is the least we wait.
    """
    schedule = _SCHEDULES.get(FaultClass(fault_class))
    if schedule is None or attempt >= schedule.tries:
        return None
    # The exponent is bounded, so that no number of tries can overflow it.
    ceiling = min(schedule.cap, schedule.base * 2.0 ** min(max(attempt, 1) - 1, 30))
    return max(float(rng.uniform(0.0, ceiling)), float(retry_after or 0.0))


@dataclass(frozen=True, slots=True)
class Rule:
    """Which faults a line of the fault rule table is about; ``key`` is the caller's own mark for it.

    ``code`` is one or more patterns, separated by blanks ("FIELD_* TOO_LONG"), of which one must fit; ``message`` the
    words that the text must contain, ``*`` between them for any text; both without regard to case. An empty one fits
    all. Raises ValueError for a ``message`` that is a regular expression, or longer than PATTERN_LIMIT.
    """

    code: str = "*"
    message: str = ""
    sequence: int = 10
    key: Any = None

    def __post_init__(self) -> None:
        if plain_pattern.looks_like_regular_expression(self.message):
            raise ValueError(f"{self.message!r} is a regular expression. Write the words, with * for any text.")
        if len(self.message) > plain_pattern.PATTERN_LIMIT:
            raise ValueError(f"The text of a rule has at most {plain_pattern.PATTERN_LIMIT} characters.")

    def fits(self, code: str, message: str) -> bool:
        if self.code and not any(plain_pattern.fits_code(pattern, code) for pattern in self.code.split()):
            return False
        return plain_pattern.contains(self.message, message)


def classify_by_rules(rules: Iterable[Rule], code: str, message: str) -> Rule | None:
    """Return the first rule that fits, by sequence and then in the order given; ``None``: none fits."""
    ordered = sorted(rules, key=lambda rule: rule.sequence)
    return next((rule for rule in ordered if rule.fits(code or "", message or "")), None)
