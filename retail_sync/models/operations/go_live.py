"""Going live: an administrator sees what a platform will get, agrees, and the streams begin to write."""

from collections import Counter
from typing import Any

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.canonical.composites import fold_names
from ...domain.canonical.kinds import equal, form_of, is_empty
from ...domain.canonical.schema import PART_MAIN
from ...domain.reconcile.effects import effects
from ...domain.reconcile.field_case import ODOO
from ...runtime import environment
from ...runtime.constants import LANE_PRIORITY, channel
from ..outbox import outbox, router

PAGE = 500


def differences(
    env: Environment, stream: models.BaseModel, after_id: int, limit: int = PAGE
) -> tuple[list[tuple[models.BaseModel, dict[str, Any]]], int | None]:
    """Return ([(link, {name: Odoo's value}) of what the platform does not have as Odoo has it], where to go on).

    Compared with what the platform showed when it was read last; nothing is read for it. None: there is no more.
    """
    sync_env = environment.of_connection(env, stream.connection_id)
    stream, entity = stream.with_env(sync_env), stream.with_env(sync_env)._entity()
    links = (
        sync_env["retail.sync.link"]
        .sudo()
        .search(
            [
                ("stream_id", "=", stream.id),
                ("id", ">", after_id),
                ("is_primary", "=", True),
                ("state", "in", outbox.LIVING),
            ],
            order="id",
            limit=limit,
        )
    )
    records = sync_env[entity._res_model].with_context(active_test=False).browse(links.mapped("res_id")).exists()
    bases = {link.res_id: link.base or {} for link in links}
    ctx = dict(entity._context(stream.connection_id, []), fields=stream._mapped_fields())
    local = entity._local_values(records, ctx, bases)
    entity._local_references(stream, {record.id: record for record in records}, local)
    spec = entity._spec()
    names = fold_names(stream._planned_fields(), spec) | stream._planned_fields()
    unread = names - fold_names(stream._read_fields(), spec)
    found = []
    for link in links:
        if link.res_id in local:
            found.append((link, _differing(entity, link, local[link.res_id], names, unread)))
    return found, links[-1].id if len(links) == limit else None


def _differing(
    entity: models.BaseModel, link: models.BaseModel, local: dict[str, Any], names: set[str], unread: set[str]
) -> dict[str, Any]:
    """Return Odoo's values that differ from what the platform showed. unread: names that are sent and never read."""
    specs, base, divergent = entity._spec().merge_specs(link.part), link.base or {}, link.divergent or {}
    shown = base.keys() | divergent.keys()
    found = {}
    for name, value in local.items():
        if name not in names or name not in specs or (name in entity._filled_in and not base.get(name)):
            continue
        kind, options = form_of(specs[name])
        kept = divergent.get(name)
        if kept is not None and not is_empty(kept, kind, options) and not equal(kept, base.get(name), kind, options):
            continue  # in conflict: a person decides
        if name in shown:
            if not equal(value, base.get(name), kind, options):
                found[name] = value
        # What the platform did not show is not for Odoo to fill, but for what Odoo alone decides.
        elif (
            (name in unread or specs[name].owner == ODOO) and not is_empty(value, kind, options) and value is not False
        ):
            found[name] = value
    return found


def queue_page(env: Environment, stream: models.BaseModel, after_id: int) -> int | None:
    """Queue what the platform has to get about a page of links: values that differ, else our id.

    :return: where to go on, None after the last page
    """
    found, last = differences(env, stream, after_id)
    if not found:
        return last
    subjects = stream._entity()._subjects(stream, [link.res_id for link, _values in found])
    changes: dict[int, dict[str, int]] = {}
    fresh = []
    for link, values in found:
        subject = subjects.get(link.res_id, link.res_id)
        if values:
            record = env[link.res_model].browse(link.res_id)
            at = int(record.write_date.timestamp() * 1000)
            changes.setdefault(subject, {}).update(dict.fromkeys(values, at))
        elif link.part == PART_MAIN and not link.carries_our_id:
            fresh.append((link.res_id, "write", {}, 1))
    router.enqueue(env, stream, [(res_id, "write", names, 1) for res_id, names in changes.items()], lane="bulk")
    router.enqueue(env, stream, [entry for entry in fresh if entry[0] not in changes], lane="bulk")
    return last


def count_page(env: Environment, stream: models.BaseModel, after_id: int, total: dict[str, Any]) -> int | None:
    """Add to total what going live would write about a page of links. Return where to go on."""
    found, last = differences(env, stream, after_id)
    spec, fields = stream._entity()._spec(), stream._planned_fields()
    counts = {tuple(key.split(" ")): number for key, number in total.get("fields", {}).items()}
    counter: Counter[tuple[str, ...]] = Counter(counts)
    for link, values in found:
        due = [effect for effect in effects(link.base or {}, values, spec, link.part) if effect.field in fields]
        counter.update((effect.effect, effect.field) for effect in due)
        if link.part == PART_MAIN:
            total["records"] = total.get("records", 0) + 1
            total["new_ids"] = total.get("new_ids", 0) + (not link.carries_our_id)
            total["changed"] = total.get("changed", 0) + bool(due)
    total["fields"] = {" ".join(key): number for key, number in counter.items()}
    return last


def enqueue(env: Environment, method: str, stream: models.BaseModel, after_id: int = 0, *args: Any) -> None:
    delayed = (
        env["retail.sync.operations.jobs"]
        .with_user(stream.connection_id.user_id)
        .with_delay(
            channel=channel("bulk"),
            priority=LANE_PRIORITY["bulk"],
            description=f"{method.removeprefix('_job_')}: {stream.display_name}",
        )
    )
    getattr(delayed, method)(stream.id, after_id, *args)


def job_go_live(env: Environment, stream_id: int, after_id: int) -> None:
    """Queue a page of what the platform has to get, then the next one."""
    stream = env["retail.sync.stream"].sudo().browse(stream_id).exists()
    if not stream or stream.direction == "in":
        return
    last = queue_page(env, stream, after_id)
    if last:
        enqueue(env, "_job_go_live", stream, last)


def job_count_writes(env: Environment, stream_id: int, after_id: int, token: str) -> None:
    """Count a page of what going live would write, then the next one; a count that began later takes its place."""
    stream = env["retail.sync.stream"].sudo().browse(stream_id).exists()
    if not stream:
        return
    total = dict(stream.write_forecast or {})
    if total.get("token") != token:
        return
    last = count_page(env, stream, after_id, total)
    total["done"] = not last
    stream.write_forecast = total
    if last:
        enqueue(env, "_job_count_writes", stream, last, token)


def linked_counts(env: Environment, streams: models.BaseModel) -> dict[int, int]:
    """Return {stream id: linked records}: what going live concerns, counted in one query."""
    env["retail.sync.link"].flush_model()
    rows = env.execute_query(
        SQL(
            "SELECT stream_id, COUNT(*) FROM retail_sync_link WHERE stream_id = ANY(%s) AND part = %s AND is_primary"
            " AND state = ANY(%s) GROUP BY stream_id",
            streams.ids,
            PART_MAIN,
            list(outbox.LIVING),
        )
    )
    return dict(rows)
