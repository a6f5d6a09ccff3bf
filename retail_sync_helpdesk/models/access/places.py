"""How many look-ups run at the same time in the database, whichever worker and server they run on."""

import random

from odoo.api import Environment

SETTING = "retail_sync_helpdesk.look_ups"
DEFAULT = 16
MOST = 200
LOOK_UP_SPACE = 728_351


def take_place(env: Environment) -> bool:
    """Take a place among the look-ups that run; return whether one was free.

    The place is a lock of the transaction: it is free again when the request commits or fails, or the worker dies.
    """
    most = number_of_places(env)
    # No order: rows are tried one after the other, and the first free place ends it.
    env.cr.execute(
        "SELECT place FROM generate_series(0, %(last)s) AS place"
        " WHERE pg_try_advisory_xact_lock(%(space)s, (place + %(start)s) %% %(most)s) LIMIT 1",
        {"last": most - 1, "space": LOOK_UP_SPACE, "start": random.randrange(most), "most": most},
    )
    return bool(env.cr.fetchone())


def number_of_places(env: Environment) -> int:
    """Return how many look-ups may run at the same time."""
    text = env["ir.config_parameter"].sudo().get_param(SETTING) or ""
    return min(max(int(text), 1), MOST) if text.isdigit() else DEFAULT
