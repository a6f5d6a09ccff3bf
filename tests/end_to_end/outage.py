"""A day without word of a desk, at any size: what both sides wrote in it, and what is there when it is over."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from .desk import DeskConnection

HOURS = 24
SLICE = 500


@dataclass(frozen=True, slots=True)
class Day:
    """How many tickets are commented, edited and made there, and commented, edited and made in Odoo."""

    commented: int
    edited: int
    made: int
    commented_here: int
    written: int
    new: int


@dataclass
class Outage:
    """tickets: ids at the desk, the last `made` of them made during the outage. here: ids of those made in Odoo."""

    desk: DeskConnection
    person: int
    tickets: list[int] = field(default_factory=list)
    made: int = 0
    here: list[int] = field(default_factory=list)

    def seed(self, tickets: int, days: float = 0.0) -> None:
        """Tickets with three comments each, one of them internal, spread over so many days."""
        slices = range(0, tickets, SLICE)
        for start in slices:
            self.tickets += self.desk.simulator.seed(
                "ticket", [self._ticket(n) for n in range(start, start + SLICE)][: tickets - start]
            )
            if days:
                self.desk.simulator.advance(days * 86400 / len(slices))

    def pass_day(self, day: Day, hours: int = HOURS) -> None:
        """Let people write on both sides, hour by hour. On a ticket that both edit, they edit different fields."""
        for hour in range(hours):
            self._there(day, hour, hours)
            self._in_odoo(day, hour, hours)
            self.desk.simulator.advance(86400 / hours)

    def _there(self, day: Day, hour: int, hours: int) -> None:
        simulator = self.desk.simulator
        comments = [
            (ticket, {"comment": {"body": f"Hour {hour}, ticket {ticket}", "public": bool(ticket % 3)}})
            for ticket in _part(self.tickets[: day.commented], hour, hours)
        ]
        seeded = self.tickets[: len(self.tickets) - self.made]
        edits = [(ticket, {"status": "pending"}) for ticket in _part(seeded[-day.edited :], hour, hours)]
        again = [(ticket, {"comment": {"body": f"And hour {hour} once more"}}) for ticket, _values in comments]
        refused = simulator.edit_many("ticket", [*comments, *edits, *again])
        if refused:
            raise AssertionError(f"the desk refused {refused[:3]}")
        for number in _part(range(day.made), hour, hours):
            made = simulator.create(
                "ticket", requester_id=self.person, subject=f"New {number}", comment={"body": "New"}
            )
            simulator.comment(made, f"Also of {number}", public=False)
            self.tickets.append(made)
            self.made += 1

    def _in_odoo(self, day: Day, hour: int, hours: int) -> None:
        rpc, ids = self.desk.stack.rpc, self.desk.linked_tickets()
        for ticket in _part(self.tickets[day.commented - day.commented_here : day.commented], hour, hours):
            self.desk.say(ids[str(ticket)], f"Odoo, hour {hour}, ticket {ticket}", public=bool(ticket % 2))
        found = [ids[str(ticket)] for ticket in _part(self.tickets[: day.written], hour, hours)]
        if found:
            rpc("helpdesk.ticket", "write", [found, {"priority": "3"}])
        for number in _part(range(day.new), hour, hours):
            values = {
                "name": f"Of Odoo {number}",
                "description": f"<p>Of Odoo {number}</p>",
                "partner_id": self._partner(),
            }
            made = rpc("helpdesk.ticket", "create", [[values]])
            self.here += made if isinstance(made, list) else [made]

    def recover(self, timeout: float = 300, hurried: bool = False) -> float:
        """Poll and read until nothing is left on either side; the seconds that it took. hurried: no wait takes long."""
        began = time.monotonic()
        self.desk.simulator.advance(90)  # the last minute is not exported
        while not (self._hurried_round() if hurried else self._round(timeout)):
            if time.monotonic() - began > timeout:
                waiting = [(row["state"], row["fault_code"]) for row in self.desk.messages("pending", "retrying")]
                raise TimeoutError(f"{self._due()} tickets are due, and {len(waiting)} messages wait: {waiting[:3]}")
        return time.monotonic() - began

    def _round(self, timeout: float) -> bool:
        self.desk.call("start_poll")
        self.desk.sweep()
        self.desk.wait_idle(timeout)
        self.desk.run_cron("comments")
        self.desk.wait_idle(timeout)
        return self._is_done()

    def _hurried_round(self) -> bool:
        self.desk.stack.sql(
            "UPDATE retail_sync_desk_walk SET read_at = read_at - interval '1 hour';DELETE FROM retail_sync_desk_window"
        )
        self.desk.hurry()
        self.desk.call("start_poll")
        self.desk.sweep()
        self.desk.run_cron("comments")
        self.desk.wait_at_rest()
        return self._is_done()

    def _is_done(self) -> bool:
        return not self.desk.messages("pending", "sending", "retrying") and not self._due()

    def _due(self) -> int:
        """Tickets whose comments are not known, or that the desk has and Odoo has not, or the other way round."""
        [(due,)] = self.desk.stack.sql(
            "SELECT count(*) FROM retail_sync_link link LEFT JOIN retail_sync_desk_thread thread"
            " ON thread.link_id = link.id WHERE link.connection_id = %s AND link.remote_object = 'ticket'"
            " AND coalesce(thread.version, -1) < link.version", (self.desk.id,),
        )  # fmt: skip
        there = {str(row["id"]): row["updated_at"] for row in self.desk.simulator.records("ticket")}
        return int(due) + len(there.keys() ^ self.desk.linked_tickets().keys())

    def _partner(self) -> int:
        return int(self.desk.partner(str(self.person))["id"])

    def _ticket(self, number: int) -> dict[str, Any]:
        comments = [
            f"Ticket {number}",
            {"body": f"Answer {number}", "public": True},
            {"body": f"Note {number}", "public": False},
        ]
        return {"subject": f"Ticket {number}", "requester_id": self.person, "comments": comments}

    # ------------------------------------------------------------------ what is proved
    def differences(self) -> list[str]:
        """What is not on both sides once: tickets, and comments with their text, order, readers and time."""
        found = []
        tickets = self.desk.simulator.records("ticket")
        links = self.desk.linked_tickets()
        [(rows,)] = self.desk.stack.sql(
            "SELECT count(*) FROM helpdesk_ticket WHERE id = ANY(%s)", (list(links.values()),)
        )
        if len({*links.values()}) != len(tickets) or rows != len(tickets):
            found.append(f"{len(tickets)} tickets at the desk, {len(links)} links, {rows} tickets in Odoo")
        keys = Counter(row["external_id"] for row in tickets if row["external_id"])
        found += [f"{key} is there {count} times" for key, count in keys.items() if count > 1]
        there, here = self._there_by_ticket(), self._here_by_ticket()
        for ticket, ticket_id in links.items():
            if there.get(ticket, []) != here.get(ticket_id, []):
                found.append(f"ticket {ticket}: {there.get(ticket)} there, {here.get(ticket_id)} in Odoo")
        return found

    def _there_by_ticket(self) -> dict[str, list[tuple[str, bool]]]:
        """{ticket: its comments} at the desk, without the first one, which is its description."""
        found: dict[str, list[tuple[str, bool]]] = defaultdict(list)
        rows = sorted(self.desk.simulator.records("comment"), key=lambda row: (row["created_at"], row["id"]))
        for row in rows:
            found[str(row["ticket_id"])].append((row["plain_body"].strip(), row["public"]))
        return {ticket: sorted(comments[1:]) for ticket, comments in found.items() if comments[1:]}

    def _here_by_ticket(self) -> dict[int, list[tuple[str, bool]]]:
        rows = self.desk.query(
            "SELECT message.res_id AS ticket, regexp_replace(message.body, '<[^>]*>', '', 'g') AS text,"
            " NOT coalesce(subtype.internal, false) AS public FROM mail_message message"
            " JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id"
            " WHERE message.model = 'helpdesk.ticket' AND message.message_type IN ('comment', 'email')"
            " ORDER BY message.id"
        )  # fmt: skip
        found: dict[int, list[tuple[str, bool]]] = defaultdict(list)
        for row in rows:
            found[row["ticket"]].append((row["text"].strip(), row["public"]))
        return {ticket: sorted(comments) for ticket, comments in found.items()}

    def disorder(self) -> int:
        """Comments of the desk that stand before an earlier one of the same ticket."""
        [(count,)] = self.desk.stack.sql(
            "SELECT count(*) FROM (SELECT message.date, lag(message.date) OVER (PARTITION BY comment.ticket_id"
            " ORDER BY message.id) AS before FROM retail_sync_ticket_comment comment JOIN mail_message message"
            " ON message.id = comment.message_id WHERE comment.direction = 'in') AS pairs WHERE date < before"
        )  # fmt: skip
        return int(count)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Calls that a desk noted, by what they were about."""

    calls: list[dict[str, Any]]

    def most(self, seconds: float, prefix: str, endpoints: Iterable[str] = (), by: str = "") -> int:
        """The most calls within any stretch of so many seconds, of endpoints that begin so or are among these.

        by: count those with another path apart.
        """
        wanted = set(endpoints)
        groups: dict[str, list[float]] = defaultdict(list)
        for call in self.calls:
            if call["endpoint"] in wanted or (prefix and call["endpoint"].startswith(prefix)):
                groups[call[by] if by else ""].append(call["wall"])
        most = 0
        for times in groups.values():
            start = 0
            for end, moment in enumerate(times):
                while moment - times[start] >= seconds:
                    start += 1
                most = max(most, end - start + 1)
        return most

    def count(self, endpoint: str) -> int:
        """Calls of an endpoint."""
        return sum(call["endpoint"] == endpoint for call in self.calls)

    def refused(self) -> int:
        """Calls that were one too many."""
        return sum(call["status"] == 429 for call in self.calls)


def days_ago(days: float) -> str:
    """A moment as the desk's clock takes it."""
    return (datetime.now(timezone.utc) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _part(listed: Any, number: int, parts: int) -> Any:
    """The share of one of so many parts."""
    return listed[number * len(listed) // parts : (number + 1) * len(listed) // parts]
