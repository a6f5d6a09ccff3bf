"""The demo after its first load: both ways, as they happen."""

import http.client
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from . import demo_orders
from .console import colour, say, warn
from .first_load import FirstLoad, last_event_id
from .rpc import RpcError
from .simulator import Simulator

_AWAY = (OSError, http.client.HTTPException, RpcError)
_LONG = 60  # seconds after which a value is said not to have arrived
_FEW = 3  # so many records of one kind are named; more are counted
_FEW_FIELDS = 6
_SHOWN = ("Account", "Contact", "Case", *demo_orders.OBJECTS.values())
_NAMES = {"insert": "new", "delete": "deleted", "undelete": "restored", "hard_delete": "purged"}


class Live:
    """Both sides of the demo, joined."""

    def __init__(self, load: FirstLoad, simulator: Simulator, url: str) -> None:
        self.load, self.simulator, self.url = load, simulator, url

    def join(self) -> None:
        """Let Salesforce announce its changes to Odoo, as an administrator there would set it up."""
        [connection] = self.load.rpc("retail.sync.connection", "read", [[self.load.connection_id], ["event_url"]])
        token = connection["event_url"].rpartition("/")[0].rpartition("/")[2]
        self.simulator.announce(f"{self.url}/retail_sync/{token}/soap")

    def show(self) -> bool:
        """Edit one customer on each side and tell how long it took to arrive on the other; whether both did."""
        found = self.load.rpc(
            "retail.sync.link",
            "search_read",
            [
                [
                    ("connection_id", "=", self.load.connection_id),
                    ("remote_object", "=", "Contact"),
                    ("part", "=", "main"),
                    ("is_primary", "=", True),
                    ("state", "=", "in_sync"),
                ],
                ["external_id", "res_id"],
            ],
            {"limit": 1},
        )
        if not found:
            say("Live: there is no contact to show it with")
            return True
        key, partner = found[0]["external_id"], found[0]["res_id"]
        former, name = self._title(partner)
        text = f"{former or 'Customer'} (live)"
        self.load.rpc("res.partner", "write", [[partner], {"function": text}])
        there = self._timed("Odoo -> Salesforce", name, lambda: self.simulator.record("Contact", key)["Title"] == text)
        self.simulator.edit("Contact", key, {"Title": former or None})
        here = self._timed("Salesforce -> Odoo", name, lambda: self._title(partner)[0] == former)
        return there and here

    def _title(self, partner: int) -> tuple[str | bool, str]:
        [row] = self.load.rpc("res.partner", "read", [[partner], ["function", "name"]])
        return row["function"], row["name"]

    def _timed(self, way: str, name: str, arrived: Callable[[], bool]) -> bool:
        started = time.monotonic()
        while time.monotonic() - started < _LONG:
            try:
                if arrived():
                    say(f"Live: {way}, job title of {name}: {time.monotonic() - started:.1f} s")
                    return True
            except _AWAY:
                pass  # all workers may be at work
            time.sleep(0.05)
        warn(f"Live: {way}, job title of {name}: not there after {_LONG} s; see the exceptions in Odoo")
        return False

    def follow(self, folder: Path, each_second: Callable[[], object]) -> None:
        """Print what happens on either side, until interrupted; a server that does not answer is said once."""
        say("Edit a customer in Odoo, or in Salesforce:")
        say(f"  .local/venv/bin/python -m tests.simulators.salesforce.edit --dir {folder} 'NAME' Title='Head of Sales'")
        after, entry, lost = last_event_id(self.load), self.simulator.last_entry(), False
        while True:
            time.sleep(1)
            entry = self._journal(entry)
            try:
                each_second()
                events = self.load.call("get_events", after)
            except _AWAY as error:
                if not lost:
                    warn(f"no answer from Odoo: {error}")
                lost = True
                continue
            lost = False
            for event in events:
                after = max(after, event["id"])
                code = {"error": "31", "warning": "33"}.get(event["level"], "0")
                say(f"{event['at']}  {colour(event['text'], code)}")

    def _journal(self, after: int) -> int:
        """Print what was written over there since an entry; the last entry's number."""
        kinds: dict[tuple[str, str], list[str]] = {}
        for entry in self.simulator.entries(after):
            after = entry["seq"]
            if entry["object"] not in _SHOWN or (entry["op"] == "update" and not entry["fields"]):
                continue
            who = "Odoo -> Salesforce" if entry["user"] == self.simulator.integration else "in Salesforce"
            what = _NAMES.get(entry["op"], entry["op"])
            if entry["op"] == "update":
                # Documents change in many fields at a time.
                what = ", ".join(entry["fields"]) if len(entry["fields"]) <= _FEW_FIELDS else "changed"
            kinds.setdefault((who, f"{entry['object']}: {what}"), []).append(entry["id"])
        for (who, what), ids in kinds.items():
            counted = Counter(ids)
            names = ", ".join(sorted(counted)) if len(counted) <= _FEW else f"{len(counted):,} records"
            say(f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())}  {who}  {what}  ({names})")
        return after
