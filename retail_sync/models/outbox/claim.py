"""A claimed message of the outbox."""

from dataclasses import dataclass


@dataclass(slots=True)
class Claimed:
    """A claimed message. create_anyway: a person confirmed that its record is new, although it resembles others.

    (claim, fence) is the fencing token: the job or run that has claimed the message, and a number that grows with each
    claim. A worker that was taken for dead finds another one, and does nothing more.
    """

    id: int
    key: str
    res_id: int
    op: str
    changes: dict
    attempts: int
    create_anyway: bool = False
    claim: str = ""
    fence: int = 0
