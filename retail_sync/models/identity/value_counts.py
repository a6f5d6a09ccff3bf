"""Count how many partners carry a value: agreement on a rare value is stronger evidence than on a common one."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from odoo.api import Environment
from odoo.tools import SQL

from ...domain.identity.blocking.hashes import value_hash
from ...domain.identity.score.frequencies import counted_values
from . import index
from .index_schema import COUNTED

# Counts are too old after so many seconds, or when the number of partners has changed by this share.
DAY = 86400
GROWTH = 0.2


class StoredFrequencies:
    """Stored counts of values; the counts of the given values are read in one query.

    A value that two records share belongs to both of them, so it is enough to give the values of one side of all
    comparisons. The count of any other value is read when it is needed.
    """

    def __init__(self, read: Callable[[list[int]], Iterable[tuple[int, int]]], values: Iterable[int]) -> None:
        """Read the counts of hashed values.

        :param read: returns [(hash, count)] of those of the given hashes that have a stored count
        """
        self._read = read
        self._known: dict[int, int] = {}
        # A page asks for the same totals and town names with each candidate; hashing them is most of the work.
        self._asked: dict[tuple[str, str], int] = {}
        self.include(values)

    def include(self, values: Iterable[int]) -> None:
        """Read the counts of those hashed values that have not been read yet, in one query."""
        missing = sorted(set(values).difference(self._known))
        if missing:
            self._known.update(dict.fromkeys(missing, 0))
            self._known.update(self._read(missing))

    def _stored(self, field: str, value: str) -> int:
        found = self._asked.get((field, value))
        if found is None:
            hashed = value_hash(field, value)
            self.include((hashed,))
            found = self._asked[field, value] = self._known[hashed]
        return found

    def count(self, field: str, value: str) -> int:
        # A value that only one record carries is not stored.
        return self._stored(field, value) or 1

    def total(self, field: str) -> int:
        return self._stored(field, "")


def _recount(env: Environment) -> None:
    """Count again how many partners carry each value; other transactions read the former counts meanwhile."""
    env.cr.execute(
        "DELETE FROM retail_sync_identity_count;"
        "INSERT INTO retail_sync_identity_count (value, n) SELECT value, count(*) FROM retail_sync_identity_known,"
        " unnest(vals) value GROUP BY value HAVING count(*) > 1"
    )


def keep(env: Environment, patience: float | None = None) -> bool:
    """Update the index, and count again when the counts are older than a day or than a large import.

    :param patience: seconds for the update, as for `index.catch_up`
    :return: whether the update is complete; otherwise call again
    """
    if not index.catch_up(env, patience):
        return False
    parameters = env["ir.config_parameter"].sudo()
    counted_at, _bar, counted = (parameters.get_param(COUNTED) or "0|0").partition("|")
    [(now,)] = env.execute_query(SQL("SELECT count(*) FROM retail_sync_identity_known"))
    if time.time() - float(counted_at) > DAY or abs(now - int(counted)) > max(200, int(counted) * GROWTH):
        _recount(env)
        parameters.set_param(COUNTED, f"{time.time():.0f}|{now}")
    return True


def counted(env: Environment, features: Any) -> set[int]:
    """Return hashes of the counted values of a record, and of the fields that have such a value."""
    pairs = [(field, value) for field, value in counted_values(features) if value]
    return {value_hash(*pair) for pair in pairs} | {value_hash(field, "") for field, _value in pairs}


def frequencies(env: Environment, features: Iterable[Any]) -> StoredFrequencies:
    """Return the counts of all values of these records, read in one query."""

    def read(values: Sequence[int]) -> list[tuple[int, int]]:
        env.cr.execute("SELECT value, n FROM retail_sync_identity_count WHERE value = ANY(%s)", [values])
        return env.cr.fetchall()

    return StoredFrequencies(read, {value for record in features for value in counted(env, record)})
