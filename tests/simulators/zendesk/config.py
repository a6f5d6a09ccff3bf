"""Switches of the account. Each has the value of an ordinary Support account on the Enterprise plan.

``[u]`` marks that of which the contract sheet is not sure; the switch turns to the other known or likely behaviour.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass
class Config:
    """Seconds are those of the account's clock unless a comment says otherwise."""

    subdomain: str = "acme"
    account_id: int = 12514403
    latency_ms: float = 0  # real time

    # -- signing in
    token_status: int = 200  # [u] or 201
    bad_client_status: int = 401  # [u] or 400
    default_expires_in: int = 1800  # [u] of a token that was asked for without expires_in
    refresh_for_client_credentials: bool = False  # [u]
    default_refresh_expires_in: int = 2592000
    code_seconds: float = 120
    form_tokens: bool = False  # also take form bodies at the token endpoint
    api_tokens: bool = True  # before the sunset of API tokens
    api_token_end: str = "2027-04-30T00:00:00Z"
    api_token_idle_days: float = 30
    nested_errors: bool = False  # [u] 403 with an object in "error"
    strict_scopes: bool = True  # [u] settings and search ask for the plain scopes "read" and "write"

    # -- limits: per minute unless the name says otherwise; 0 is no limit
    rate_limit: int = 700
    rate_limit_ticket_update: int = 100
    rate_limit_ticket_update_per_ticket: int = 30  # in 10 minutes, by one user on one ticket
    rate_limit_ticket_delete: int = 400
    rate_limit_user_update: int = 5  # of one user
    rate_limit_incremental: int = 10  # 30 with the high-volume add-on
    rate_limit_body: str = ""  # [u] "text" or "json" for all; else text for the account, JSON for an endpoint
    rate_headers: str = "ratelimit"  # or "rate-limit", the older spelling, or "both"
    max_offset_rows: int = 10000
    page_size_over_max: str = "refuse"  # [u] or "clip"
    max_bulk: int = 100
    max_jobs: int = 30
    max_body_bytes: int = 50_000_000

    # -- tickets
    hold_status: bool = False  # an account has to activate On-hold
    new_after_assignment: str = "open"  # [u] or "refuse"
    assign_on_solve: bool = True  # [u] off: solving without an assignee is refused
    noop_moves_updated_at: bool = False  # [u]
    tag_spaces: str = "split"  # [u] or "underscore"
    numeric_fields_as_text: bool = True  # [u] integer and decimal fields read as text
    unknown_tagger_values: str = "refuse"  # [u] or "ignore"
    comments_are_public: bool = True  # [u] of agents that do not say
    imports_run_triggers: bool = False  # [u]
    close_after_days: float = 4  # the stock automation; 0 switches it off
    ticket_id_gap: int = 0  # ids that each new ticket skips
    idempotency_seconds: float = 7200
    idempotency_stores_refusals: bool = False  # [u]

    # -- people
    welcome_mails: bool = True
    external_id_ignores_case: bool = True  # [u]
    put_email_adds_identity: bool = True  # [u] off: the primary address is replaced
    organizations_match_by_name: bool = False  # [u]
    deleted_users_are_shown: bool = True  # [u] with active false; off: 404
    map_domains: bool = True  # a new user joins the organization of the mail domain

    # -- search, exports, jobs
    index_delay_seconds: float = 30  # [u]
    search_max_results: int = 1000
    user_search_is_indexed: bool = True  # [u] users/search?query= shows what the index shows
    export_page_rows: int = 1000
    export_delay_seconds: float = 60  # changes that are younger are not exported
    export_deleted: bool = True  # [u] deleted tickets, with status deleted
    null_cursor_when_empty: bool = False  # [u]
    job_queue_seconds: float = 0
    job_item_seconds: float = 0
    job_keep_seconds: float = 86400
    job_shuffles_results: bool = False

    # -- webhooks
    webhook_timeout_seconds: float = 10  # real time
    webhook_timestamp_skew_seconds: float = 0  # added to real time, which receivers compare with
    webhook_retry_seconds: float = 10  # [u] between attempts
    webhook_conflict_retries: int = 3
    webhook_timeout_retries: int = 5
    webhook_throttle_retries: int = 3  # [u] of 429 and 503 with a short Retry-After
    webhook_retry_renews_timestamp: bool = True  # [u]
    webhook_upper_case: bool = True  # status, priority and type of tickets in events
    webhook_parallel: int = 4  # calls under way at a time, for each webhook
    webhook_ca: str = ""  # path of the CA of the receivers; "" trusts the machine's
    webhook_max: int = 0  # 10 on a trial
    webhook_per_minute: int = 0  # 60 on a trial
    breaker_share: float = 0.7
    breaker_errors: int = 1000
    breaker_minimum: int = 10  # [u] calls below which no share is taken
    breaker_window_seconds: float = 300
    breaker_pause_seconds: float = 5
    breaker_loses_events: bool = True  # [u] off: events wait until it closes

    journal_limit: int = 1_000_000

    def update(self, changes: dict[str, Any]) -> None:
        """Set switches. Raises ``ValueError`` for a switch that does not exist or a value of another type."""
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        unknown = sorted(set(changes) - set(known))
        if unknown:
            raise ValueError(f"unknown switches: {', '.join(unknown)}")
        for name, value in changes.items():
            wanted = (int, float) if isinstance(known[name], (int, float)) else type(known[name])
            if not isinstance(value, wanted):
                raise ValueError(f"{name} takes {type(known[name]).__name__}, not {value!r}")
        for name, value in changes.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
