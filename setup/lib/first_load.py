"""Connects the demo's connection and runs its first load through the methods that the set-up wizard calls."""

import http.client
import shutil
import sys
import time
from typing import Any

from .console import colour, say, table
from .rpc import OdooRpc
from .system import SetupError

CONNECTION = "retail.sync.connection"
NAME = "Demo org"
_COLUMNS = {
    "Read": "read",
    "Linked": "linked",
    "Created": "created",
    "Updated": "updated",
    "Unchanged": "unchanged",
    "For review": "review",
    "Failed": "failed",
    "Excluded": "excluded",
    "Records/s": "records_per_second",
    "API calls": "api_calls",
}
_SHOWN = {"created": "created", "linked": "linked", "review": "for review", "failed": "failed"}
_MUCH_REVIEW = 0.1  # from this share of records in review on, the first line is about it
_STALLED = 900  # seconds without any progress: the load is stuck for good


class FirstLoad:
    """One connection of the demo."""

    def __init__(self, rpc: OdooRpc, connection_id: int | None) -> None:
        self.rpc, self.connection_id = rpc, connection_id

    def connect(self, credentials: dict[str, str]) -> int:
        """Create the connection, or give the one of last time the simulator's new secret; returns its id.

        Raises SetupError when the connection test fails.
        """
        if self.connection_id and self.rpc(CONNECTION, "search_count", [[("id", "=", self.connection_id)]]):
            self.rpc(CONNECTION, "write", [[self.connection_id], credentials])
        else:
            values = {
                "name": NAME,
                "system": "salesforce",
                "environment": "simulator",
                "auth_method": "client_credentials",
                **credentials,
            }
            created = self.rpc(CONNECTION, "create", [[values]])
            self.connection_id = created[0] if isinstance(created, list) else created
        result = self.call("action_test_connection")
        failed = [check for check in result["checks"] if not check["ok"]]
        if not result["ok"]:
            lines = [
                f"  {check['name']}: {check['detail']} {check.get('next_step') or ''}".rstrip() for check in failed
            ]
            raise SetupError("the connection test failed:\n" + "\n".join(lines))
        say(f"Connection: {NAME}, tested ({len(result['checks'])} checks, {len(failed)} warnings)")
        for check in failed:
            say(f"  {check['name']}: {check['detail']}")
        return self.connection_id

    def call(self, method: str, *arguments: object) -> Any:
        """Call a method of the connection."""
        return self.rpc(CONNECTION, method, [[self.connection_id], *arguments])

    def run(self) -> dict[str, Any]:
        """Start the first load, or take up one that was interrupted, and draw its progress; the last progress.

        Raises SetupError when nothing moves for 15 minutes.
        """
        former = self.call("get_progress")
        if former["streams"] and former["kind"] == "initial" and not former["done"]:
            say("  going on where the last start was interrupted")
        else:
            self.call("start_first_load")
        bar = _Bar()
        seen, since = None, time.monotonic()
        while True:
            progress = self._progress()
            if progress is not None:
                bar.draw(progress)
                if progress["done"]:
                    bar.end()
                    return progress
                if progress["totals"] != seen:
                    seen, since = progress["totals"], time.monotonic()
            if time.monotonic() - since > _STALLED:
                bar.end()
                raise SetupError(f"the first load has not moved for {_STALLED // 60} minutes; see Odoo's log")
            time.sleep(0.5)

    def go_live(self) -> str | None:
        """Agree to what the platform gets, once it is counted; what was agreed to, None where nothing waits for it."""
        if not self.call("get_write_forecast"):
            return None
        self.call("count_writes")
        since = time.monotonic()
        while not all(entry["counted"] for entry in self.call("get_write_forecast")):
            if time.monotonic() - since > _STALLED:
                raise SetupError("it is not counted what the platform would get; see Odoo's log")
            time.sleep(0.5)
        entries = self.call("get_write_forecast")
        summary = [str(self.call("write_summary"))]
        for entry in entries:
            if entry["publishes"]:
                summary.append(f"  {entry['name']}: {entry['records']:,} records ({entry['history']})")
                continue
            fields = ", ".join(f"{line['label']} {line['count']:,}" for line in entry["fields"]) or "no values yet"
            summary.append(f"  {entry['name']}: our id {entry['new_ids']:,}; {fields}")
        self.call("go_live")
        return "\n".join(summary)

    def _progress(self) -> dict[str, Any] | None:
        """None when no worker had time to answer: all of them may be busy with jobs."""
        try:
            return self.call("get_progress")
        except (OSError, http.client.HTTPException):
            return None


def result_table(progress: dict[str, Any]) -> str:
    """The table of the first load, one line a stream."""
    rows = [[stream["name"], *(stream.get(key) for key in _COLUMNS.values())] for stream in progress["streams"]]
    if len(rows) > 1:
        rows.append(["Total", *(progress["totals"].get(key) for key in _COLUMNS.values())])
    lines = [f"{stream['name']}: {stream['message']}" for stream in progress["streams"] if stream.get("message")]
    return "\n".join([table(["Stream", *_COLUMNS], rows), *lines])


def verdict(progress: dict[str, Any]) -> str:
    """One line that says whether all is well, and where to look when it is not."""
    totals = progress["totals"]
    waiting = [
        f"{totals[key]:,} {what} (Retail Sync > Work > {menu})"
        for key, what, menu in (("review", "for review", "Reviews"), ("failed", "failed", "Exceptions"))
        if totals[key]
    ]
    note = f"; {', '.join(waiting)}" if waiting else ""
    share = totals["review"] / totals["done"] if totals.get("done") else 0
    if progress["ok"] and share >= _MUCH_REVIEW:
        return colour(f"First load: {share:.0%} of the records wait for a review; check the match rules", "33") + note
    if progress["ok"]:
        return colour("First load: all is well", "32") + note
    return colour("First load: not all is well", "31") + note


class _Bar:
    """A progress bar on a terminal, a line now and then elsewhere."""

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty()
        self._shown = ("", 0.0)
        self._drawn = False

    def draw(self, progress: dict[str, Any]) -> None:
        # how many records a stream has is known when its turn comes, so the bar is the stream's that is being read
        current = next((stream for stream in progress["streams"] if stream["state"] in ("pending", "running")), None)
        stream = current or (progress["streams"] or [None])[-1]
        if not stream or not stream["total"]:
            return
        share = min(1.0, stream["done"] / stream["total"])
        totals = progress["totals"]
        counts = ", ".join(f"{totals[key]:,} {word}" for key, word in _SHOWN.items())
        text = f"{stream['name']} {share:4.0%} of {stream['total']:,}; in all {counts}"
        if self._terminal:
            full = int(share * 24)
            room = shutil.get_terminal_size().columns - 1
            print("\r\033[K" + f"[{'#' * full}{'.' * (24 - full)}] {text}"[:room], end="", flush=True)
            self._drawn = True
        elif text != self._shown[0] and time.monotonic() - self._shown[1] >= 2:
            say(f"  {text}")
            self._shown = (text, time.monotonic())

    def end(self) -> None:
        if self._drawn:
            print(flush=True)


def last_event_id(load: FirstLoad) -> int:
    """Id of the newest event, 0 when there is none."""
    last = 0
    while events := load.call("get_events", last):
        last = max(event["id"] for event in events)
    return last
