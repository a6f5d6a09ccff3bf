"""A claimed message of the outbox."""

from dataclasses import dataclass


@dataclass(slots=True)
class Claimed:
    """A claimed message. create_anyway: a person confirmed that its record is new, although it resembles others."""

    id: int
    key: str
    res_id: int
    op: str
    changes: dict
    attempts: int
    create_anyway: bool = False
