"""API calls of a day in which nothing changes, with five streams on one connection."""

from __future__ import annotations

from setup.lib.bench import BenchContext
from tests.end_to_end.connection import Connection

from .loads import connected

FURTHER = {"Lead": "LastName", "Individual": "LastName", "User": "Name"}  # object: the field that names its records
TICKS = 12
DAY_SECONDS = 86_400
UNITS = {"minutes": 60, "hours": 3600, "days": DAY_SECONDS}


def run(ctx: BenchContext) -> dict:
    """Let the shipped schedule tick for an hour of the org's clock, count its calls as the org does, scale to a day."""
    with connected(ctx, "bench_idle", 200, 300, jobs=1) as connection:
        for name, field in FURTHER.items():
            _add_stream(connection, name, field)
        connection.load()
        connection.poll(times=2)
        streams = [stream["remote_object"] for stream in connection.streams() if stream["state"] == "live"]
        if len(streams) != 5:
            raise RuntimeError(f"5 live streams are wanted, there are {streams}")
        cron, every = _schedule(connection)
        simulator = connection.simulator
        calls = simulator.stats()["calls_counted"]
        for _ in range(TICKS):
            simulator.advance(every)
            connection.stack.rpc("ir.cron", "method_direct_trigger", [[cron]])
            connection.wait_idle()
        calls = simulator.stats()["calls_counted"] - calls
        if not calls:
            raise RuntimeError("no poll was made: nothing was measured")
    a_day = calls / TICKS * DAY_SECONDS / every
    return {
        "metrics": {"streams": len(streams), "poll_every_s": every, "calls_per_poll": round(calls / TICKS, 2)},
        "bars": [{"name": "idle API calls a day, 5 streams", "value": round(a_day, 1), "op": "<=", "bar": 300}],
    }


def _add_stream(connection: Connection, remote_object: str, name_field: str) -> None:
    lines = [("kind", "=person"), ("name", name_field)]
    if remote_object == "Lead":
        lines.append(("email", "Email"))
    values = {
        "name": remote_object,
        "connection_id": connection.id,
        "remote_object": remote_object,
        "sequence": 50,
        "create_policy": "review",
        "map_ids": [[0, 0, {"canonical_field": field, "remote_path": path}] for field, path in lines],
    }
    connection.stack.rpc("retail.sync.stream", "create", [values])


def _schedule(connection: Connection) -> tuple[int, int]:
    """(id, seconds between two runs) of the scheduled action that polls."""
    [row] = connection.query(
        "SELECT c.id, c.interval_number AS number, c.interval_type AS unit FROM ir_cron c JOIN ir_model_data d"
        " ON d.model = 'ir.cron' AND d.res_id = c.id WHERE d.module = 'retail_sync' AND d.name = 'cron_poll'"
    )
    return row["id"], row["number"] * UNITS[row["unit"]]
