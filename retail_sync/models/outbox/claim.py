"""A claimed message of the outbox."""

from dataclasses import dataclass


@dataclass(slots=True)
class Claimed:
    """A message in hand. insisted: a person said that its record is new, although it looks like others over there."""

    id: int
    key: str
    res_id: int
    op: str
    changes: dict
    attempts: int
    insisted: bool = False
