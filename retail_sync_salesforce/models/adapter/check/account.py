from collections.abc import Mapping, Sequence

from odoo import api, models

from odoo.addons.retail_sync.adapter import AccountReport, FaultClass, FaultError
from odoo.addons.retail_sync.adapter.contract import Connection

from ....client import probe, query


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """The org that the credentials lead to now, and what it has of the records that Odoo knows."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def inspect_account(self, connection: Connection, ids: Mapping[int, Sequence[str]]) -> AccountReport | None:
        connection = connection.sudo()
        objects = {stream.id: stream.remote_object for stream in connection.stream_ids}
        with self._session(connection, "critical", by_hand=True) as session:
            report = probe.probe(session)
            if not report.token_ok:
                problem = next((found for found in report.problems if found.level == probe.ERROR), None)
                raise FaultError(
                    FaultClass.auth,
                    problem.code if problem else "UNKNOWN",
                    problem.text if problem else self.env._("No sign-in, and no reason given."),
                )
            found = {
                stream_id: (len(external_ids), len(query.by_ids(session, objects[stream_id], ("Id",), external_ids)))
                for stream_id, external_ids in ids.items()
                if external_ids
            }
        production = None if report.sandbox is None else not report.sandbox
        return AccountReport(report.org_id, report.org_name, production, found, url=report.instance_url)

    @api.model
    def adopt_account(self, connection: Connection, report: AccountReport) -> str:
        connection = connection.sudo()
        former: str = connection.sf_org_id or ""
        connection.write({"sf_org_id": report.account_id, "sf_instance_url": report.url})
        return former
