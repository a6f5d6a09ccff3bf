"""How many partners carry a value: what many carry is worth less, a rare name more."""

import time

from odoo.api import Environment
from odoo.tools import SQL

from ...domain.identity.blocking.hashes import value_hash
from ...domain.identity.score.frequencies import counted_values
from . import index
from .index_schema import COUNTED

# When counts are too old: seconds, or the share by which the number of partners has changed since.
DAY = 86400
GROWTH = 0.2


class StoredFrequencies:
    """Counts of values as they were counted last. Those of the records given are read at once.

    A value that two records have in common is one of either's, so those of one side of all comparisons will do; any
    other is looked up when it is asked for.
    """

    def __init__(self, read, wanted):
        self._read = read
        self._known = {}
        self.include(wanted)

    def include(self, values):
        """Read the counts of these values, in one query for those that are not known yet."""
        missing = sorted(set(values).difference(self._known))
        if missing:
            self._known.update(dict.fromkeys(missing, 0))
            self._known.update(self._read(missing))

    def _stored(self, value):
        self.include((value,))
        return self._known[value]

    def count(self, field, value):
        # What one record alone carries is not stored.
        return self._stored(value_hash(field, value)) or 1

    def total(self, field):
        return self._stored(value_hash(field, ""))


def _recount(env: Environment):
    """Count anew how many partners carry each value; who reads meanwhile reads the former counts."""
    env.cr.execute(
        "DELETE FROM retail_sync_identity_count;"
        "INSERT INTO retail_sync_identity_count (value, n) SELECT value, count(*) FROM retail_sync_identity_known,"
        " unnest(vals) value GROUP BY value HAVING count(*) > 1"
    )


def keep(env: Environment, patience=None):
    """See to it that the index is in step and its counts are not older than a day, or than a large import.

    :param patience: as for `catch_up`
    :return: whether it is; if not, call again
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


def counted(env: Environment, features):
    """Return hashes of the values that are counted, and of the fields that have any."""
    pairs = [(field, value) for field, value in counted_values(features) if value]
    return {value_hash(*pair) for pair in pairs} | {value_hash(field, "") for field, _value in pairs}


def frequencies(env: Environment, features):
    """Return counts of all values that these records carry, read in one query."""

    def read(values):
        env.cr.execute("SELECT value, n FROM retail_sync_identity_count WHERE value = ANY(%s)", [values])
        return env.cr.fetchall()

    return StoredFrequencies(read, {one for each in features for one in counted(env, each)})
