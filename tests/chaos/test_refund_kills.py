"""kill -9 of workers between any two steps of a refund, and at any moment: money leaves once.

``CHAOS_REFUND_KILLS`` says how often at least (12), ``RETAIL_SYNC_CHAOS_SEED`` chooses the moments.
"""

from __future__ import annotations

import os
import time

import pytest

from setup.lib import environment
from tests.simulators.refunds.process import RefundKills

from .test_killed_workers import SEED

KILLS = int(os.environ.get("CHAOS_REFUND_KILLS", "12"))
# The limit of a trial that hangs, not a measure of speed.
_PATIENCE = 900


@pytest.fixture
def shop():
    with environment.opened() as opened:
        name = f"{opened.databases.prefix}refund_kills_{os.getpid()}"
        opened.databases.drop(name)
        opened.databases.create(name, opened.addons_template())
        yield opened, name
        opened.databases.drop(name)


def test_money_leaves_once_however_often_workers_are_killed(shop):
    trial = RefundKills(*shop, kills=KILLS, seed=SEED)
    trial.start()
    try:
        until = time.monotonic() + _PATIENCE
        while (found := trial.result()) is None and time.monotonic() < until:
            time.sleep(0.2)
    finally:
        trial.stop()
    assert found is not None, f"CHAOS_SEED={SEED}: not done in {_PATIENCE} s:\n{trial.log_tail()}"
    print(f"\n{found['kills']} kills, {found['refunds']} refunds in {found['seconds']} s: {found['points']}")
    assert not found["wrong"], f"CHAOS_SEED={SEED}:\n" + "\n".join(found["wrong"])
    assert found["kills"] >= KILLS
