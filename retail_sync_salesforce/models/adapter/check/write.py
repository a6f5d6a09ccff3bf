from odoo import api, models

from odoo.addons.retail_sync.adapter.checks import OK, WARNING, Check
from odoo.addons.retail_sync.adapter.contract import Stream
from odoo.addons.retail_sync.domain.mapping.encoding import compile_encoder

from ....client import describe
from ....client.session import SalesforceSession
from ....writing.schema import WriteSchema
from ..read.decode import EXTERNAL_ID_FIELD


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """The connection test's look at what we may write: what may not be written stays as it is, and is no fault."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _check_writing(self, session: SalesforceSession, stream: Stream, lookup: describe.Lookup) -> list[Check]:
        """Return a check for each right that the mapping's way out needs and our user lacks."""
        if stream.direction == "in" and not stream.publishes:
            return []
        stored = self._collect_write(session, stream, lookup)
        stream = stream.sudo()
        stream.sf_schema = dict(stream.sf_schema or {}, write=stored)
        schema, info = WriteSchema(stored), self._described(stream, lookup).info
        name = self.env._("%s: writing", stream.name)
        step = self.env._("Deploy the folder sfdx of the addon and give Retail Sync Integration to our user.")
        checks = []
        if not (info.createable and info.updateable):
            text = self.env._("Our user may not create and change %s.", stream.remote_object)
            checks.append(self._check(name, WARNING, text, step))
        if not schema.writable(creating=True)(EXTERNAL_ID_FIELD):
            text = self.env._(
                "%s is not there or may not be written: records made in Odoo cannot be created in Salesforce.",
                EXTERNAL_ID_FIELD,
            )
            checks.append(self._check(name, WARNING, text, step))
        checks += self._check_denied(stream, schema) + self._check_private(stream)
        return checks or [self._check(name, OK, self.env._("All fields that Odoo sends may be written."))]

    @api.model
    def _check_private(self, stream: Stream) -> list[Check]:
        """Return a check where private customers would be created as contacts that next to no user can see."""
        connection = stream.connection_id
        if (
            stream.remote_object != "Contact"
            or stream.export_policy == "never"
            or connection.sf_person_accounts
            or connection.sf_private_customers in ("household", "bucket")
        ):
            return []
        name = self.env._("Private customers")
        if not connection.sf_private_customers:
            text = self.env._(
                "It is not chosen how private customers of Odoo are kept. New ones wait until you choose."
            )
            step = self.env._("Choose Private customers on the connection: a household each, one account, or none.")
            return [self._check(name, WARNING, text, step)]
        text = self.env._(
            "Private customers of Odoo become contacts without an account: Salesforce shows them to their owner and to "
            "administrators only."
        )
        step = self.env._("Choose households, or one account for private customers, on the connection.")
        return [self._check(name, WARNING, text, step)]

    @api.model
    def _check_denied(self, stream: Stream, schema: WriteSchema) -> list[Check]:
        """Return a check for each mapping line to be written that has fields, and none that we may write."""
        writable = schema.writable(creating=False)
        labels = dict(self.env["retail.sync.field.map"]._selection_canonical_field())
        step = self.env._("Give the permission set edit access to the field, or set the line to Platform to Odoo.")
        checks = []
        for row in self._rows_out(stream):
            paths = [path for path in compile_encoder([row], stream.entity).paths if schema.known(path)]
            if paths and not any(map(writable, paths)):
                name = self.env._("%(stream)s: %(field)s", stream=stream.name, field=labels.get(row.field, row.field))
                text = self.env._("Can be read and not written: %s.", ", ".join(paths))
                checks.append(self._check(name, WARNING, text, step))
        return checks
