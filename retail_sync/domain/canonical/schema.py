"""The neutral form in which two systems agree about a record.

Values are JSON-able. A missing key means "it was not reported"; ``None`` means "it was cleared". The two are never the
same thing: the first leaves a value alone, the second empties it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from .entity_spec import MAIN, EntitySpec
from .field_spec import OWNERS, SENSITIVITIES, FieldSpec
from .registry import ENTITIES, part_specs

__all__ = [
    "ABSENT",
    "ENTITIES",
    "EntitySpec",
    "FieldSpec",
    "Incoming",
    "OWNERS",
    "PART_MAIN",
    "Parts",
    "SENSITIVITIES",
    "Value",
    "Values",
    "content_hash",
    "make_ref",
    "part_specs",
]
# Scalars of most kinds; objects of amounts and quantities; lists of lines and of the values of a composite.
Value = str | bool | int | float | list[Any] | dict[str, Any] | None
Values = dict[str, Value]
# A part holds ``None`` when the remote record says that this part of it is empty.
Parts = dict[str, Values | None]

PART_MAIN = MAIN


class _Absent:
    """Type of ``ABSENT``: "it was not reported", as opposed to ``None``: "it was cleared"."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()


def make_ref(remote_object: str, external_id: str) -> str:
    return f"{remote_object}/{external_id}"


# Made once: json.dumps with options of its own builds a new encoder for each record.
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


def content_hash(parts: Mapping[str, Mapping[str, Value] | None], salt: str = "") -> str:
    """Return 32 hex characters that are equal for equal content, whatever the order of keys.

    ``salt`` is the digest of the mapping, so that a changed mapping makes every record look changed once.
    """
    return blake2b(_encode([salt, parts]).encode("ascii"), digest_size=16).hexdigest()


@dataclass(slots=True)
class Incoming:
    """One remote record, decoded.

    ``version`` is the remote's own modification time in milliseconds since the epoch (UTC). ``secondary_ids`` are
    (remote object, id) pairs that now mean this record, such as the losers of a merge. ``payload`` is the record as
    it came. ``local_ref`` is an Odoo id which the remote record already carries. ``unread``: {part: fields that have a
    value which was not understood}: they are absent, not empty. ``as_agreed``: {part: {field: value}} of values that
    stand for what was last agreed on, whatever that was: for no value, where nothing was. ``read_in_country``: {part:
    {field: its text}} of texts that another country gives another meaning.
    """

    external_id: str
    remote_object: str
    version: int
    parts: Parts
    secondary_ids: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    payload: dict[str, Any] = field(default_factory=dict)
    local_ref: str | None = None
    deleted: bool = False
    content_hash: str = ""
    unread: dict[str, set[str]] = field(default_factory=dict)
    as_agreed: dict[str, Values] = field(default_factory=dict)
    read_in_country: dict[str, dict[str, str]] = field(default_factory=dict)
