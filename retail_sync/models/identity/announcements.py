"""Records that other workers are deciding about at this moment, and have not committed.

Each worker announces its records before it looks for candidates, one worker at a time, and sees who announced
before it. Of two that meet the same unknown customer at once the later one sees the earlier, starts
again once that one is through, and finds the customer. Nobody waits for records that only share a street.
"""

from odoo.api import Environment
from odoo.tools import SQL

from ...domain.identity.normalise.serialise import pack, unpack
from ...runtime.sql import execute_values
from ...runtime.transactions import separate_transaction

# Any number that nobody else in this database locks.
LOCK = 7235410918


def announce(env: Environment, features, keys):
    """Tell other workers which records this transaction decides about; return who announced before it.

    It ends with this transaction, however that ends: one that was killed holds nobody up. To be called before
    the look-up: who ends in between is found by that.

    :param keys: for each record the hashes of its blocking keys
    :return: {index: [Features]} of others' records that share a key and are being decided about still
    """
    [(xid,)] = env.execute_query(SQL("SELECT txid_current()"))
    mine = {}
    for index, some in enumerate(keys):
        for key in some:
            mine.setdefault(key, []).append(index)
    with separate_transaction(env, read_committed=True) as tx:
        # One at a time: who comes later sees all earlier ones committed, and nobody sees a later one.
        tx.cr.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        tx.cr.execute("DELETE FROM retail_sync_identity_flight WHERE txid_status(xid) IS DISTINCT FROM 'in progress'")
        tx.cr.execute(
            "SELECT record_id, features, keys FROM retail_sync_identity_flight WHERE xid <> %s"
            " AND keys && %s::bigint[]",
            [xid, list(mine)],
        )
        rows = tx.cr.fetchall()
        execute_values(
            tx,
            "INSERT INTO retail_sync_identity_flight (xid, record_id, features, keys) VALUES %s",
            [(xid, str(one.id), pack(one), some) for one, some in zip(features, keys, strict=True)],
            template="(%s, %s, %s, %s::bigint[])",
            page_size=2000,
        )
    found = {}
    for record_id, packed, theirs in rows:
        rival = unpack(record_id, packed)
        for index in {index for key in theirs for index in mine.get(key, ())}:
            found.setdefault(index, []).append(rival)
    return found
