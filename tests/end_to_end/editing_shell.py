"""People who edit partners at a steady pace: runs in ``odoo shell``, with its task in EDITING_TASK, a JSON object.

``people``: the ids of the partners that each of them edits in turn; ``a_second``: edits of all together; ``folder``:
where the file `ready` says that edits can begin, `begin` and `over` are awaited, and each line of `edits` is an edit.
"""

import itertools
import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path

from odoo import api
from odoo.service.model import retrying

TASK = json.loads(os.environ["EDITING_TASK"])
FOLDER = Path(TASK["folder"])


class Editing:
    """All people's edits; each person is a thread, so that the next need not wait for a commit that takes long."""

    def __init__(self, env):
        self.registry, self.admin = env.registry, env.ref("base.user_admin").id
        self.over, self.failed = threading.Event(), False
        self.log, self.lock = (FOLDER / "edits").open("a"), threading.Lock()

    def edit(self, partner, phone, keep=True):
        """Save a partner as a request of a user does: in a cursor of its own, again if a race is lost; races lost."""
        tries = 0

        def save():
            nonlocal tries
            tries += 1
            env["res.partner"].browse(partner).phone = phone

        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.admin, {})
            if keep:
                retrying(save, env)
            else:
                save()
                env.flush_all()
                cr.rollback()
        return tries - 1

    def work(self, person, began):
        """Edit one partner after the other until it is over: each is due by the clock.

        A person who is late begins the next edit at once, and leaves out what was due meanwhile: no burst follows.
        """
        partners, people = TASK["people"][person], len(TASK["people"])
        due = began + person / TASK["a_second"]
        for turn in itertools.count():
            if self.over.wait(max(0.0, due - time.monotonic())):
                return
            started = time.monotonic()
            try:
                lost = self.edit(partners[turn % len(partners)], f"+39 02 {10_000_000 + turn * people + person}")
            except Exception:
                traceback.print_exc()
                self.failed = True
                self.over.set()
                return
            ended = time.monotonic()
            with self.lock:
                self.log.write(json.dumps([ended, ended - started, lost]) + "\n")
                self.log.flush()
            due = max(due + people / TASK["a_second"], ended)


def await_file(*names):
    """Wait for one of these files."""
    while not any((FOLDER / name).exists() for name in names):
        time.sleep(0.02)


def main(env):
    editing = Editing(env)
    env.cr.rollback()
    # A process that serves requests has its caches warm: an edit that is not kept warms them.
    editing.edit(TASK["people"][0][0], "+39 02 9999999", keep=False)
    (FOLDER / "ready").touch()
    await_file("begin", "over")
    began = time.monotonic()
    # Daemons: a request to end the process does not wait for an edit that waits for a lock.
    threads = [
        threading.Thread(target=editing.work, args=(person, began), daemon=True)
        for person in range(len(TASK["people"]))
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        if (FOLDER / "over").exists():
            editing.over.set()
        time.sleep(0.02)
    if editing.failed:
        sys.exit("an edit failed")


main(env)  # noqa: F821  (odoo shell provides env)
