"""The same partners by plain ``res.partner.create``: what Odoo itself needs, without any connector.

Runs inside ``odoo shell``. Reads partners from the file named by PLAIN_CREATE_IN (JSON lines: level, key, parent key,
values), writes its result as JSON to the file named by PLAIN_CREATE_OUT.
"""

import json
import os
import time

# What makes create faster without changing the partners: no tracking, no "created" note, no followers.
QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "no_vat_validation": True,
}
BATCHES = (200, 500, 1000, 2000)
TRIAL = 2000  # records per batch size to find the best one with


def read_levels(path):
    """Partners by level: those without a parent, their children, their grandchildren, and so on."""
    levels = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            level, key, parent, values = json.loads(line)
            levels.setdefault(level, []).append((key, parent, values))
    return [levels[level] for level in sorted(levels)]


def create(env, rows, ids, batch):
    """Create rows in batches, each committed; fills ``ids`` and returns the seconds."""
    model = env["res.partner"].with_context(**QUIET)
    started = time.perf_counter()
    for start in range(0, len(rows), batch):
        part = rows[start : start + batch]
        vals = [dict(values, parent_id=ids[parent]) if parent else values for _key, parent, values in part]
        for (key, _parent, _values), partner in zip(part, model.create(vals), strict=True):
            ids[key] = partner.id
        env.cr.commit()
        env.invalidate_all()
    return time.perf_counter() - started


def best_batch(env, levels):
    """The batch size that is fastest for the largest level, tried on records that are deleted again."""
    rows = max(levels, key=len)[:TRIAL]
    speeds = {}
    for batch in BATCHES:
        ids = {}
        orphans = [(key, None, values) for key, _parent, values in rows]
        speeds[batch] = len(rows) / create(env, orphans, ids, batch)
        env["res.partner"].browse(ids.values()).unlink()
        env.cr.commit()
    return max(speeds, key=speeds.get), speeds


def main(env):
    levels = read_levels(os.environ["PLAIN_CREATE_IN"])
    # The first create in a process fills caches that a running server has long filled.
    create(env, [("warm", None, {"name": "warm-up"})], {}, 1)
    batch, speeds = best_batch(env, levels)
    ids, seconds = {}, 0.0
    for rows in levels:
        seconds += create(env, rows, ids, batch)
    result = {"records": len(ids), "seconds": seconds, "batch": batch, "trial": speeds}
    with open(os.environ["PLAIN_CREATE_OUT"], "w", encoding="utf-8") as out:
        json.dump(result, out)


main(env)  # noqa: F821  (odoo shell provides env)
