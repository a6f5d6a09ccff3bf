"""The audit trail as plain values: its kinds, what a row may say, and the chain of hashes that seals the rows."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from .masking import HIDDEN


class AuditKind(str, Enum):
    """What a row of the audit trail is about; the value is stored."""

    REVEAL = "reveal"
    MERGE = "merge"
    MERGE_UNDO = "merge_undo"
    OVERRIDE = "override"
    DECISION = "decision"
    CREDENTIAL = "credential"
    OWNERSHIP = "ownership"
    CONSENT = "consent"
    LOAD = "load"
    DELETION = "deletion"
    ORIGINAL = "original"
    ERASURE = "erasure"
    EXPORT = "export"


# {kind: label on screens}
LABELS: dict[AuditKind, str] = {
    AuditKind.REVEAL: "Reveal",
    AuditKind.MERGE: "Merge",
    AuditKind.MERGE_UNDO: "Undo of a merge",
    AuditKind.OVERRIDE: "Override of a block",
    AuditKind.DECISION: "Decision of a person",
    AuditKind.CREDENTIAL: "Change of credentials",
    AuditKind.OWNERSHIP: "Change of rules",
    AuditKind.CONSENT: "Consent",
    AuditKind.LOAD: "Start of a load",
    AuditKind.DELETION: "Deletion on a platform",
    AuditKind.ORIGINAL: "Declaration of the original database",
    AuditKind.ERASURE: "Erasure",
    AuditKind.EXPORT: "Export",
}

# Words of code: ids, names of fields and models, states. Names of persons and e-mails do not fit.
_CODE = re.compile(r"[\w.:/#+-]{0,120}\Z", re.ASCII)


def codes_only(value: Any) -> Any:
    """Return details without what could be personal: texts that are no code or id become a mask.

    The rows can never be changed, so a value that entered them could never be erased.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value.value if isinstance(value, Enum) else value) if _CODE.match(value) else HIDDEN
    if isinstance(value, Mapping):
        return {codes_only(str(name)): codes_only(inner) for name, inner in value.items()}
    if isinstance(value, Iterable):
        inner = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [codes_only(item) for item in inner]
    return HIDDEN


GENESIS = "0" * 64


def canonical(values: Sequence[Any]) -> bytes:
    """Return values as JSON that is the same on every machine: sorted keys, no spaces, ASCII."""
    return json.dumps(list(values), sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def seal(previous: str, values: Sequence[Any]) -> str:
    """Return the hash of a row: SHA-256 over the hash of the row before it and the row's values."""
    return hashlib.sha256(previous.encode() + b"\n" + canonical(values)).hexdigest()


def digest(salt: str, text: str) -> str:
    """Return what the chain keeps of a text that an erasure may take away.

    The salt leaves with the text. Without it, no guess at the text can be checked against the digest.
    """
    return hashlib.sha256(canonical([salt, text])).hexdigest()
