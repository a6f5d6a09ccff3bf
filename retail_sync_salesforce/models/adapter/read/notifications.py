import hmac

from odoo import api, fields, models

from ....client import ids, query, soql
from ....mapping.record_kinds import is_person
from .by_id import KEY_PREFIXES, MAX_IDS
from .decode import clean


class RetailSyncConnection(models.Model):
    _inherit = "retail.sync.connection"

    sf_message_address = fields.Char(
        compute="_compute_sf_message_address",
        compute_sudo=True,
        groups="retail_sync.group_manager",
        help="Endpoint URL of Outbound Messages. They carry no signature: who knows the address can announce changes, "
        "nothing more. Keep it to yourself.",
        string="Address for Outbound Messages",
    )

    @api.depends("event_token", "code", "system")
    def _compute_sf_message_address(self):
        for connection in self:
            connection.sf_message_address = connection.system == "salesforce" and connection._event_url("soap")


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Events: whose they are, and the records they are about."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def is_own_org(self, connection, org_id):
        """Compare 18-character ids. A connection that was never tested knows no org: its events are refused, and told
        again by the platform."""
        try:
            own, told = ids.to_18(connection.sudo().sf_org_id or ""), ids.to_18(org_id or "")
        except ValueError:
            return False
        return hmac.compare_digest(own, told)

    @api.model
    def read_in_scope(self, stream, external_ids):
        """As read_by_ids, in one call for 1,000 ids; a record outside the stream's scope filter counts as missing."""
        if not (stream.filter_text or "").strip():
            return self.read_by_ids(stream, external_ids)
        self.check_filter(stream, stream.filter_text)
        prefix = KEY_PREFIXES.get(stream.remote_object, "")
        wanted = sorted(
            {external_id for external_id in map(self.normalise_id, external_ids) if external_id.startswith(prefix)}
        )
        rows = []
        with self._session(stream.connection_id, "standard") as session:
            for chunk in soql.chunks(wanted, MAX_IDS):
                rows += self._retrying(
                    session,
                    stream,
                    lambda names, chunk=chunk: query.by_ids(
                        session, stream.remote_object, ["SystemModstamp", *names], chunk, where=stream.filter_text
                    ),
                )
        found = {ids.to_18(row["Id"]) for row in rows}
        if stream.remote_object == "Contact":
            rows = [row for row in rows if not is_person(row)]
        return [clean(row) for row in rows], [external_id for external_id in wanted if external_id not in found]
