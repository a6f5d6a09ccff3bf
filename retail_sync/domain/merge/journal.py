"""What a merge of records changed, kept so that it can be taken back.

Plain data that JSON can carry. Nothing here knows a database; who writes it down and who takes it back are services.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from ..canonical.stored import dump, load, register_stored

# Columns that say who touched a row last: they move with each touch, and their move is no edit.
STAMPS = frozenset({"write_date", "write_uid", "create_date", "create_uid"})


@dataclass(slots=True)
class Journal:
    """``moved``: [{"table", "column", "ids", "old", "new"}], rows that were pointed elsewhere.
    ``pairs``: [{"table", "column", "other", "old", "values", "new", "added"}], relations without rows of their own.
    ``company``: [{"table", "column", "id", "key", "old", "new"}], values per company that named a loser.
    ``lost``: [{"table", "row"}], rows that the survivor has already, in the order in which they were taken out.
    ``parked``: [{"id", "res_id", "res_field"}], attachments that hold a loser's pictures.
    ``computed``: [{"table", "id", "before", "after"}], stored values that followed the change of hands.
    ``pictures``: ids of attachments with pictures that the survivor got from a loser.
    ``people``: {id: {"before", "after"}}, columns of the survivor's family that the merge changed.
    ``links``, ``messages``: [{"id", ...}], what they were before.
    """

    moved: list[dict[str, Any]] = field(default_factory=list)
    pairs: list[dict[str, Any]] = field(default_factory=list)
    company: list[dict[str, Any]] = field(default_factory=list)
    lost: list[dict[str, Any]] = field(default_factory=list)
    parked: list[dict[str, Any]] = field(default_factory=list)
    computed: list[dict[str, Any]] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    links: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return what to store: the journal, with the version of its form."""
        return dump(_STORED, _VERSION, asdict(self))

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> "Journal":
        """Return the journal that was stored, by this version or an older one; an empty one for None.

        Raises StoredError for one of a later version: what it lists beyond would not be taken back.
        """
        return cls(**load(_STORED, stored)) if stored else cls()

    def counts(self) -> dict[str, int]:
        """How many rows of each table were pointed to the survivor; a row that names a loser twice counts once."""
        rows: dict[str, set[Any]] = {}
        for move in self.moved:
            rows.setdefault(move["table"], set()).update(move["ids"])
        for pair in self.pairs:
            rows.setdefault(pair["table"], set()).update((pair["column"], str(value)) for value in pair["added"])
        return {table: len(found) for table, found in rows.items() if found}


def _from_0(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return a journal of the time before versions; names that were given up are left out."""
    known = {entry.name for entry in fields(Journal)}
    return {name: value for name, value in stored.items() if name in known}


_STORED, _VERSION = "merge_journal", 1
register_stored(_STORED, _VERSION, {0: _from_0})


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return {"before", "after"}: the columns in which two states of one row differ; empty when they do not."""
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    names = [name for name in names if name not in STAMPS]
    if not names:
        return {}
    return {"before": {name: before.get(name) for name in names}, "after": {name: after.get(name) for name in names}}


def to_restore(difference: Mapping[str, Mapping[str, Any]], now: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Say how a row gets back to its state before a merge.

    :param difference: what ``changed`` returned
    :param now: the row as it is
    :return: (columns to set, names of columns that were edited since: they stay)
    """
    values, kept = {}, []
    for name, before in difference["before"].items():
        if name not in now or now[name] == before:
            continue
        if now[name] == difference["after"][name]:
            values[name] = before
        else:
            kept.append(name)
    return values, sorted(kept)
