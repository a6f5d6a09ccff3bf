"""Triggers by which the database itself refuses to change the audit trail, whoever asks."""

from ...runtime.append_only import Guard, Trigger

PREFIX = "retail_sync_audit_guard"
LOCK = 7_283_411_909

# Rows come in without a seal. A seal is set once, on a row that is otherwise left as it is. Nothing else is accepted.
_ROW = """
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.seq IS NULL AND NEW.hash IS NULL AND NEW.sealed_at IS NULL THEN RETURN NEW; END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        IF OLD.seq IS NULL AND NEW.seq IS NOT NULL AND NEW.hash IS NOT NULL AND NEW.sealed_at IS NOT NULL
           AND to_jsonb(NEW) - ARRAY['seq', 'hash', 'sealed_at'] = to_jsonb(OLD) - ARRAY['seq', 'hash', 'sealed_at']
        THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'The audit trail is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
"""
# A text leaves only after a row of the trail says so, and that row is not sealed yet: it is written with the erasure.
_TEXT = """
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT 1 FROM retail_sync_audit WHERE seq IS NULL AND kind = 'erasure'
                   AND details -> 'texts_of' @> to_jsonb(OLD.audit_id))
        THEN RETURN OLD; END IF;
    END IF;
    RAISE EXCEPTION 'Reasons in the audit trail are append-only: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
"""
# The head only moves forward.
_HEAD = """
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.id = OLD.id AND NEW.seq > OLD.seq THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'The head of the audit trail only moves forward: % refused', TG_OP
        USING ERRCODE = 'insufficient_privilege';
END
"""


def _triggers() -> tuple[Trigger, ...]:
    tables = (
        ("row", "retail_sync_audit", "INSERT OR UPDATE OR DELETE"),
        ("text", "retail_sync_audit_text", "UPDATE OR DELETE"),
        ("head", "retail_sync_audit_head", "UPDATE OR DELETE"),
    )
    found = []
    for key, table, events in tables:
        function = f"{PREFIX}_{key}_v1"
        found.append(Trigger(f"{PREFIX}_{key}", table, events, function))
        found.append(Trigger(f"{PREFIX}_{key}_truncate", table, "TRUNCATE", function))
    return tuple(found)


GUARD = Guard(
    LOCK,
    {f"{PREFIX}_row_v1": _ROW, f"{PREFIX}_text_v1": _TEXT, f"{PREFIX}_head_v1": _HEAD},
    _triggers(),
)
