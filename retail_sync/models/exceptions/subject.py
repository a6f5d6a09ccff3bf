"""What a message is about: its kind and typed subject, and the identity that an open message has."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from ...runtime.constants import OPEN_MESSAGE_STATES

KINDS = [
    ("delivery", "Delivery"),
    ("record", "Failed record"),
    ("review", "Match review"),
    ("merge", "Merge task"),
    ("alarm", "Alarm"),
    ("field", "Refused field"),
    ("brake", "Mass refusal"),
    ("overwritten", "Overwritten edit"),
]
# Kinds of messages about what is sent to the platform.
OUTBOUND_KINDS = ("delivery", "field", "brake")
MERGE_TASKS = [
    ("follow", "Merged on the platform, two customers in Odoo"),
    ("two_records", "One customer in Odoo, two records on the platform"),
]
ALARM_SUBJECTS = [
    ("connection", "Connection"),
    ("stream", "Stream"),
    ("poll", "Poll"),
    ("deletions", "Deletions"),
    ("load", "Load"),
    ("worker", "Worker"),
    ("audit", "Audit trail"),
]
# Begins what stands for the id of a record that came without one: the rest is a hash of the row.
NAMELESS = "?"


def is_nameless(external_id: str | None) -> bool:
    """Return whether a record came without an id: the platform cannot be asked for it."""
    return (external_id or "").startswith(NAMELESS)


@dataclass(frozen=True, slots=True)
class Subject:
    """Kind and subject of a message, in the names of the fields of ``retail.sync.message``.

    Connection, stream and run are given beside it: a message has them whatever it is about.
    """

    kind: str
    external_id: str = ""
    res_model: str = ""
    res_id: int = 0
    merge_task: str = ""
    alarm_about: str = ""
    job_method: str = ""

    def vals(self, run_id: int = 0) -> dict[str, Any]:
        """Return the field values of this subject, the identity among them."""
        return {
            "kind": self.kind,
            "direction": "out" if self.kind in OUTBOUND_KINDS else "in",
            "external_id": self.external_id or False,
            "merge_task": self.merge_task or False,
            "alarm_about": self.alarm_about or False,
            "job_method": self.job_method or False,
            "key": self.key(run_id),
            **({"res_model": self.res_model, "res_id": self.res_id} if self.res_model else {}),
        }

    def key(self, run_id: int = 0) -> str:
        """Return the identity of this subject among the open messages of a stream, or of a connection."""
        return subject_key(**asdict(self), run_id=run_id)


def subject_key(
    kind: str,
    *,
    external_id: str = "",
    res_model: str = "",
    res_id: int = 0,
    merge_task: str = "",
    alarm_about: str = "",
    job_method: str = "",
    run_id: int = 0,
    fact_key: str = "",
    refused: str = "",
) -> str:
    """Return the opaque identity of a message among the open ones of its stream, or of its connection.

    Equal subjects have equal keys, which is all that may be read from one. A failed record, its match review and the
    task about its merge on the platform share one key: a remote record has one open message, which changes its kind.
    Facts (``fact_key``) have keys of their own: later facts of a record are never merged into an earlier one. A field
    that was refused (``refused``: "part.field") waits apart from the rest of its record; a mass refusal is about
    (``refused``) a field, if it names one, and a code.

    :raises ValueError: for a subject that names nothing
    """
    if kind == "delivery" and fact_key:
        return f"fact:{fact_key}"
    if kind == "delivery" and res_model and res_id:
        return f"delivery:{res_model}/{res_id}"
    if kind == "field" and res_model and res_id and refused:
        return f"field:{res_model}/{res_id}:{refused}"
    if kind == "overwritten" and external_id:
        return f"overwritten:{external_id}"
    if kind == "brake" and refused:
        return f"brake:{refused}"
    if kind == "alarm" and alarm_about:
        return ":".join(["alarm", alarm_about, job_method, str(run_id) if alarm_about == "load" else ""])
    if kind in ("record", "review", "merge") and external_id:
        return f"{'two_records' if merge_task == 'two_records' else 'record'}:{external_id}"
    raise ValueError(f"A message of kind {kind} names its subject.")


def of_record(external_id: str) -> Subject:
    """Return the subject of a remote record that could not be taken in."""
    return Subject("record", external_id=external_id)


def of_delivery(res_model: str, res_id: int) -> Subject:
    """Return the subject of an Odoo record that is to be sent."""
    return Subject("delivery", res_model=res_model, res_id=res_id)


def of_remote_merge(external_id: str) -> Subject:
    """Return the subject of a remote record that the platform merged into another one, unlike Odoo."""
    return Subject("merge", external_id=external_id, merge_task="follow")


def of_two_records(external_id: str) -> Subject:
    """Return the subject of a second remote record of one customer, which people merge on the platform."""
    return Subject("merge", external_id=external_id, merge_task="two_records")


def of_alarm(about: str, job_method: str = "") -> Subject:
    """Return the subject of an alarm. about: a key of ALARM_SUBJECTS; job_method: the job of a worker."""
    return Subject("alarm", alarm_about=about, job_method=job_method)


def records_domain(external_ids: Iterable[str]) -> list[Any]:
    """Return the domain of messages about these remote records as they come in.

    Deliveries, and tasks to merge two records on the platform, name an external id as well: they are left out.
    """
    return [
        ("external_id", "in", list(external_ids)),
        ("kind", "in", ["record", "review", "merge"]),
        ("merge_task", "!=", "two_records"),
    ]


def open_alarms_domain(connections: Any, about: str, job_method: str = "") -> list[Any]:
    """Return the domain of the open alarms of these connections about a thing."""
    return [
        ("connection_id", "in", connections.ids),
        ("kind", "=", "alarm"),
        ("alarm_about", "=", about),
        *([("job_method", "=", job_method)] if job_method else []),
        ("state", "in", list(OPEN_MESSAGE_STATES)),
    ]
