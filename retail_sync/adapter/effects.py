"""What crosses the seam for facts: effects that must not happen twice."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final


class Effect(Enum):
    """Answers of `find_effect` besides an external id, which says that the effect is there."""

    unknown = "unknown"  # the platform cannot be asked, or its answer proves nothing


# The platform cannot say whether an effect with a key is there: a person decides.
UNKNOWN: Final = Effect.unknown


@dataclass(frozen=True, slots=True)
class OutboundFact:
    """One fact on its way to a platform.

    key: unique on the stream, the same in every try; an adapter hands it on as the platform's own idempotency key
    where there is one. external_id: the platform's id of the record that the fact is about, None if it is not linked.
    at: when it happened, naive in UTC. payload: what the recording addon gave, as JSON has it.
    """

    key: str
    res_model: str
    res_id: int
    external_id: str | None
    payload: Any
    at: datetime
