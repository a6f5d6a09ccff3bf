"""Which stage of a team stands for which status of a desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["NEAR", "Stage", "Stages"]

# Where a team has no stage for a status: the statuses that come next to it.
NEAR = {
    "new": ("open", "pending", "hold"),
    "open": ("new", "pending", "hold"),
    "pending": ("hold", "open", "new"),
    "hold": ("pending", "open", "new"),
    "solved": ("closed",),
    "closed": ("solved",),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """teams, company: those whose tickets may be in it; empty: all."""

    id: int
    status: str
    closed: bool
    teams: frozenset[int]
    company: int | None
    active: bool = True

    def fits(self, team: int | None, company: int | None) -> bool:
        """Return whether tickets of a team and company may be in it."""
        return (not self.teams or team in self.teams) and (not self.company or self.company == company)


class Stages:
    """All stages, in their order."""

    def __init__(self, stages: Iterable[Stage]) -> None:
        self._stages = tuple(stages)
        self._by_id = {stage.id: stage for stage in self._stages}

    def of_status(self, status: str, team: int | None, company: int | None) -> int | None:
        """Return the stage for a status: the team's own before those of all teams; None where nothing is near it."""
        fitting = [stage for stage in self._stages if stage.active and stage.fits(team, company)]
        for word in (status, *NEAR[status]):
            found = [stage for stage in fitting if stage.status == word]
            if found:
                return min(found, key=lambda stage: not stage.teams).id
        return None

    def closed(self, stage: int | None) -> bool:
        """Return whether tickets in a stage are closed."""
        return bool(stage and (found := self._by_id.get(stage)) and found.closed)

    def fits(self, stage: int | None, team: int | None, company: int | None) -> bool:
        """Return whether a ticket of a team may be in a stage."""
        return bool(stage and (found := self._by_id.get(stage)) and found.fits(team, company))

    def means(self, stage: int | None, status: str, team: int | None, company: int | None) -> bool:
        """Return whether a ticket in this stage has this status, as far as the team's stages can tell."""
        if not stage or stage not in self._by_id:
            return False
        stands_for = self._by_id[stage].status
        if stands_for == status:
            return True
        fitting = {entry.status for entry in self._stages if entry.active and entry.fits(team, company)}
        return status not in fitting and next((word for word in NEAR[status] if word in fitting), None) == stands_for

    def status(self, stage: int | None, team: int | None, company: int | None, agreed: str | None) -> str | None:
        """Return the status of a ticket in a stage: the agreed one while the stage stands for it, else the stage's."""
        if agreed in NEAR and self.means(stage, agreed, team, company):
            return agreed
        found = self._by_id.get(stage or 0)
        return found.status if found else None
