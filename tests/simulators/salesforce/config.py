"""Switches of the org that tests turn."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

FEATURES = ("person_accounts", "state_country_picklists", "multi_currency", "middle_name_suffix")
# What the package's README gives to the integration user.
PERMISSION_SETS = ("Retail_Sync_Integration", "Retail_Sync_Modify_All")
STAGES = {
    "Prospecting": (10, False, False), "Qualification": (10, False, False), "Needs Analysis": (20, False, False),
    "Proposal/Price Quote": (75, False, False), "Negotiation/Review": (90, False, False),
    "Closed Won": (100, True, True), "Closed Lost": (0, True, False),
}  # fmt: skip


@dataclass
class Config:
    """Every switch has the value of an ordinary production org; seconds unless named otherwise."""

    token_ttl_seconds: float = 7200
    token_sliding: bool = True
    token_max_calls: int = 0
    instance_url: str = ""
    page_size_cap: int = 2000
    locator_ttl_seconds: float = 172800
    daily_limit: int = 100000
    used_calls: int = 0
    person_accounts: bool = False
    state_country_picklists: bool = False
    multi_currency: bool = False
    middle_name_suffix: bool = False
    household_accounts: bool = False
    # Directories of the package that were deployed to the org; a stock org has none.
    deployed: list[str] = field(default_factory=lambda: ["force-app"])
    # None: the integration user may do everything.
    permission_sets: list[str] | None = field(default_factory=lambda: list(PERMISSION_SETS))
    # Fields of the org that the integration user is given besides; "*" are all of an object.
    grants: dict[str, list[str]] = field(default_factory=dict)
    # {object: {record type's developer name: {picklist: values}}}; a type that is not named takes every value.
    record_type_values: dict[str, dict[str, dict[str, list[str]]]] = field(default_factory=dict)
    sharing: dict[str, Any] = field(default_factory=dict)
    fls: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    latency_ms: float = 0
    bulk_delay_seconds: float = 0
    bulk_page_rows: int = 50000
    bulk_stuck_state: str = ""
    bulk_zulu_datetimes: bool = False
    latest_date_covered_lag_seconds: float = 0
    concurrent_limit: int = 25
    enforce_concurrency: bool = False
    deleted_log_days: float = 15
    updated_log_days: float = 30
    trim_text: bool = True
    # Words of the org and what they mean: {status: Draft or Activated}, {status: closed}, {stage: [%, closed, won]}.
    order_statuses: dict[str, str] = field(default_factory=lambda: {"Draft": "Draft", "Activated": "Activated"})
    case_statuses: dict[str, bool] = field(
        default_factory=lambda: {"New": False, "Working": False, "Escalated": False, "Closed": True}
    )
    opportunity_stages: dict[str, list[Any]] = field(
        default_factory=lambda: {name: list(meaning) for name, meaning in STAGES.items()}
    )
    # {object: queue or user}: the owner that the active assignment rule gives; else that of an org without one.
    assignment_rules: dict[str, str] = field(default_factory=dict)
    default_owners: dict[str, str] = field(default_factory=lambda: {"Case": "human", "Lead": "human"})
    data_storage_mb: int = 10240
    cdc_objects: list[str] = field(default_factory=list)
    cdc_channels: dict[str, list[str]] = field(default_factory=dict)
    cdc_retention_seconds: float = 259200
    cdc_transaction_limit: int = 100000
    journal_limit: int = 1000000

    def update(self, changes: dict[str, Any]) -> None:
        """Set switches. Raises ``ValueError`` for a switch that does not exist."""
        known = {f.name for f in fields(self)}
        unknown = sorted(set(changes) - known)
        if unknown:
            raise ValueError(f"unknown switches: {', '.join(unknown)}")
        for name, value in changes.items():
            setattr(self, name, value)

    def features(self) -> frozenset[str]:
        """Names of what is switched on, directories of the package among them."""
        return frozenset(name for name in FEATURES if getattr(self, name)) | {f"deployed:{d}" for d in self.deployed}

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
