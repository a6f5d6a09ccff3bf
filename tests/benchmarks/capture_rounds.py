"""What capturing costs those who save: rounds with and without it, in turn, in one process.

Runs inside ``odoo shell``; writes its result as JSON to the file named by CAPTURE_OUT.
"""

import json
import os
import time
from statistics import median
from unittest.mock import patch

ROUNDS = int(os.environ.get("CAPTURE_ROUNDS") or 30)
BATCH = 200
SINGLES = 40


def timed(env, work):
    started = time.perf_counter()
    work()
    env.cr.commit()
    seconds = time.perf_counter() - started
    env.invalidate_all()
    return seconds


def one_round(env, number, on):
    """Seconds of one create of a batch, one write of a batch, and one of many single writes (each committed)."""
    partners = env["res.partner"]
    env["retail.sync.stream"].search([]).write({"direction": "both" if on else "in"})
    env.cr.execute("DELETE FROM retail_sync_change")
    env.cr.commit()
    word = f"{number} {'on' if on else 'off'}"

    def create():
        made = partners.create(
            [
                {
                    "name": f"Capture {word} {at}",
                    "email": f"c{at}@example.com",
                    "phone": "+390432123456",
                    "city": "Udine",
                }
                for at in range(BATCH)
            ]
        )
        ids.extend(made.ids)

    ids = []
    result = {"create": timed(env, create)}
    result["batch write"] = timed(env, lambda: partners.browse(ids).write({"phone": f"+39043255{number:04}"}))
    # A process that serves requests has its caches warm: the first of the singles warms them, and is not counted.
    singles = [
        timed(env, lambda at=at: partners.browse(ids[at]).write({"phone": f"+3904326{at:05}"})) for at in range(SINGLES)
    ]
    result["single write"] = median(singles[1:])
    partners.browse(ids).unlink()
    env.cr.execute("DELETE FROM retail_sync_change")
    env.cr.execute("DELETE FROM queue_job")
    env.cr.commit()
    return result


def main(env):
    connection = env["retail.sync.connection"].create(
        {
            "name": "Capture",
            "system": "salesforce",
            "base_url": "https://capture.example.com",
            "client_id": "x",
            "client_secret": "y",
        }
    )
    connection.stream_ids.write({"state": "live"})
    connection.state = "running"
    env.cr.commit()
    found = {True: [], False: []}
    silent = patch.object(type(env["retail.sync.change"]), "_schedule_routing", lambda self: None)
    for number in range(ROUNDS + 2):
        for on in (True, False) if number % 2 else (False, True):
            if on:
                result = one_round(env, number, on)
            else:
                with silent:
                    result = one_round(env, number, on)
            if number >= 2:  # the first rounds warm the caches
                found[on].append(result)
    ratios = {}
    for name in found[True][0]:
        # Each pair ran within a second or two: their ratio is free of what else went on meanwhile.
        pairs = [on[name] / off[name] for on, off in zip(found[True], found[False], strict=True)]
        ratios[name] = {
            "ratio": median(pairs),
            "on_ms": 1000 * median(sample[name] for sample in found[True]),
            "off_ms": 1000 * median(sample[name] for sample in found[False]),
        }
    with open(os.environ["CAPTURE_OUT"], "w", encoding="utf-8") as out:
        json.dump(ratios, out)


main(env)  # noqa: F821  (odoo shell provides env)
