from odoo import api, models

from odoo.addons.retail_sync.adapter.checks import OK, WARNING, Check
from odoo.addons.retail_sync.adapter.contract import Connection, Stream

from ....client import describe, query
from ....client.errors import CONTRACT, ClientError
from ....client.session import SalesforceSession
from ....mapping.intake_lines import FLAG
from ..read.decode import EXTERNAL_ID_FIELD

# What the folder sfdx brings has this prefix; names of its permission sets.
PACKAGED = "Odoo_"
# All fields of objects of this prefix come with the package.
OBJECTS = "ERP_"
VIEWER = "Retail_Sync_Viewer"


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """The connection test's look at the package of the folder sfdx: which part of it the org lacks."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _check_package(
        self, session: SalesforceSession, connection: Connection, lookup: describe.Lookup
    ) -> list[Check]:
        """Return checks of the package's fields, of the right to delete, and of who may see the fields."""
        streams = connection.stream_ids.filtered(lambda stream: not stream.unavailable_reason).sorted("sequence")
        checks = [self._check_packaged_fields(streams, lookup)]
        checks += [check for stream in streams if (check := self._check_deletion(stream, lookup))]
        if any(stream.direction != "in" for stream in streams):
            checks.append(self._check_viewers(session))
        return checks

    @api.model
    def _check_packaged_fields(self, streams: Stream, lookup: describe.Lookup) -> Check:
        """Return one check for all fields of the package, however many of them the org lacks."""
        name, missing, number = self.env._("Fields of Retail Sync"), [], 0
        for stream in streams:
            described = lookup(stream.remote_object)
            if described is None:
                continue  # the stream has a check of its own
            fields = self._packaged_fields(stream)
            number += len(fields)
            missing += [f"{described.name}.{field}" for field in fields if not described.field(field)]
        if not missing:
            return self._check(name, OK, self.env._("All %s fields of the folder sfdx are there.", number))
        if len(missing) == number:
            text = self.env._("The org has none of the fields of the folder sfdx, or hides them from our user.")
        else:
            text = self.env._("The org lacks or hides from our user: %s.", ", ".join(sorted(missing)))
        step = self.env._(
            "Deploy the directory force-app of the folder sfdx, and assign the permission set Retail Sync Integration "
            "to our user. Then test again."
        )
        return self._check(name, WARNING, text, step)

    @api.model
    def _packaged_fields(self, stream: Stream) -> set[str]:
        """Return the fields of the package that a stream uses, without those that are only shown on accounts."""
        paths = {path for line in stream.map_ids for path in line.remote_path.replace("+", "|").split("|")}
        # A person's copy of a contact field comes and goes with that field.
        ours = stream.remote_object.startswith(OBJECTS)
        used = {path for path in paths if path.endswith("__c") and (ours or path.startswith(PACKAGED))}
        flags = {FLAG} if FLAG in (stream.filter_text or "") else set()
        return used | flags | {EXTERNAL_ID_FIELD}

    @api.model
    def _check_deletion(self, stream: Stream, lookup: describe.Lookup) -> Check | None:
        """Return a check when a stream deletes in Salesforce and our user may not."""
        described = lookup(stream.remote_object)
        if stream.unlink_policy != "delete" or described is None or described.info.deletable:
            return None
        return self._check(
            self.env._("%s: deleting", stream.name),
            WARNING,
            self.env._("The stream deletes records in Salesforce, and our user may not delete %s.", described.name),
            self.env._(
                "Assign the permission set Retail Sync Deletion to our user (Retail Sync Modify All, where sharing "
                "restricts it), or set the stream to keep records that were deleted in Odoo."
            ),
        )

    @api.model
    def _check_viewers(self, session: SalesforceSession) -> Check:
        """Return whether the people who work in the org may see what Odoo sends."""
        name = self.env._("Who sees Odoo's values")
        step = self.env._(
            "Assign the permission set Retail Sync Viewer (directory force-app of the folder sfdx) to everybody who "
            "works with customers in Salesforce. Without it, salespeople do not see that a customer is blocked."
        )
        try:
            found = query.count(session, "PermissionSet", f"Name = '{VIEWER}'")
            holders = query.count(session, "PermissionSetAssignment", f"PermissionSet.Name = '{VIEWER}'")
        except ClientError as error:
            if error.kind != CONTRACT:
                raise
            return self._check(name, OK, self.env._("Not checked: our user may not read permission sets."))
        if not found:
            text = self.env._("The permission set Retail Sync Viewer is not in the org.")
            return self._check(name, WARNING, text, step)
        if holders:
            text = self.env._("%s users have the permission set Retail Sync Viewer.", holders)
            return self._check(name, OK, text)
        # Without the right to view the set-up, our user sees its own assignments only.
        text = self.env._(
            "The permission set Retail Sync Viewer is in the org. Assign it to everybody who works with customers; our "
            "user may not see who has it."
        )
        return self._check(name, OK, text)
