"""Starts a Freshdesk simulator for a test and speaks its control API."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..common.process import RunningSimulator, start_process


class Simulator(RunningSimulator):
    """A running simulated account. ``client_secret`` is the API key of its integration agent."""

    def __enter__(self) -> Simulator:
        return self

    def reset(self) -> dict[str, int]:
        """Empty the account; the ids of its agents, ``integration`` and ``agent``."""
        return self.control("POST", "reset")

    def seed(self, tickets: Iterable[dict[str, Any]]) -> list[int]:
        """Tickets as they are given, with an ``updated_at`` of their own if they have one; ids in order."""
        return self.control("POST", "seed", {"tickets": list(tickets)})["ids"]

    def edit(self, ticket: int, **fields: Any) -> None:
        """Change a ticket as an agent does."""
        self.control("POST", "edit", {"id": ticket, "fields": fields})

    def comment(self, ticket: int, text: str, public: bool = True) -> int:
        """An agent's answer or note."""
        return self.control("POST", "comment", {"id": ticket, "text": text, "public": public})["id"]


def start_simulator(state_dir: str | Path, *, port: int = 0, **config: Any) -> Simulator:
    """Start a simulator in its own process and wait until it answers."""
    return Simulator(*start_process("tests.simulators.freshdesk", state_dir, ["--port", str(port)], config))
