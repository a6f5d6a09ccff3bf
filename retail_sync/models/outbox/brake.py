"""Mass refusals: equal refusals of many records are one exception, and what they are about is not sent meanwhile."""

from collections.abc import Collection
from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.resilience import brake
from ...domain.resilience.faults import FaultClass, FaultError
from ..exceptions import exception_queue
from ..exceptions.subject import subject_key
from ..mapping import field_labels, write_guard

PARAMETER = "retail_sync.refusal_limit"
# Code of the fault rule that explains a mass refusal; the message itself keeps the code of its refusals.
CODE = "MASS_REFUSAL"
# Refusals that one record alone explains, or that pass without people, however many there are.
_SINGLE = frozenset({FaultClass.duplicate, FaultClass.gone, FaultClass.dependency, FaultClass.conflict})
# Refusals of Odoo itself, known before anything is sent: they keep no other record back.
LOCAL_CODES = frozenset({"ODOO_ACCESS", write_guard.PROTECTED})


def limit_of(env: Environment) -> int:
    """Return from how many equal refusals on they can be one problem."""
    return max(1, int(env["ir.config_parameter"].sudo().get_param(PARAMETER) or brake.REFUSALS))


def open_brakes(env: Environment, stream: models.BaseModel) -> dict[tuple[str, str], int]:
    """Return {(field as part.name, "" for whole records; code): id of the mass refusal} of undecided ones."""
    env["retail.sync.message"].flush_model()
    env.cr.execute(
        "SELECT COALESCE(refused_field, ''), fault_code, id FROM retail_sync_message"
        " WHERE stream_id = %s AND kind = 'brake' AND state = 'open'",
        [stream.id],
    )
    return {(path, code): message_id for path, code, message_id in env.cr.fetchall()}


def braked_fields(env: Environment, stream: models.BaseModel) -> dict[str, FaultError]:
    """Return {field as part.name: why it is left out} of the fields that many records were refused over."""
    env["retail.sync.message"].flush_model()
    env.cr.execute(
        "SELECT refused_field, fault_class, fault_code, fault_message FROM retail_sync_message"
        " WHERE stream_id = %s AND kind = 'brake' AND state = 'open' AND refused_field <> ''",
        [stream.id],
    )
    return {path: FaultError(fault_class, code, text or "") for path, fault_class, code, text in env.cr.fetchall()}


def stops_bulk(env: Environment, stream: models.BaseModel) -> bool:
    """Return whether whole records were refused in such numbers that the bulk lane waits for a decision."""
    return any(not path and code not in LOCAL_CODES for path, code in open_brakes(env, stream))


def apply(env: Environment, stream: models.BaseModel, run: models.BaseModel, path: str, code: str, tried: int) -> bool:
    """Make one exception of equal refusals when there are too many of them; return whether there is one now.

    :param path: the field as part.name, "" for refusals of whole records
    :param tried: how many records were sent in this delivery
    """
    held = open_brakes(env, stream).get((path, code))
    limit = limit_of(env)
    if not held:
        since = _since(env, stream, run, path, code, limit)
        if since is None:
            return False
        refused = _refused_since(env, stream, path, code, since)
        # A refusal of Odoo itself has one cause, however many others were sent beside it.
        tried = 0 if code in LOCAL_CODES else tried + _tried_since(env, stream, run, since)
        if not brake.engages(refused, tried, limit):
            return False
        held = _open(env, stream, run, path, code)
    env.cr.execute(
        "UPDATE retail_sync_message SET state = 'parked', brake_id = %s, waits_for = %s"
        f" WHERE {_EQUAL} AND state = 'open'",
        [held, f"retail.sync.message/{held}", *_equal(stream, path, code)],
    )
    env["retail.sync.message"].invalidate_model()
    recount(env, {held})
    return True


_EQUAL = "stream_id = %s AND kind = %s AND COALESCE(refused_field, '') = %s AND fault_code = %s"


def _equal(stream: models.BaseModel, path: str, code: str) -> list[Any]:
    return [stream.id, "field" if path else "delivery", path, code]


def _since(env: Environment, stream: models.BaseModel, run: models.BaseModel, path: str, code: str, limit: int) -> Any:
    """Return since when the newest equal refusals have come together, or this delivery began; None for too few."""
    env["retail.sync.message"].flush_model()
    env.cr.execute(
        f"SELECT COALESCE(refused_at, write_date) FROM retail_sync_message WHERE {_EQUAL} AND state = 'open'"
        " ORDER BY 1 DESC LIMIT 1 OFFSET %s",
        [*_equal(stream, path, code), limit - 1],
    )
    found = env.cr.fetchone()
    return min(found[0], run.create_date or found[0]) if found else None


def _refused_since(env: Environment, stream: models.BaseModel, path: str, code: str, at: Any) -> int:
    """Return how many equal refusals were noted since a moment."""
    env.cr.execute(
        f"SELECT COUNT(*) FROM retail_sync_message WHERE {_EQUAL} AND state = 'open'"
        " AND COALESCE(refused_at, write_date) >= %s",
        [*_equal(stream, path, code), at],
    )
    return int(env.cr.fetchone()[0])


def _tried_since(env: Environment, stream: models.BaseModel, run: models.BaseModel, at: Any) -> int:
    """Return how many records other deliveries have sent since a moment."""
    env["retail.sync.run"].flush_model()
    env.cr.execute(
        "SELECT COALESCE(SUM(COALESCE(n_sent, 0) + COALESCE(n_failed, 0)), 0) FROM retail_sync_run"
        " WHERE stream_id = %s AND kind IN ('push', 'ingest') AND id <> %s AND create_date >= %s",
        [stream.id, run.id or 0, at],
    )
    return int(env.cr.fetchone()[0])


def _open(env: Environment, stream: models.BaseModel, run: models.BaseModel, path: str, code: str) -> int:
    """Open the exception about equal refusals; return its id."""
    env.cr.execute(
        f"SELECT fault_class, fault_message, rule_id, team FROM retail_sync_message WHERE {_EQUAL} AND state = 'open'"
        " ORDER BY id DESC LIMIT 1",
        _equal(stream, path, code),
    )
    fault_class, text, rule_id, team = env.cr.fetchone()
    # What Odoo itself refuses is explained by its own code: no platform has to change.
    explained = env["retail.sync.fault.rule"].sudo()
    explained = explained._match(stream.connection_id.system, code if code in LOCAL_CODES else CODE, text)
    labels = dict(env["retail.sync.field.map"]._selection_canonical_field())
    part, _dot, name = path.partition(".")
    field = field_labels.with_part(env, labels.get(name, name), part, field_labels.part_labels(env))
    vals = {
        "connection_id": stream.connection_id.id,
        "stream_id": stream.id,
        "run_id": run.id or False,
        "lane": stream.lane,
        "remote_object": stream.remote_object,
        "kind": "brake",
        "key": subject_key("brake", refused=f"{path}:{code}"),
        "title": env._("%(stream)s: %(field)s is refused", stream=stream.name, field=field)
        if path
        else env._("%s: records are refused", stream.name),
        "state": "open",
        "refused_field": path or False,
        "fault_class": fault_class,
        "fault_code": code,
        "fault_message": text,
        "rule_id": explained.id or rule_id or False,
        "team": team,
        "user_id": stream.connection_id.team_user_id.id,
        "correlation_id": run.correlation_id or False,
    }
    message = exception_queue.create_open(env, [vals])
    env.flush_all()
    return int(message.id)


def recount(env: Environment, brake_ids: Collection[int]) -> None:
    """Note on mass refusals how many records wait for them; one that no record waits for is over."""
    if not brake_ids:
        return
    env.cr.execute(
        "WITH counted AS (SELECT brake.id, (SELECT COUNT(*) FROM retail_sync_message held"
        " WHERE held.brake_id = brake.id AND held.state = 'parked') AS number FROM retail_sync_message brake"
        " WHERE brake.id = ANY(%s) AND brake.state = 'open')"
        " UPDATE retail_sync_message brake SET refusal_count = counted.number,"
        " state = CASE WHEN counted.number = 0 THEN 'done' ELSE brake.state END,"
        " resolution = CASE WHEN counted.number = 0 THEN %s ELSE brake.resolution END,"
        " resolved_at = CASE WHEN counted.number = 0 THEN now() AT TIME ZONE 'UTC' ELSE brake.resolved_at END"
        " FROM counted WHERE brake.id = counted.id",
        [list(brake_ids), env._("No record is refused for this reason any more.")],
    )
    env["retail.sync.message"].invalidate_model()


def file_whole(
    env: Environment, stream: models.BaseModel, run: models.BaseModel, faults: Collection[FaultError], tried: int
) -> None:
    """Make one exception of refusals of whole records, where too many are equal.

    :param faults: what the platform said about the records of this delivery that it refused
    """
    for code in sorted({fault.code for fault in faults if fault.fault_class not in _SINGLE}):
        apply(env, stream, run, "", code, tried)
