from odoo import api, models

from odoo.addons.retail_sync.adapter import as_fault
from odoo.addons.retail_sync.adapter.checks import ERROR, OK, WARNING, Check
from odoo.addons.retail_sync.adapter.contract import Connection, Stream

from ....client import describe, query
from ....client.errors import ClientError
from ....client.session import SalesforceSession


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """The connection test's look at each stream: rights, scope, fields, and how the org is set up."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _check_stream(self, session: SalesforceSession, stream: Stream, lookup: describe.Lookup) -> list[Check]:
        """Return the checks of one stream: permission, scope, fields."""
        name, connection = stream.name, stream.connection_id
        if stream.publishes:
            return self._check_publication(session, stream, lookup)
        try:
            described = lookup(stream.remote_object)
            if described is None:
                return [
                    self._failed(
                        connection,
                        name,
                        "OBJECT_MISSING",
                        self.env._("Our user does not see the object %s.", stream.remote_object),
                    )
                ]
            if not described.info.queryable:
                return [
                    self._failed(
                        connection,
                        name,
                        "OBJECT_NOT_READABLE",
                        self.env._("Our user may not read %s.", stream.remote_object),
                    )
                ]
            checks = [*self._check_fields(stream, lookup), *self._check_writing(session, stream, lookup)]
            number = query.count(session, stream.remote_object, self._scope(stream))
        except ClientError as error:
            return [self._failed(connection, name, error.code, as_fault(error).message)]
        checks.insert(0, self._check(name, OK, self.env._("%s records are in scope and can be read.", number)))
        if not described.info.replicateable:
            text = self.env._("Salesforce does not tell which records of %s were deleted.", stream.remote_object)
            step = self.env._("Deleted records stay active in Odoo; archive them by hand.")
            checks.append(self._check(name, WARNING, text, step))
        return checks

    @api.model
    def _check_fields(self, stream: Stream, lookup: describe.Lookup) -> list[Check]:
        """Return a check for the mapping as a whole, and one for each line that has nothing to read."""
        lines = self._check_lines(stream, lookup)
        required = set(stream.map_ids.filtered("required").mapped("remote_path"))
        labels = dict(self.env["retail.sync.field.map"]._selection_canonical_field())
        checks, optional = [], 0
        for line in lines:
            if line["status"] != "missing":
                continue
            must = line["path"] in required
            optional += not must
            label = labels.get(line["field"], line["field"])
            step = self.env._("Give the permission set read access to the field, or change the mapping line.")
            if not must:
                step = self.env._("Nothing, if your org does not use the field. Else: %s", step)
            name = self.env._("%(stream)s: %(field)s", stream=stream.name, field=label)
            checks.append(self._check(name, ERROR if must else WARNING, line["detail"], step))
        used = [line for line in lines if line["status"] != "unknown"]
        text = self.env._(
            "%(found)s of %(all)s mapping lines have a field.", found=len(used) - len(checks), all=len(used)
        )
        level = ERROR if len(checks) > optional else OK
        step = self.env._("See to the required lines below: the stream needs them.") if level == ERROR else ""
        return [self._check(self.env._("%s: mapping", stream.name), level, text, step), *checks]

    @api.model
    def _check_features(self, connection: Connection, lookup: describe.Lookup) -> list[Check]:
        """Return notes on how the org is set up; none of them is a fault."""
        account = (
            lookup("Account")
            if connection.stream_ids.filtered(lambda stream: stream.remote_object == "Account")
            else None
        )
        if account is None:
            return []
        person = (
            self.env._("On: private customers come as persons, with their own address.")
            if connection.sf_person_accounts
            else self.env._("Off: every account is a firm.")
        )
        picklists = (
            self.env._("On: states and countries come as codes.")
            if account.field("BillingCountryCode")
            else self.env._(
                "Off: states and countries come as people typed them; what is not known is remarked on the record."
            )
        )
        return [
            self._check(self.env._("Person accounts"), OK, person),
            self._check(self.env._("State and country picklists"), OK, picklists),
        ]
