"""What became of one message of a delivery. A machine reads the kind; ``detail`` is a sentence for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from .faults import FaultError


class VerdictKind(str, Enum):
    """How a message ends, or why it goes on waiting."""

    accepted = "accepted"  # the platform took the values of a record that it had
    created = "created"  # the platform made a record of them
    unchanged = "unchanged"  # nothing had to be sent, or nothing that could be sent was left
    deleted = "deleted"  # the record is gone on the platform, as it is here
    not_wanted = "not_wanted"  # the record is not, or not any longer, to be created on the platform
    id_refused = "id_refused"  # the platform did not accept our id, and no value of the record was edited
    superseded = "superseded"  # the record was merged or excluded meanwhile
    retry = "retry"  # again after ``seconds``
    parked = "parked"  # waits for the record in ``subject``
    refused = "refused"  # people have to act: ``fault``
    conflict = "conflict"  # people have to choose between two values: ``fault``


class Subject(NamedTuple):
    """An Odoo record that a verdict is about."""

    model: str
    res_id: int

    def __str__(self) -> str:
        return f"{self.model}/{self.res_id}"

    @classmethod
    def from_text(cls, text: str) -> "Subject":
        """Return the subject that "model/id" stands for. Raises ValueError."""
        model, slash, res_id = text.partition("/")
        if not (model and slash and res_id.isdecimal()):
            raise ValueError(f"{text!r} is no record in the form model/id.")
        return cls(model, int(res_id))


# Kind -> state of the message afterwards.
_STATES: Mapping[VerdictKind, str] = {
    VerdictKind.accepted: "done",
    VerdictKind.created: "done",
    VerdictKind.unchanged: "done",
    VerdictKind.deleted: "done",
    VerdictKind.not_wanted: "done",
    VerdictKind.id_refused: "ignored",
    VerdictKind.superseded: "superseded",
    VerdictKind.retry: "pending",
    VerdictKind.parked: "parked",
    VerdictKind.refused: "open",
    VerdictKind.conflict: "open",
}
# State -> counter of the run; what was accepted or created is counted apart, what is parked is not counted.
_COUNTERS: Mapping[str, str] = {
    "done": "n_same",
    "ignored": "n_same",
    "superseded": "n_same",
    "pending": "n_back",
    "open": "n_failed",
}
COUNTERS = ("n_sent", "n_same", "n_back", "n_failed")


@dataclass(frozen=True, slots=True)
class DeliveryVerdict:
    """Raises ValueError where the kind lacks what it needs.

    ``subject``: of a parked message, the record it waits for. ``detail``: a sentence for people, in their language.
    ``seconds``: of a retry, until then. ``fault``: of a refusal or a conflict.
    """

    kind: VerdictKind
    subject: Subject | None = None
    detail: str = ""
    seconds: int = 0
    fault: FaultError | None = None

    def __post_init__(self) -> None:
        if (self.kind is VerdictKind.parked) != (self.subject is not None):
            raise ValueError("A parked message, and no other, names the record it waits for.")
        if (self.state == "open") != (self.fault is not None):
            raise ValueError("A message that people have to see, and no other, has a fault.")
        if self.seconds < 0 or (self.seconds and self.kind is not VerdictKind.retry):
            raise ValueError("Only a retry has a time to wait.")

    @property
    def state(self) -> str:
        """The state of the message afterwards: done, ignored, superseded, pending, parked or open."""
        return _STATES[self.kind]

    @property
    def counter(self) -> str | None:
        """The counter of the run that this adds to (one of COUNTERS), ``None`` for a parked message."""
        return "n_sent" if self.was_sent else _COUNTERS.get(self.state)

    @property
    def was_sent(self) -> bool:
        """Whether the platform took values of this record."""
        return self.kind in (VerdictKind.accepted, VerdictKind.created)

    @classmethod
    def retry(cls, seconds: float, detail: str = "") -> "DeliveryVerdict":
        return cls(VerdictKind.retry, detail=detail, seconds=int(seconds))

    @classmethod
    def parked(cls, model: str, res_id: int, detail: str = "") -> "DeliveryVerdict":
        return cls(VerdictKind.parked, Subject(model, res_id), detail)

    @classmethod
    def refused(cls, fault: FaultError) -> "DeliveryVerdict":
        return cls(VerdictKind.refused, detail=fault.message, fault=fault)

    @classmethod
    def conflict(cls, fault: FaultError) -> "DeliveryVerdict":
        return cls(VerdictKind.conflict, detail=fault.message, fault=fault)
