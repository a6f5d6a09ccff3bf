"""The bulk finder, in jobs of a few seconds, by as many workers as there are.

Bring the index up to date; cut the customers into slices; compare those of each slice and
store their pairs; cut what pairs connect into parts; make the groups of each part.

In a search of all customers each is compared with those of lower ids only, so that a
pair is judged once. In a search of changed ones each is compared with all.
"""

from odoo import fields
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.identity.blocking.memory_index import ranked
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

# So many jobs of a search may end at the same moment, none of which sees the others' "done": each of the last ones
# calls for the next step, which one of them takes.
AT_ONCE = 50


def begin(env: Environment, search):
    """Queue the search: nothing that takes time is done while somebody waits for the button."""
    _queue(env, "_job_begin", search.id, env._("Find duplicates: bring the index up to date"))


def job_begin(env: Environment, search_id):
    """Bring the index up to date. The next job cuts it into slices: this one's transaction began before it was."""
    search = _running(env, search_id)
    if search:
        kept = value_counts.keep(env(su=True), PATIENCE)
        if kept:
            _queue(env, "_job_cut", search.id, env._("Find duplicates: cut into slices"))
        else:
            begin(env, search)


def job_cut(env: Environment, search_id):
    """Cut the customers into slices and queue a job for each."""
    search = _running(env, search_id)
    if not search:
        return
    if search.kind == "all":
        # Whoever changes from now on is looked at by the next search.
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


def _running(env: Environment, search_id):
    """Return the search if nobody stopped it."""
    search = env["retail.sync.duplicate.search"].sudo().browse(search_id).exists()
    return search if search.state == "running" else None


def _queue(env: Environment, method, record_id, description):
    delayed = (
        env["retail.sync.duplicates.jobs"]
        .with_user(env.ref("base.user_root"))
        .with_delay(channel=channel("bulk"), priority=LANE_PRIORITY["bulk"], description=description, max_retries=0)
    )
    getattr(delayed, method)(record_id)


def _to_do(env: Environment, slice_id):
    """Return the slice if it is not done, and nobody stopped the search."""
    part = part_model(env).browse(slice_id).exists()
    return part if part and not part.done and part.search_id.state == "running" else None


def job_slice(env: Environment, slice_id):
    """Compare the customers of a slice, and store the pairs that are alike."""
    part = _to_do(env, slice_id)
    if not part:
        return
    ids = _members(env, part)
    _compare(env, ids, part.search_id.kind == "all")
    if part.search_id.kind == "changed":
        env.cr.execute("DELETE FROM retail_sync_identity_due WHERE partner_id = ANY(%s)", [ids])
        partition.touch(env, ids)
    _close(env, part)


def _close(env: Environment, part):
    """Note that a slice is done; call for the next step when it may have been the last one."""
    part.done = True
    if len(_open(env, part.search_id, AT_ONCE)) < AT_ONCE:
        _queue_next(env, part.search_id)


def _open(env: Environment, search, most=None):
    """Return slices of the search's present step that are not done."""
    return part_model(env).search(
        [("search_id", "=", search.id), ("step", "=", search.step), ("done", "=", False)], limit=most
    )


def _queue_next(env: Environment, search):
    if search.step == "compare":
        _queue(env, "_job_gather", search.id, env._("Find duplicates: cut the pairs into parts"))
    else:
        _queue(env, "_job_finish", search.id, env._("Find duplicates: end"))


def _source(search):
    return SQL.identifier(f"retail_sync_identity_{'known' if search.kind == 'all' else 'due'}")


def _members(env: Environment, part):
    rows = env.execute_query(
        SQL(
            "SELECT partner_id FROM %s WHERE partner_id BETWEEN %s AND %s ORDER BY partner_id",
            _source(part.search_id),
            part.first_id,
            part.last_id,
        )
    )
    return [partner_id for (partner_id,) in rows]


def _compare(env: Environment, ids, lower_only):
    """Judge these customers with those most like them; store the pairs worth keeping in place of former ones."""
    near = _near(env, ids, lower_only)
    pairs = sorted({pair_of(one, other) for one, others in near.items() for other in others})
    kept = [pair for pair in _judge(env, ids, pairs) if not pair.vetoed]
    which = SQL("other = ANY(%s)", ids) if lower_only else SQL("one = ANY(%s) OR other = ANY(%s)", ids, ids)
    env.cr.execute(SQL("DELETE FROM retail_sync_identity_pair WHERE %s", which))
    if kept:
        execute_values(
            env,
            "INSERT INTO retail_sync_identity_pair (one, other, score, joins) VALUES %s"
            " ON CONFLICT (one, other) DO UPDATE SET score = EXCLUDED.score, joins = EXCLUDED.joins",
            [(*pair_of(pair.one, pair.other), pair.score, pair.joins) for pair in kept],
            page_size=5000,
        )


def _near(env: Environment, ids, lower_only):
    """Return {partner id: ids of those to compare it with}, by what they have in common."""
    with index_scans(env):
        env.cr.execute(
            "SELECT partner_id, keys FROM retail_sync_identity_known WHERE partner_id = ANY(%s)",
            [ids],
        )
        keys = dict(env.cr.fetchall())
        carriers = index.key_carriers(env(su=True), {key for some in keys.values() for key in some}, least=2)
    near = {}
    for partner_id, some in keys.items():
        found = ranked((carriers[key] for key in some if key in carriers), None)
        others = (one for one in found if (one < partner_id if lower_only else one != partner_id))
        near[partner_id] = [one for one, _number in zip(others, range(COMPARED), strict=False)]
    return near


def _judge(env: Environment, ids, pairs):
    """Return the ScoredPairs of these pairs that are worth keeping; those of two companies are none.

    :param ids: of which each pair has at least one
    """
    su_env = env(su=True)
    model = env["retail.sync.match.model"].sudo()._active()
    wanted = sorted({one for pair in pairs for one in pair})
    found = {one: unpack(one, text) for one, text in index.stored(su_env, wanted).items()}
    companies = index.companies_of(su_env, wanted)
    close = [
        (one, other)
        for one, other in pairs
        if one in found
        and other in found
        and (not companies.get(one) or not companies.get(other) or companies[one] == companies[other])
        and not obviously_different(found[one], found[other], model.sharing)
    ]
    frequencies = value_counts.frequencies(su_env, [found[one] for one in ids if one in found])
    scored = (judge_pair(found[one], found[other], model, frequencies) for one, other in close)
    return [pair for pair in scored if pair.vetoed or pair.score >= model.match]


def job_gather(env: Environment, search_id):
    """Cut what the pairs connect into parts, once all slices are done, and queue a job for each."""
    search = _running(env, search_id)
    if not search or search.step != "compare" or _open(env, search, 1):
        return
    # Of two that come this far at once, the other one fails here, and finds it done when it is tried again.
    search.step = "group"
    search.flush_recordset()
    cut = partition.cut(env, everything=search.kind == "all")
    slices = part_model(env).create(
        [{"search_id": search.id, "step": "group", "first_id": part, "size": size} for part, size in cut]
    )
    for one in slices:
        _queue(env, "_job_group", one.id, env._("Find duplicates: groups of part %s", one.first_id))
    if not slices:
        _queue_next(env, search)


def job_group(env: Environment, slice_id):
    """Make the groups of a part."""
    part = _to_do(env, slice_id)
    if not part:
        return
    group_builder.regroup(env, partition.members(env, part.first_id))
    partition.done(env, part.first_id)
    _close(env, part)


def job_finish(env: Environment, search_id):
    """End the search, once all parts are done."""
    search = _running(env, search_id)
    if not search or search.step != "group" or _open(env, search, 1):
        return
    found = env["retail.sync.duplicate.group"].sudo().search_count([("state", "=", "open")])
    search.write({"state": "done", "ended_at": fields.Datetime.now(), "found": found})
    search.slice_ids.unlink()


def part_model(env):
    return env["retail.sync.duplicate.slice"].sudo()
