"""The stock automation: tickets are closed some days after they were solved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import times
from .journal import Actor

if TYPE_CHECKING:
    from .account import Account

DAY = 86400
HOUR = 3600


class Automations:
    """Automations run once an hour, at the full hour of the account's clock."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self._hour = int(account.clock.now() // HOUR)

    def run_due(self) -> None:
        hour = int(self.account.clock.now() // HOUR)
        if hour <= self._hour:
            self._hour = hour  # a clock that was set back
            return
        self._hour = hour
        self.run()

    def run(self) -> int:
        """Close what was solved long enough ago; how many tickets."""
        from .ticket_writer import TicketWriter  # the writer needs the account, which needs this module

        days = self.account.config.close_after_days
        if not days:
            return 0
        until = times.stamp(self.account.clock.now() - days * DAY)
        due = [row for row in self.account.records.tickets.find("solved", True) if row["solved_at"] <= until]
        writer = TicketWriter(self.account, Actor(-1, "automation", "rule"))
        for row in due:
            writer.update(row["id"], {"status": "closed"})
        return len(due)
