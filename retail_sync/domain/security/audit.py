"""The audit trail as plain values: its kinds, what a row may say, and the chain of hashes that seals the rows."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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
_CODE = re.compile(r"[\w.:/#-]{0,120}\Z", re.ASCII)


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
    if isinstance(value, Iterable) and not isinstance(value, bytes):
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


def sign(key: str, seq: int, row_hash: str) -> str:
    """Return the signature of the head: who can write the database and lacks the key cannot make one."""
    return hmac.new(key.encode(), f"{seq}:{row_hash}".encode(), hashlib.sha256).hexdigest()


class Damage(str, Enum):
    """What a verification found; the first of them counts. "" stands for a trail without damage."""

    NONE = ""
    UNPROTECTED = "unprotected"
    ROW_MISSING = "row_missing"
    ROW_CHANGED = "row_changed"
    TEXT_MISSING = "text_missing"
    TEXT_CHANGED = "text_changed"
    END_MISSING = "end_missing"
    HEAD_FORGED = "head_forged"
    HEAD_UNSIGNED = "head_unsigned"
    WAITS_TOO_LONG = "waits_too_long"


# Rows are sealed when their transaction commits, else by the schedule within minutes.
LONGEST_WAIT = timedelta(hours=1)


@dataclass(slots=True)
class Sealed:
    """A sealed row as it stands now.

    values: what its hash is made of; text: (salt, text) of the reason, None where there is none.
    """

    id: int
    seq: int
    hash: str
    values: Sequence[Any]
    text_digest: str | None
    text: tuple[str, str] | None


@dataclass(slots=True)
class Verification:
    """Walk along the trail, row by row; ``damage`` is the first that was found, ``at`` the number of its row.

    erased: ids of rows whose reason left with a trace, as rows of the trail say.
    """

    erased: frozenset[int] = frozenset()
    damage: Damage = Damage.NONE
    at: int = 0
    seq: int = 0
    hash: str = GENESIS
    without_text: int = 0

    def find(self, damage: Damage, at: int = 0) -> None:
        """Note damage, unless an earlier one is noted."""
        if not self.damage:
            self.damage, self.at = damage, at

    def walk(self, row: Sealed) -> None:
        """Check that a row follows the one before it, and that it and its reason are as they were sealed."""
        if row.seq != self.seq + 1:
            self.find(Damage.ROW_MISSING, self.seq + 1)
        if seal(self.hash, row.values) != row.hash:
            self.find(Damage.ROW_CHANGED, row.seq)
        if row.text_digest:
            self._check_text(row)
        # After damage, the walk goes on from what stands: the reason of a later row may be missing too.
        self.seq, self.hash = row.seq, row.hash

    def _check_text(self, row: Sealed) -> None:
        if row.text is None:
            if row.id in self.erased:
                self.without_text += 1
            else:
                self.find(Damage.TEXT_MISSING, row.seq)
        elif digest(*row.text) != row.text_digest:
            self.find(Damage.TEXT_CHANGED, row.seq)

    def end(self, head: tuple[int, str, str | None] | None, key: str | None) -> None:
        """Compare the end of the rows with the head: (number, hash, signature)."""
        if head is None:
            if self.seq:
                self.find(Damage.HEAD_FORGED, self.seq)
            return
        seq, row_hash, signature = head
        if seq > self.seq:
            self.find(Damage.END_MISSING, self.seq + 1)
        elif (seq, row_hash) != (self.seq, self.hash):
            self.find(Damage.HEAD_FORGED, seq)
        if key and not signature:
            self.find(Damage.HEAD_UNSIGNED, seq)
        elif key and not hmac.compare_digest(sign(key, seq, row_hash), signature or ""):
            self.find(Damage.HEAD_FORGED, seq)

    def wait(self, oldest: datetime | None, now: datetime) -> None:
        """Note rows that nothing seals. oldest: time of the oldest one that waits."""
        if oldest and now - oldest > LONGEST_WAIT:
            self.find(Damage.WAITS_TOO_LONG)
