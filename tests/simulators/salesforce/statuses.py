"""What the statuses of an org stand for. Their words are the org's own: only these tables tell what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from .org import Org

Meaning = TypeVar("Meaning")

DRAFT, ACTIVATED = "Draft", "Activated"

ORDER_STATUS = """
MasterLabel string(255) readonly
ApiName string(255) readonly
StatusCode picklist readonly : Draft; Activated
SortOrder int readonly
IsDefault boolean readonly
"""

CASE_STATUS = """
MasterLabel string(255) readonly
ApiName string(255) readonly
IsClosed boolean readonly
IsDefault boolean readonly
SortOrder int readonly
"""

OPPORTUNITY_STAGE = """
MasterLabel string(255) readonly
ApiName string(255) readonly
IsActive boolean readonly
IsClosed boolean readonly
IsWon boolean readonly
DefaultProbability percent(3,0) readonly
SortOrder int readonly
"""


class Stage(NamedTuple):
    """What a stage of opportunities means; probability in percent, None for a word that the org does not know."""

    probability: float | None
    closed: bool
    won: bool


def _found(table: Mapping[str, Meaning], word: str | None) -> Meaning | None:
    lowered = (word or "").lower()
    return next((meaning for label, meaning in table.items() if label.lower() == lowered), None)


def case_closed(org: Org, status: str | None) -> bool:
    """Whether a case with this status is closed."""
    return bool(_found(org.config.case_statuses, status))


def order_code(org: Org, status: str | None) -> str:
    """The code of an order's status, Draft or Activated."""
    return _found(org.config.order_statuses, status) or DRAFT


def stage(org: Org, name: str | None) -> Stage:
    """What a stage of opportunities means."""
    found = _found(org.config.opportunity_stages, name)
    return Stage(*found) if found else Stage(None, False, False)


def place(org: Org) -> None:
    """Fill the tables and the picklists from the org's switches."""
    config = org.config
    rows: dict[str, list[dict[str, Any]]] = {
        "OrderStatus": [{"ApiName": label, "StatusCode": code} for label, code in config.order_statuses.items()],
        "CaseStatus": [{"ApiName": label, "IsClosed": closed} for label, closed in config.case_statuses.items()],
        "OpportunityStage": [
            {"ApiName": label, "DefaultProbability": float(probability), "IsClosed": closed, "IsWon": won}
            for label, (probability, closed, won) in config.opportunity_stages.items()
        ],
    }
    for name, values in rows.items():
        table = org.store.table(name)
        table.live.clear()
        table.drop_indexes()
        active = {"IsActive": True} if name == "OpportunityStage" else {"IsDefault": False}
        for position, row in enumerate(values, start=1):
            org.place(name, org.clock.stamp(), MasterLabel=row["ApiName"], SortOrder=position, **active, **row)
    for name, field_name, labels in (
        ("Order", "status", config.order_statuses),
        ("Case", "status", config.case_statuses),
        ("Opportunity", "stagename", config.opportunity_stages),
    ):
        org.schema.get(name).fields[field_name].picklist = tuple(labels)
