"""Change sources: which rows of the database may change a value of a synced record."""

import hashlib
import json
from dataclasses import dataclass
from typing import NamedTuple

PREFIX = "retail_sync_capture"
# What is reported of a record when one that belonged to it is deleted, or belongs to another one now.
PART_LEFT = "part_left"
# PostgreSQL cuts longer names off, and two of them could then be equal.
MAX_NAME = 63
DIGEST = 8


# The column of a hop holds a value per company; or the rows that leave such a value to the default of their company.
PER_COMPANY, DEFAULT = "per_company", "default"


class Hop(NamedTuple):
    """One step from a row to the next: rows of `table` whose `source` is the id at hand lead to their `target`.

    kind: PER_COMPANY where `source` is a value per company, which counts by default values too; DEFAULT for all rows
    without a value of their own in `source`, whatever the id at hand.
    """

    table: str
    source: str
    target: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ChangeSource:
    """A table whose rows change a value of a record.

    :param table: e.g. account_move_line; a relation table without an id will do
    :param id_column: the column that holds the record's id, or the id from which the hops start
    :param columns: what to watch in the table; the id column and the columns of conditions are always watched
    :param model: whose records the ids are, after all hops
    :param names: canonical names of the values that may change, or words that `_export_words` of the entity names
    :param amount: a numeric column; a row in which it is and was zero says nothing
    :param hops: (table, from column, to column), or Hops, in order, from the value of id_column to the record's id;
        e.g. (("sale_order_line", "id", "order_id"),) where id_column is sale_order_line_id. A link that a later
        statement sets needs a source of its own on the table that holds it.
    :param conditions: {column: values}; a row counts while each column has one of its values, compared as text.
        A row that comes to count, or ceases to, counts once more.
    """

    table: str
    id_column: str
    columns: tuple[str, ...]
    model: str
    names: tuple[str, ...]
    amount: str = ""
    hops: tuple[tuple[str, str, str] | Hop, ...] = ()
    conditions: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(self.columns))
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "hops", tuple(Hop(*hop) for hop in self.hops))
        pairs = self.conditions.items() if isinstance(self.conditions, dict) else self.conditions
        conditions = tuple(sorted((column, tuple(sorted(map(str, values)))) for column, values in pairs))
        object.__setattr__(self, "conditions", conditions)

    def in_own_row(self, table: str) -> bool:
        """Tell whether the source is the record's own row (of this table), which has a trigger already."""
        return self.id_column == "id" and self.table == table and not (self.hops or self.conditions or self.amount)

    def trigger_name(self) -> str:
        """Return the name of the trigger, 63 characters at most: the same only for the same declaration."""
        digest = hashlib.sha256(repr(self._content()).encode()).hexdigest()[:DIGEST]
        stem = f"{PREFIX}_{self.table}_{self.id_column}"[: MAX_NAME - DIGEST - 1]
        return f"{stem}_{digest}"

    def _content(self) -> tuple:
        return (
            self.table,
            self.id_column,
            tuple(sorted(self.columns)),
            self.model,
            tuple(sorted(self.names)),
            self.amount,
            tuple(tuple(hop) for hop in self.hops),
            self.conditions,
        )

    def arguments(self, names: set[str]) -> tuple[str, ...]:
        """Return what the trigger function gets for this source, which reports these names."""
        watched = {*self.columns, self.id_column, *(column for column, _values in self.conditions)}
        conditions = (part for column, values in self.conditions for part in (column, json.dumps(values)))
        return (
            self.model,
            self.id_column,
            "C",
            ",".join(sorted(names)),
            self.amount,
            json.dumps(self.hops) if self.hops else "",
            str(len(self.conditions)),
            *conditions,
            *sorted(watched),
        )


def record_arguments(model: str, columns: set[str], created: bool, owner: str = "") -> tuple[str, ...]:
    """Return what the trigger function gets for the rows of synced records themselves.

    :param created: whether the table has create_date
    :param owner: the column that holds the id of the record to which a record belongs; "": none
    """
    watched = {*columns, owner} if owner else columns
    return (model, "id", "U" if created else "N", PART_LEFT if owner else "", owner, "", "0", *sorted(watched))


def record_trigger_name(table: str) -> str:
    """Return the name of the trigger on a table of synced records, 63 characters at most."""
    name = f"{PREFIX}_{table}"
    if len(name) <= MAX_NAME:
        return name
    return f"{name[: MAX_NAME - DIGEST - 1]}_{hashlib.sha256(table.encode()).hexdigest()[:DIGEST]}"
