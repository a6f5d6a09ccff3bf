"""Differences as rows: stored with why they came to be, and closed when they are no more."""

import json
from datetime import datetime, timezone
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.canonical.schema import PART_MAIN
from ...domain.comparison.classify import Kind, Off, off_at
from ...runtime.constants import UNCLOSED_STATES
from ...runtime.sql import execute_values
from .slices import LINK_STATE, Difference

COLUMNS = (
    "comparison_id", "stream_id", "connection_id", "kind", "state", "subject", "remote_object", "external_id",
    "res_model", "res_id", "names", "values", "cause", "off_since", "off_until", "off_name", "remote_version",
    "link_state",
)  # fmt: skip
# A difference that is open already is the same row: what a person sees of it is renewed.
RENEWED = (
    "comparison_id", "kind", "names", "values", "cause", "off_since", "off_until", "off_name", "remote_version",
    "link_state",
)  # fmt: skip

# Of which link a difference is: one condition for both kinds would be answered by no index.
_SAME_REMOTE = SQL(
    "difference.external_id IS NOT NULL AND link.remote_object = difference.remote_object"
    " AND link.external_id = difference.external_id AND link.part = %s",
    PART_MAIN,
)
_SAME_RECORD = SQL(
    "difference.external_id IS NULL AND link.res_model = difference.res_model AND link.res_id = difference.res_id"
)


def store(stream: models.BaseModel, comparison: models.BaseModel, found: list[Difference]) -> int:
    """Store differences, those of records that are open or ignored already included; return how many are new or open.

    One that a person ignored stays ignored until its values change.
    """
    env = stream.env
    entity = stream._entity()
    found = _without_ignored(env, stream, found)
    if not found:
        return 0
    model = entity._res_model
    moments = _moments(env, model, [difference.res_id for difference in found if difference.res_id])
    periods = _periods(env, stream)
    rows = []
    for difference in found:
        cause, off = _why(difference, periods, moments)
        rows.append(
            (
                comparison.id,
                stream.id,
                stream.connection_id.id,
                difference.kind.value,
                "open",
                _subject(difference),
                stream.remote_object,
                difference.external_id,
                model if difference.res_id else None,
                difference.res_id,
                ",".join(sorted(difference.names)) or None,
                json.dumps(difference.values) if difference.values else None,
                cause,
                _moment(off.since) if off else None,
                _moment(off.until) if off and off.until else None,
                off.name or None if off else None,
                str(difference.version) if difference.version else None,
                difference.link_state,
            )
        )
    columns = ", ".join(f'"{name}"' for name in COLUMNS)
    sets = ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in RENEWED)
    execute_values(
        env,
        f"INSERT INTO retail_sync_difference ({columns}, create_date, write_date) VALUES %s"
        f" ON CONFLICT (stream_id, subject) WHERE state IN ('open', 'repairing') DO UPDATE SET {sets},"
        " state = 'open', write_date = EXCLUDED.write_date",
        rows,
        template=f"({', '.join(['%s'] * len(COLUMNS))}, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')",
        page_size=1000,
    )
    env["retail.sync.difference"].invalidate_model()
    return len(rows)


def _subject(difference: Difference) -> str:
    return difference.external_id or f"odoo/{difference.res_id}"


def _without_ignored(env: Environment, stream: models.BaseModel, found: list[Difference]) -> list[Difference]:
    ignored = (
        env["retail.sync.difference"]
        .sudo()
        .search(
            [
                ("stream_id", "=", stream.id),
                ("state", "=", "ignored"),
                ("subject", "in", [_subject(difference) for difference in found]),
            ]
        )
    )
    held = {(row.subject, row.kind, json.dumps(row.values or {}, sort_keys=True)) for row in ignored}
    return [
        difference
        for difference in found
        if (_subject(difference), difference.kind.value, json.dumps(difference.values, sort_keys=True)) not in held
    ]


def _moments(env: Environment, model: str, res_ids: list[int]) -> dict[int, int]:
    """Return {record id: when it was last written, in ms}."""
    if not env[model]._log_access or not res_ids:
        return {}
    env[model].flush_model(["write_date"])
    rows = env.execute_query(
        SQL(
            "SELECT id, (EXTRACT(EPOCH FROM write_date) * 1000)::bigint FROM %s WHERE id = ANY(%s)"
            " AND write_date IS NOT NULL",
            SQL.identifier(env[model]._table),
            list(res_ids),
        )
    )
    return dict(rows)


def _periods(env: Environment, stream: models.BaseModel) -> list[Off]:
    periods = env["retail.sync.off.period"].sudo().search([("stream_id", "=", stream.id)], limit=200)
    return [
        Off(
            _ms(period.since),
            # Stored in whole seconds: an edit within the last one counts.
            _ms(period.until) + 999 if period.until else None,
            period.name or "",
        )
        for period in periods
    ]


def _why(difference: Difference, periods: list[Off], moments: dict[int, int]) -> tuple[str, Off | None]:
    """Return (cause, the period in which something was off, if that explains it)."""
    if difference.kind is Kind.changed_by_hand or difference.cause == "never_created":
        moment = moments.get(difference.res_id or 0)
        off = off_at(periods, moment, difference.names) if moment else None
        if off:
            return ("created_off" if difference.cause == "never_created" else "off"), off
    return difference.cause, None


def close_exchanged(env: Environment) -> None:
    """Close open differences of records that were linked or exchanged since: three-way comparison decided about them.

    A change by hand that no repair was asked for stays: an exchange of other fields does not send it. Asked for each
    minute, however many links there are: each statement walks the open differences and looks their links up.
    """
    env["retail.sync.link"].flush_model()
    env["retail.sync.message"].flush_model()
    env["retail.sync.difference"].flush_model()
    closed = 0
    for same in (_SAME_REMOTE, _SAME_RECORD):
        env.cr.execute(
            SQL(
                "UPDATE retail_sync_difference difference SET state = 'done', write_date = now() AT TIME ZONE 'UTC'"
                " FROM retail_sync_link link, retail_sync_stream stream"
                " WHERE difference.state IN ('open', 'repairing') AND stream.id = difference.stream_id"
                " AND link.connection_id = difference.connection_id AND link.role = stream.role AND %s"
                " AND (difference.link_state IS NULL OR (difference.link_state <> %s"
                "  AND (difference.kind <> %s OR difference.state = 'repairing')))"
                " AND NOT EXISTS (SELECT FROM retail_sync_message message"
                "  WHERE message.stream_id = difference.stream_id AND message.res_model = difference.res_model"
                "  AND message.res_id = difference.res_id AND message.state = ANY(%s))",
                same,
                LINK_STATE,
                Kind.changed_by_hand.value,
                list(UNCLOSED_STATES),
            )
        )
        closed += env.cr.rowcount
    if closed:
        env["retail.sync.difference"].invalidate_model()


def close_gone(env: Environment, comparison: models.BaseModel) -> None:
    """Close the stream's differences that this comparison did not find again."""
    gone = (
        env["retail.sync.difference"]
        .sudo()
        .search(
            [
                ("stream_id", "=", comparison.stream_id.id),
                ("state", "in", ["open", "repairing"]),
                ("comparison_id", "<", comparison.id),
            ]
        )
    )
    gone.write({"state": "done"})


def _ms(moment: datetime) -> int:
    return int(moment.replace(tzinfo=timezone.utc).timestamp() * 1000)


def _moment(ms: int) -> Any:
    return datetime.fromtimestamp(ms / 1000, tz=timezone.utc).replace(tzinfo=None)
