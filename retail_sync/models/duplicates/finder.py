"""Find duplicates among all customers, in jobs of a few seconds that run on as many workers as there are.

The steps: update the index; cut the customers into slices; compare the customers of each slice and store their pairs;
cut the connected customers into parts; build the groups of each part.

A search of all customers compares each customer with lower ids only, so that a pair is judged once. A search of changed
customers compares each changed customer with all others.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from odoo import fields, models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.identity.blocking.memory_index import ranked
from ...domain.identity.decide.clustering import ScoredPair
from ...domain.identity.decide.decision import judge_pair
from ...domain.identity.decide.duplicate_groups import COMPARED, pair_of
from ...domain.identity.normalise.serialise import unpack
from ...domain.identity.rules.obvious_differences import obviously_different
from ...runtime.constants import LANE_PRIORITY, channel
from ...runtime.sql import execute_values, index_scans
from ..identity import index, value_counts
from ..identity.index import PATIENCE
from . import group_builder, partition
from . import search as search_steps

# Up to so many jobs of a search may end at the same moment without seeing each other's "done". Each of the last jobs
# therefore queues the next step, and the next step starts only once.
LAST_JOBS = 50


def begin(env: Environment, search: models.BaseModel) -> None:
    """Queue the first job of a search, so that the user who starts the search does not wait."""
    _queue(env, "_job_begin", search.id, env._("Find duplicates: update the index"))


def job_begin(env: Environment, search_id: int) -> None:
    """Update the index, and queue the next step.

    Cutting into slices is a job of its own: the transaction of this job began before the update and does not see it.
    """
    search = _running(env, search_id)
    if search:
        current = value_counts.keep(env(su=True), PATIENCE)
        if current:
            _queue(env, "_job_cut", search.id, env._("Find duplicates: cut into slices"))
        else:
            begin(env, search)


def job_cut(env: Environment, search_id: int) -> None:
    """Cut the customers into slices and queue a job for each slice."""
    search = _running(env, search_id)
    if not search:
        return
    if search.kind == "all":
        # Customers that change from now on belong to the next search.
        env.cr.execute("DELETE FROM retail_sync_identity_due")
    rows = env.execute_query(
        SQL(
            "SELECT min(partner_id), max(partner_id), count(*) FROM (SELECT partner_id,"
            " (row_number() OVER (ORDER BY partner_id) - 1) / %s AS part FROM %s) numbered"
            " GROUP BY part ORDER BY part",
            search_steps.SLICE,
            _source(search),
        )
    )
    slices = env["retail.sync.duplicate.slice"].create(
        [{"search_id": search.id, "first_id": low, "last_id": high, "size": size} for low, high, size in rows]
    )
    search.total = sum(slices.mapped("size"))
    for part in slices:
        _queue(env, "_job_slice", part.id, env._("Find duplicates: customers from #%s", part.first_id))
    if not slices:
        _queue_next(env, search)


def _running(env: Environment, search_id: int) -> models.BaseModel | None:
    """Return the search, or None when it was stopped or deleted."""
    search = env["retail.sync.duplicate.search"].sudo().browse(search_id).exists()
    return search if search.state == "running" else None


def _queue(env: Environment, method: str, record_id: int, description: str) -> None:
    delayed = (
        env["retail.sync.duplicates.jobs"]
        .with_user(env.ref("base.user_root"))
        .with_delay(channel=channel("bulk"), priority=LANE_PRIORITY["bulk"], description=description, max_retries=0)
    )
    getattr(delayed, method)(record_id)


def _open_slice(env: Environment, slice_id: int) -> models.BaseModel | None:
    """Return the slice, or None when it is done or its search does not run any more."""
    part = part_model(env).browse(slice_id).exists()
    return part if part and not part.done and part.search_id.state == "running" else None


def job_slice(env: Environment, slice_id: int) -> None:
    """Compare the customers of a slice, and store the pairs that are alike."""
    part = _open_slice(env, slice_id)
    if not part:
        return
    ids = _members(env, part)
    _compare(env, ids, part.search_id.kind == "all")
    if part.search_id.kind == "changed":
        env.cr.execute("DELETE FROM retail_sync_identity_due WHERE partner_id = ANY(%s)", [ids])
        partition.touch(env, ids)
    _close(env, part)


def _close(env: Environment, part: models.BaseModel) -> None:
    """Mark a slice as done, and queue the next step when the slice may have been the last one."""
    part.done = True
    if len(_open_slices(env, part.search_id, LAST_JOBS)) < LAST_JOBS:
        _queue_next(env, part.search_id)


def _open_slices(env: Environment, search: models.BaseModel, most: int | None = None) -> models.BaseModel:
    """Return the slices of the current step of a search that are not done, at most so many."""
    return part_model(env).search(
        [("search_id", "=", search.id), ("step", "=", search.step), ("done", "=", False)], limit=most
    )


def _queue_next(env: Environment, search: models.BaseModel) -> None:
    if search.step == "compare":
        _queue(env, "_job_gather", search.id, env._("Find duplicates: cut into parts"))
    else:
        _queue(env, "_job_finish", search.id, env._("Find duplicates: finish"))


def _source(search: models.BaseModel) -> SQL:
    """Return the table of the customers that a search compares."""
    return SQL.identifier(f"retail_sync_identity_{'known' if search.kind == 'all' else 'due'}")


def _members(env: Environment, part: models.BaseModel) -> list[int]:
    rows = env.execute_query(
        SQL(
            "SELECT partner_id FROM %s WHERE partner_id BETWEEN %s AND %s ORDER BY partner_id",
            _source(part.search_id),
            part.first_id,
            part.last_id,
        )
    )
    return [partner_id for (partner_id,) in rows]


def _compare(env: Environment, ids: Sequence[int], lower_only: bool) -> None:
    """Judge these customers against those most like them, and replace their stored pairs."""
    candidates = _candidates(env, ids, lower_only)
    pairs = sorted({pair_of(id_, other) for id_, others in candidates.items() for other in others})
    kept = [pair for pair in _judge(env, ids, pairs) if not pair.vetoed]
    replaced = SQL("other = ANY(%s)", ids) if lower_only else SQL("one = ANY(%s) OR other = ANY(%s)", ids, ids)
    env.cr.execute(SQL("DELETE FROM retail_sync_identity_pair WHERE %s", replaced))
    if kept:
        execute_values(
            env,
            "INSERT INTO retail_sync_identity_pair (one, other, score, joins) VALUES %s"
            " ON CONFLICT (one, other) DO UPDATE SET score = EXCLUDED.score, joins = EXCLUDED.joins",
            [(*pair_of(pair.left, pair.right), pair.score, pair.joins) for pair in kept],
            page_size=5000,
        )


def _candidates(env: Environment, ids: Sequence[int], lower_only: bool) -> dict[int, list[int]]:
    """Return {partner id: ids to compare it with}, those with the most shared blocking keys."""
    with index_scans(env):
        env.cr.execute(
            "SELECT partner_id, keys FROM retail_sync_identity_known WHERE partner_id = ANY(%s)",
            [ids],
        )
        keys_of = dict(env.cr.fetchall())
        carriers = index.key_carriers(env(su=True), {key for keys in keys_of.values() for key in keys}, least=2)
    candidates = {}
    for partner_id, keys in keys_of.items():
        by_likeness = ranked((carriers[key] for key in keys if key in carriers), None)
        others = (other for other in by_likeness if (other < partner_id if lower_only else other != partner_id))
        candidates[partner_id] = list(islice(others, COMPARED))
    return candidates


def _judge(env: Environment, ids: Iterable[int], pairs: Collection[tuple[int, int]]) -> list[ScoredPair]:
    """Return the scored pairs that may be matches; customers of two different companies never are.

    :param ids: the customers that this job compares; each pair holds at least one of them
    """
    su_env = env(su=True)
    model = env["retail.sync.match.model"].sudo()._active()
    partner_ids = sorted({partner_id for pair in pairs for partner_id in pair})
    records = {id_: unpack(id_, text) for id_, text in index.stored(su_env, partner_ids).items()}
    companies = index.companies_of(su_env, partner_ids)
    plausible = [
        (first, second)
        for first, second in pairs
        if first in records
        and second in records
        and (not companies.get(first) or not companies.get(second) or companies[first] == companies[second])
        and not obviously_different(records[first], records[second], model.sharing)
    ]
    frequencies = value_counts.frequencies(su_env, [records[id_] for id_ in ids if id_ in records])
    scored = (judge_pair(records[first], records[second], model, frequencies) for first, second in plausible)
    return [pair for pair in scored if pair.vetoed or pair.score >= model.match]


def job_gather(env: Environment, search_id: int) -> None:
    """Cut the connected customers into parts when all slices are done, and queue a job for each part."""
    search = _running(env, search_id)
    if not search or search.step != "compare" or _open_slices(env, search, 1):
        return
    # Of two such jobs at once, the second fails here on the row; when it is retried, the step is done.
    search.step = "group"
    search.flush_recordset()
    cut = partition.cut(env, everything=search.kind == "all")
    slices = part_model(env).create(
        [{"search_id": search.id, "step": "group", "first_id": number, "size": size} for number, size in cut]
    )
    for part in slices:
        _queue(env, "_job_group", part.id, env._("Find duplicates: groups of part %s", part.first_id))
    if not slices:
        _queue_next(env, search)


def job_group(env: Environment, slice_id: int) -> None:
    """Build the groups of a part."""
    part = _open_slice(env, slice_id)
    if not part:
        return
    group_builder.regroup(env, partition.members(env, part.first_id))
    partition.done(env, part.first_id)
    _close(env, part)


def job_finish(env: Environment, search_id: int) -> None:
    """End the search when all parts are done."""
    search = _running(env, search_id)
    if not search or search.step != "group" or _open_slices(env, search, 1):
        return
    groups = env["retail.sync.duplicate.group"].sudo().search_count([("state", "=", "open")])
    search.write({"state": "done", "ended_at": fields.Datetime.now(), "found": groups})
    search.slice_ids.unlink()


def part_model(env: Environment) -> models.BaseModel:
    return env["retail.sync.duplicate.slice"].sudo()
