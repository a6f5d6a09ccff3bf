import json
from dataclasses import fields as fields_of

from psycopg2.extras import execute_values

from odoo import api, models
from odoo.tools import SQL

from ..domain.identity.features import prepare
from ..domain.identity.records import Record
from .own import own_transaction

# Any number that nobody else in this database locks.
LOCK = 7235410918
FIELDS = tuple(field.name for field in fields_of(Record))


class RetailSyncIdentityFlight(models.AbstractModel):
    """Records that other workers are deciding about at this moment, and have not committed.

    Each worker announces its records before it looks for candidates, and sees by the number of its announcement who
    announced before it. Of two that meet the same unknown customer at once the later one sees the earlier, starts
    again once that one is through, and finds the customer. Nobody waits for records that only share a street.
    """

    _inherit = "retail.sync.identity.index"

    @api.model
    def _announce(self, records, keys):
        """Tell other workers which records this transaction decides about; return the number of the announcement.

        It ends with this transaction, however that ends: one that was killed holds nobody up.

        :param keys: for each record the hashes of its blocking keys
        """
        xid = self._xid()
        with own_transaction(self.env, read_committed=True) as own:
            # One at a time: who has the higher number sees all lower ones committed.
            own.cr.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            own.cr.execute(
                "DELETE FROM retail_sync_identity_flight WHERE txid_status(xid) IS DISTINCT FROM 'in progress'"
            )
            own.cr.execute("SELECT nextval('retail_sync_identity_flight_seq')")
            [(number,)] = own.cr.fetchall()
            rows = [(number, xid, some, _dump(record)) for record, some in zip(records, keys, strict=True)]
            execute_values(
                own.cr._obj,
                "INSERT INTO retail_sync_identity_flight (number, xid, keys, record) VALUES %s",
                rows,
                template="(%s, %s, %s::bigint[], %s)",
                page_size=2000,
            )
        return number

    @api.model
    def _xid(self):
        [(xid,)] = self.env.execute_query(SQL("SELECT txid_current()"))
        return xid

    @api.model
    def _rivals(self, number, keys):
        """Return {index: [Features]} of records that were announced before and are being decided about still.

        To be called before the look-up: who ends in between is found by that.
        """
        mine, xid = {}, self._xid()
        for index, some in enumerate(keys):
            for key in some:
                mine.setdefault(key, []).append(index)
        with own_transaction(self.env, read_committed=True) as own:
            own.cr.execute(
                "SELECT keys, record FROM retail_sync_identity_flight WHERE number < %s AND xid <> %s"
                " AND keys && %s::bigint[] AND txid_status(xid) = 'in progress'",
                [number, xid, list(mine)],
            )
            rows = own.cr.fetchall()
        found = {}
        for theirs, record in rows:
            features = prepare(_load(record))
            for index in {index for key in theirs for index in mine.get(key, ())}:
                found.setdefault(index, []).append(features)
        return found


def _dump(record):
    return json.dumps({name: value for name in FIELDS if (value := getattr(record, name))})


def _load(values):
    return Record(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})
