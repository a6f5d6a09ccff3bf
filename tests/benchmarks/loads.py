"""Loads to measure: a clean retailer in the simulator, a server with so many jobs at a time, a stop-watch."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from setup.lib.bench import BenchContext
from tests.end_to_end.accounting import discrepancies
from tests.end_to_end.connection import Connection
from tests.simulators.retailer import generate, write_export

LANES = ("critical", "standard", "bulk")


@dataclass(frozen=True, slots=True)
class Timing:
    """One load: records read, wall-clock seconds from the call to the last run's end, API calls as the org counts."""

    records: int
    seconds: float
    api_calls: int

    @property
    def speed(self) -> float:
        """Records a second."""
        return self.records / self.seconds


def channels(jobs: int) -> str:
    """A [queue_job] setting in which every lane may use all of ``jobs`` slots."""
    return ",".join(
        [f"root:{jobs}", f"root.retail_sync:{jobs}", *(f"root.retail_sync.{lane}:{jobs}" for lane in LANES)]
    )


@contextlib.contextmanager
def connected(
    ctx: BenchContext, name: str, accounts: int, contacts: int, jobs: int, kind: type = Connection, **settings
) -> Iterator[Connection]:
    """A server and an org of that many clean accounts and contacts, connected and not yet loaded.

    There is one worker more than jobs, so that asking how far it is never waits for a job. ``kind``: the class of the
    connection. ``channels``: another [queue_job] setting than one in which each lane may use all slots.
    """
    settings.setdefault("channels", channels(jobs))
    with ctx.stack(name, workers=jobs + 1, simulator=True, **settings) as stack:
        import_retailer(stack.simulator, accounts, contacts)
        yield kind(stack, stack.simulator, name="Bench")


def load_all(connection: Connection) -> None:
    """Load the org to the last record: those that resemble another one are new customers, a person says."""
    connection.load(timeout=1800)
    waiting = [message["id"] for message in connection.messages("review")]
    if waiting:
        connection.stack.rpc("retail.sync.message", "action_create_new", [waiting])
        connection.wait_idle(timeout=1800)
    if left := connection.exceptions():
        raise RuntimeError(f"{len(left)} records could not be loaded, first: {left[0]['fault_message']}")


def import_retailer(simulator, accounts: int, contacts: int, seed: int = 1) -> None:
    """Put so many clean accounts and contacts into the org."""
    with tempfile.TemporaryDirectory(prefix="retail-sync-bench-") as folder:
        write_export(generate(accounts, contacts, clean=True, seed=seed), Path(folder))
        imported = simulator.import_dir(folder)
    refused = [entry for entry in imported["skipped"] if entry["file"] != "manifest.json"]
    if refused:
        raise RuntimeError(f"the simulator refused records: {refused[:3]}")


def percentile(values: list[float], share: float) -> float:
    """The value that so large a share (0 to 1) of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def timed_load(connection: Connection, watch=None, timeout: float = 3600) -> Timing:
    """Run a load of all streams and time it end to end. ``watch`` is called about twice a second meanwhile.

    Raises RuntimeError when the load did not end well: a fast load that lost records is no result.
    """
    known = {run["id"] for run in connection.runs()}
    calls = connection.simulator.stats()["calls_counted"]
    started = time.perf_counter()
    connection.call("start_first_load")
    while True:
        runs = [run for run in connection.runs() if run["id"] not in known]
        if runs and all(run["state"] in ("done", "failed", "cancelled") for run in runs):
            break
        if time.perf_counter() - started > timeout:
            raise RuntimeError(f"load not done after {timeout} s: {connection.stack.log_tail()}")
        if watch:
            watch()
        time.sleep(0.4)
    seconds = time.perf_counter() - started
    if any(run["state"] != "done" for run in runs):
        raise RuntimeError(f"a run failed: {runs}")
    calls = connection.simulator.stats()["calls_counted"] - calls
    return Timing(sum(run["n_read"] for run in runs), seconds, calls)


def prove(connection: Connection, records: int) -> None:
    """Demand that every record of the org is in Odoo, once; a few in a thousand may wait as namesakes."""
    wrong = discrepancies(connection)
    bound, asked = len(connection.links(part="main")), len(connection.messages("review"))
    if wrong or bound + asked != records or asked > max(3, records * 0.003):
        raise RuntimeError(
            f"{bound} of {records} records are bound and {asked} are asked about; {len(wrong)} discrepancies, first:"
            f" {wrong[:3]}"
        )
