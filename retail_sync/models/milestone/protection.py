"""Triggers by which the database itself refuses to change the milestone journal, whoever asks."""

from ...runtime.append_only import Guard, Trigger

TABLE = "retail_sync_milestone"
LOCK = 7_283_411_910
FUNCTION = "retail_sync_milestone_guard_v1"
_BODY = """
BEGIN
    RAISE EXCEPTION 'The milestone journal is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
"""

GUARD = Guard(
    LOCK,
    {FUNCTION: _BODY},
    (
        Trigger("retail_sync_milestone_guard", TABLE, "UPDATE OR DELETE", FUNCTION),
        Trigger("retail_sync_milestone_guard_truncate", TABLE, "TRUNCATE", FUNCTION),
    ),
)
