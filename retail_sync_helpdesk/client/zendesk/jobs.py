"""Work that the service does after its answer (section 5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from .. import errors
from ..answers import key_of, member
from ..errors import ClientError, Remedy
from ..records import Job, Saved
from . import faults
from .session import ZendeskSession

MOST = 100
_ENDED = frozenset(("completed", "failed", "killed"))
_WELL = frozenset(("created", "updated", "deleted", "merged", "ok"))


def start(session: ZendeskSession, method: str, path: str, body: Mapping[str, Any], keys: Sequence[str]) -> Job:
    """Hand over work. keys: ids, external ids or e-mail addresses of the records, in their order.

    It is no call that may be repeated blindly: a lost answer leaves a job whose key is not known.
    """
    answer = session.request(method, path, json=body, idempotent=False).json()
    return job_of(answer, keys)


def read(session: ZendeskSession, job: Job) -> Job:
    """How far a job is. It is kept for a day; after that it is `gone`."""
    key = job.key
    if not key or not all(char.isalnum() or char in "-_" for char in key):
        raise ValueError("not the key of a job")
    return job_of(session.get(f"/job_statuses/{key}"), job.keys)


def job_of(answer: Any, keys: Sequence[str]) -> Job:
    """A job's status. An ended job has a result for each record; the outcome of one that it leaves out is unknown."""
    status = member(answer if isinstance(answer, dict) else {}, "job_status")
    key = str(status.get("id") or "")
    state = str(status.get("status") or "").lower()
    if state not in _ENDED:
        return Job(key, tuple(keys))
    results = _results(status.get("results"), keys)
    if state == "completed":
        return Job(key, tuple(keys), True, results)
    message = str(status.get("message") or "").strip()
    error = ClientError(errors.UNKNOWN, f"JOB_{state.upper()}", message or "the job ended before it was complete")
    return Job(key, tuple(keys), True, results, error)


def _results(listed: Any, keys: Sequence[str]) -> tuple[Saved, ...]:
    """The results in the order of the records: by index, else by key, else by place when there is one for each."""
    items = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    place_of = {key.casefold(): number for number, key in enumerate(keys) if key}
    found: dict[int, Saved] = {}
    unplaced: list[Saved] = []
    for item in items:
        place = item.get("index")
        if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < len(keys):
            names = (key_of(item.get(name)).casefold() for name in ("id", "external_id", "email"))
            place = next((place_of[name] for name in names if name in place_of), None)
        if place is None or place in found:
            unplaced.append(_saved(item))
        else:
            found[place] = _saved(item)
    if not found and len(unplaced) == len(keys):
        return tuple(unplaced)
    return tuple(found.get(number) or _unanswered(key) for number, key in enumerate(keys))


def _saved(item: Mapping[str, Any]) -> Saved:
    key = key_of(item.get("id"))
    status = str(item.get("status") or "").lower()
    well = item.get("success") is True or (item.get("success") is None and status in _WELL)
    if well and not item.get("error"):
        created = status == "created" or str(item.get("action") or "").lower() == "create"
        return Saved(True, key, created)
    return Saved(False, key, error=faults.from_item(item))


def _unanswered(key: str) -> Saved:
    error = ClientError(
        errors.UNKNOWN, "NOT_IN_ANSWER", "the job's results leave this record out", remedy=Remedy.look_up
    )
    return Saved(False, key, error=error)
