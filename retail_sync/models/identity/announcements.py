"""Tell concurrent workers which records a transaction decides about before it commits.

Each worker announces its records before it looks for candidates, one worker at a time, and sees all earlier
announcements. When two workers meet the same unknown customer at once, the later worker sees the earlier one, starts
again after the earlier one has committed, and finds the customer. Records that only share a street never wait.
"""

from collections.abc import Sequence
from typing import Any

from odoo.api import Environment
from odoo.tools import SQL

from ...domain.identity.normalise.serialise import pack, unpack
from ...runtime.sql import execute_values
from ...runtime.transactions import separate_transaction

# Number of the advisory lock; no other code in this database may lock it.
LOCK = 7235410918


def announce(env: Environment, features: Sequence[Any], keys: Sequence[Sequence[int]]) -> dict[int, list[Any]]:
    """Announce the records that this transaction decides about; return earlier announcements that share a key.

    Call it before the look-up, so that the look-up finds the customers of transactions that end in between. An
    announcement ends with its transaction: a killed transaction blocks no other one.

    :param features: the Features of each record
    :param keys: for each record the hashes of its blocking keys
    :return: {index of a record: [Features of other workers' records]}
    """
    [(xid,)] = env.execute_query(SQL("SELECT txid_current()"))
    indexes_by_key: dict[int, list[int]] = {}
    for index, record_keys in enumerate(keys):
        for key in record_keys:
            indexes_by_key.setdefault(key, []).append(index)
    with separate_transaction(env, read_committed=True) as tx:
        # One worker at a time: each worker sees all earlier announcements committed, and none sees a later one.
        tx.cr.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        tx.cr.execute("DELETE FROM retail_sync_identity_flight WHERE txid_status(xid) IS DISTINCT FROM 'in progress'")
        tx.cr.execute(
            "SELECT record_id, features, keys FROM retail_sync_identity_flight WHERE xid <> %s"
            " AND keys && %s::bigint[]",
            [xid, list(indexes_by_key)],
        )
        rows = tx.cr.fetchall()
        execute_values(
            tx,
            "INSERT INTO retail_sync_identity_flight (xid, record_id, features, keys) VALUES %s",
            [
                (xid, str(record.id), pack(record), record_keys)
                for record, record_keys in zip(features, keys, strict=True)
            ],
            template="(%s, %s, %s, %s::bigint[])",
            page_size=2000,
        )
    rivals: dict[int, list[Any]] = {}
    for record_id, packed, rival_keys in rows:
        rival = unpack(record_id, packed)
        for index in {index for key in rival_keys for index in indexes_by_key.get(key, ())}:
            rivals.setdefault(index, []).append(rival)
    return rivals
