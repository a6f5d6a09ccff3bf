"""Triggers by which the database itself keeps what was asked for and decided, whoever writes."""

from odoo.addons.retail_sync.runtime.append_only import Guard, Trigger

_LOCK = 7_283_411_912
_NAME = "retail_sync_action_guard"
# What was asked for never changes. What became of it is written once: a request that waits is decided, and no more.
_ASKED = (
    "uuid",
    "action",
    "order_id",
    "company_id",
    "currency_id",
    "facts",
    "policy",
    "reason",
    "rules",
    "actor_reference",
    "actor_name",
    "actor_kind",
    "user_id",
    "verified_by",
    "verified_at",
    "channel",
    "correlation_id",
    "submitted_at",
)
_DECIDED = ("state", "amounts", "amount", "amount_company", "documents", "decided_at", "decided_by_id")
# Words about a customer: they stay as they are until the customer is erased, and then all of them go at once.
TEXTS = ("request", "note", "override_reason", "preview", "decision")
_ASKED_TEXTS = TEXTS[:3]


def _same(names: tuple[str, ...]) -> str:
    new, old = (", ".join(f"{prefix}.{name}" for name in names) for prefix in ("NEW", "OLD"))
    return f"ROW({new}) IS NOT DISTINCT FROM ROW({old})"


_ERASED = " AND ".join(f"NEW.{name} IS NULL" for name in TEXTS)


_BODY = f"""
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF {_same(_ASKED)} AND ({_same(_ASKED_TEXTS)} OR ({_ERASED}))
           AND (OLD.state = 'waiting' OR ({_same(_DECIDED)} AND ({_same(TEXTS)} OR ({_ERASED}))))
        THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'The audit of actions is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
"""

GUARD = Guard(
    _LOCK,
    {f"{_NAME}_v1": _BODY},
    (
        Trigger(_NAME, "retail_sync_action", "UPDATE OR DELETE", f"{_NAME}_v1"),
        Trigger(f"{_NAME}_truncate", "retail_sync_action", "TRUNCATE", f"{_NAME}_v1"),
    ),
)
