import time
from collections.abc import Iterable

from odoo import api, models
from odoo.api import Environment

from odoo.addons.retail_sync.adapter import retry_transaction, separate_transaction
from odoo.addons.retail_sync.adapter.contract import Stream

from ....client import describe, errors, query
from ....client.errors import ClientError
from ....client.session import SalesforceSession
from ....writing import schema
from ..schema import RECHECK_SECONDS, digest_of

PERSON_TYPES = "SELECT Id, DeveloperName FROM RecordType WHERE SobjectType = 'Account' AND IsPersonType = true"


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Which mapped fields may be written.

    Kept with what is known of the fields that may be read (`stream.sf_schema`), under "write". It is noted in a
    transaction of its own: a delivery must hold no lock on its stream while it waits for Salesforce.
    """

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _write_schema(self, stream: Stream) -> schema.Stored:
        """Return the stored form of a WriteSchema; the org is asked when the mapping has changed, else once a day."""
        digest = digest_of(self._paths_out(stream))
        known = self._known_write(stream, digest)
        if known is None:
            with separate_transaction(self.env) as tx:
                # this job's own transaction may not see yet what another delivery has found meanwhile
                known = self._known_write(tx["retail.sync.stream"].browse(stream.id), digest)
        return known if known is not None else self._look_to_write(stream)

    @api.model
    def _known_write(self, stream: Stream, digest: str) -> schema.Stored | None:
        known = (stream.sudo().sf_schema or {}).get("write") or {}
        if known.get("digest") != digest or time.time() - known.get("checked_at", 0) > RECHECK_SECONDS:
            return None
        return known

    @api.model
    def _look_to_write(self, stream: Stream) -> schema.Stored:
        """Ask the org what may be written, note it and return it."""
        with self._session(stream.connection_id, "standard") as session:
            found = self._collect_write(session, stream, describe.DescribeCache(session))

        def note(tx: Environment) -> None:
            own_stream = tx["retail.sync.stream"].sudo().browse(stream.id)
            own_stream.sf_schema = dict(own_stream.sf_schema or {}, write=found)

        retry_transaction(self.env, note)
        return found

    @api.model
    def _collect_write(self, session: SalesforceSession, stream: Stream, lookup: describe.Lookup) -> schema.Stored:
        """Return what a DescribeCache tells of the fields to be written."""
        paths = self._paths_out(stream)
        described = self._described(stream, lookup)
        found = schema.collect(described, paths)
        found.update(digest=digest_of(paths), checked_at=int(time.time()))
        if self._mirrors(stream):
            found["item_price_digits"] = self._item_price_digits(lookup)
        if stream.remote_object == "Account" and described.field("IsPersonAccount"):
            found["person_type"] = self._person_type(session, described)
        return found

    @api.model
    def _person_type(self, session: SalesforceSession, described: describe.ObjectDescribe) -> str | None:
        """Return the id of the record type for persons, or None where our user has none or the org says nothing."""
        try:
            rows = query.first(session, PERSON_TYPES).rows
        except ClientError as error:
            if error.kind != errors.CONTRACT:
                raise
            return None
        offered = described.record_types.keys()
        usable = {row["DeveloperName"]: row["Id"] for row in rows if row["Id"] in offered}
        return usable.get("PersonAccount") or next(iter(usable.values()), None)

    @api.model
    def _explained(self, stream: Stream, paths: Iterable[str], creating: bool) -> bool:
        """Tell whether a fresh look at the org says that one of these fields may not be written (any more)."""
        writable = schema.WriteSchema(self._look_to_write(stream)).writable(creating)
        return not all(map(writable, paths))
