"""Identity inside Odoo, measured: runs in ``odoo shell``, with its task in SCALE_TASK, a JSON object.

``measure``: seconds of candidates, of whole decisions and of a page, for records that arrive; ``index``: bring the
index up to date. Writes its result as JSON to the file named in the task.
"""

import json
import os
import resource
import time

from odoo.addons.retail_sync.models.identity import index as index_steps
from odoo.addons.retail_sync.models.identity import resolver, value_counts

TASK = json.loads(os.environ["SCALE_TASK"])


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def index(env):
    """Keys of all customers, as the cron makes them."""
    started = time.perf_counter()
    index_steps.catch_up(env)
    return {"seconds": time.perf_counter() - started, "rss_mb": memory()}


def count(env):
    """How many carry each value."""
    started = time.perf_counter()
    value_counts._recount(env)
    env.cr.commit()
    return {"seconds": time.perf_counter() - started}


def memory():
    """Peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def items_of(rows):
    """The rows as a page has them, decoded and bound to nothing."""
    from odoo.addons.retail_sync.domain.canonical.schema import Incoming
    from odoo.addons.retail_sync.models.mapping.item import Resolved

    return [
        Resolved(Incoming(external_id=f"003{number:012}", remote_object="Contact", version=1, parts={"main": values}))
        for number, values in enumerate(rows)
    ]


def main_values(row):
    """A generated row as the canonical values of a record."""
    values = {
        name: row[name]
        for name in ("kind", "name", "email", "street", "city", "zip", "country", "vat")
        if row.get(name)
    }
    values.update({name: row[name] for name in ("first_name", "last_name", "website") if row.get(name)})
    values["phone"] = row.get("mobile") or row.get("phone") or ""
    return values


def measure(env):
    """Seconds, at the 95th percentile, of each step for one record, and of a page of 200."""
    from odoo.addons.retail_sync.domain.identity.blocking.blocking_keys import CANDIDATES
    from odoo.addons.retail_sync.domain.identity.decide.decision import decide
    from odoo.addons.retail_sync.domain.identity.normalise.features import prepare
    from odoo.addons.retail_sync.domain.identity.normalise.serialise import unpack

    su_env = env(su=True)
    stream = env["retail.sync.stream"].search([("remote_object", "=", "Contact")], limit=1)
    model = env["retail.sync.match.model"]._active()
    with open(TASK["arrivals"], encoding="utf-8") as lines:
        rows = [main_values(json.loads(line)) for line in lines]
    result = {}
    few = rows[: TASK["singles"]]
    items = items_of(few)
    records = [index_steps.of_item(item, "", "") for item in items]
    features = [prepare(record) for record in records]
    found, whole, through = [], [], []
    keys = [index_steps.keys_of(record) for record in features]
    env.cr.execute("SET LOCAL enable_seqscan = off")
    for record_keys in keys[:50]:
        index_steps._ranked(su_env, [record_keys])
    for record_keys in keys:
        started = time.perf_counter()
        index_steps._ranked(su_env, [record_keys])
        found.append(time.perf_counter() - started)
    # All in SQL and Python on one cursor: keys, candidates, their values, counts, the decision.
    for record in records:
        started = time.perf_counter()
        incoming = prepare(record)
        [ids] = index_steps._ranked(su_env, [index_steps.keys_of(incoming)])
        candidates = [unpack(key, text) for key, text in index_steps.stored(su_env, ids[:CANDIDATES]).items()]
        decide(incoming, candidates, model, value_counts.frequencies(su_env, [incoming]))
        whole.append(time.perf_counter() - started)
    env.cr.rollback()
    # As a page of one record goes through: announced, refreshed, looked up, asked, noted.
    kinds = {"link": 0, "create": 0, "review": 0}
    for item in items:
        started = time.perf_counter()
        resolver._decide_by_evidence(env(su=True), stream, [item])
        env.cr.rollback()
        through.append(time.perf_counter() - started)
        kinds[item.outcome] += 1
    pages = []
    for start in range(0, len(rows) - 200, 200):
        page = items_of(rows[start : start + 200])
        started = time.perf_counter()
        resolver._decide_by_evidence(env(su=True), stream, page)
        pages.append(time.perf_counter() - started)
        env.cr.rollback()
    result.update(
        candidates_ms=1000 * percentile(found, 0.95),
        decision_ms=1000 * percentile(whole, 0.95),
        orm_ms=1000 * percentile(through, 0.95),
        page_ms=1000 * max(pages),
        plan=plans(env, features[:40]),
        **kinds,
    )
    return result


def plans(env, features):
    """Sequential scans in the plans of the look-up as PostgreSQL runs it, at its own settings and with them forced."""
    from odoo.addons.retail_sync.domain.identity.blocking.blocking_keys import KEY_CAP
    from odoo.addons.retail_sync.models.identity.index import CARRIERS

    wanted = sorted({key for record in features for key in index_steps.keys_of(record)})
    scans = 0
    for setting in ("on", "off"):
        env.cr.execute(f"SET LOCAL enable_seqscan = {setting}")
        env.cr.execute(f"EXPLAIN {CARRIERS}", [wanted, KEY_CAP + 1, 1, KEY_CAP])
        scans += sum("Seq Scan" in line for (line,) in env.cr.fetchall())
    env.cr.rollback()
    return scans


RESULT = {"measure": measure, "index": index, "count": count}[TASK["do"]](env)  # noqa: F821  (odoo shell provides env)
with open(TASK["out"], "w", encoding="utf-8") as stream:
    json.dump(RESULT, stream)
