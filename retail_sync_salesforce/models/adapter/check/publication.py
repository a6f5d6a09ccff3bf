from collections.abc import Iterable

from odoo import api, models

from odoo.addons.retail_sync.adapter import as_fault
from odoo.addons.retail_sync.adapter.checks import ERROR, OK, WARNING, Check
from odoo.addons.retail_sync.adapter.contract import Connection, Stream
from odoo.addons.retail_sync.domain.mapping.encoding import compile_encoder

from ....client import describe, query
from ....client.errors import CONTRACT, ClientError
from ....client.session import SalesforceSession
from ....mapping.commerce_lines import CAUSE_GONE, ORDER_LINE_OBJECT, WORKED_ON
from ....mapping.default_lines import CURRENCY
from ....mapping.mirror_lines import MIRROR_ITEM_OBJECT
from ..read.decode import EXTERNAL_ID_FIELD
from ..write.cases import STATUSES

# Further objects that a stream writes, besides its own.
ALSO_WRITES = {"price": ("Pricebook2",)}
# Fields that a stream cannot do without, besides our id.
NEEDS = {"price": ("Pricebook2Id", "Product2Id", "UnitPrice"), "case": ("Status", CAUSE_GONE, WORKED_ON)}
# Where people look for the records of a stream: (page, related list).
PLACES = {
    "order": ("Account, Contact", "Orders from Odoo"),
    "shipment": ("ERP Order", "Shipments"),
    "invoice": ("ERP Order, Account", "Invoices"),
    "return": ("ERP Order", "Returns"),
}
QUEUES = "SELECT COUNT() FROM QueueSobject WHERE SobjectType = 'Case'"


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """The connection test's look at what Odoo alone writes: what the org lacks for it, and what to do.

    A stream whose objects or ids are not there stays off, and is no failure: an org may be connected for its customers
    only.
    """

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _check_publication(self, session: SalesforceSession, stream: Stream, lookup: describe.Lookup) -> list[Check]:
        """Return the checks of a stream that only sends; note on it why it cannot be used."""
        try:
            lacking = self._lacking(stream, lookup)
            reason = self._not_deployed(lacking) if lacking else False
            if (stream.unavailable_reason or False) != reason:
                stream.sudo().unavailable_reason = reason
            if lacking:
                return [self._check(stream.name, ERROR, reason, self._deploy())] if stream.direction != "in" else []
            checks = [
                *self._check_fields(stream, lookup),
                *self._check_writing(session, stream, lookup),
                *self._check_values(stream, lookup),
                *self._check_special(session, stream, lookup),
            ]
        except ClientError as error:
            return [self._failed(stream.connection_id, stream.name, error.code, as_fault(error).message)]
        return checks

    @api.model
    def _lacking(self, stream: Stream, lookup: describe.Lookup) -> list[str]:
        """Return the objects and fields without which a stream can write nothing."""
        lines = (ORDER_LINE_OBJECT,) if self._keeps_lines(stream) else ()
        lacking = []
        items = (MIRROR_ITEM_OBJECT,) if self._mirrors(stream) else ()
        for name in (stream.remote_object, *ALSO_WRITES.get(stream.entity, ()), *lines, *items):
            described = lookup(name)
            if described is None:
                lacking.append(name)
                continue
            needed = NEEDS.get(stream.entity, ()) if name == stream.remote_object else ()
            lacking += [f"{name}.{field}" for field in (EXTERNAL_ID_FIELD, *needed) if not described.field(field)]
        return lacking

    @api.model
    def _not_deployed(self, lacking: Iterable[str]) -> str:
        return self.env._("The package is not deployed, or hidden from our user. Missing: %s.", ", ".join(lacking))

    @api.model
    def _deploy(self) -> str:
        return self.env._(
            "Deploy the directory force-app of the folder sfdx, and assign the permission set Retail Sync Integration "
            "to our user. Then test again."
        )

    @api.model
    def _check_unavailable(self, connection: Connection) -> list[Check]:
        """Return one check for all streams that are off because the org has no room for them."""
        streams = connection.stream_ids.filtered(lambda stream: stream.unavailable_reason and stream.direction == "in")
        if not streams:
            return []
        text = self.env._(
            "Off: %s. The package is not deployed, or hidden from our user.", ", ".join(streams.mapped("name"))
        )
        step = self.env._("Nothing, if Salesforce is to show customers only. Else: %s", self._deploy())
        return [self._check(self.env._("Orders and what follows them"), OK, text, step)]

    @api.model
    def _check_values(self, stream: Stream, lookup: describe.Lookup) -> list[Check]:
        """Return checks of what the fields take: our ids, the words of lists, the length of texts."""
        described = self._described(stream, lookup)
        checks = []
        key = described.field(EXTERNAL_ID_FIELD)
        if key and not (key.external_id and key.unique):
            text = self.env._(
                "%s is no unique external id: records could be made twice, or be refused.", EXTERNAL_ID_FIELD
            )
            checks.append(self._check(self.env._("%s: our id", stream.name), ERROR, text, self._deploy()))
        for row in self._rows_out(stream):
            for path in compile_encoder([row], stream.entity).paths:
                field = described.field(path)
                words = row.options.get("value_map") or {}
                if field and field.restricted_picklist and words:
                    unlisted = [word for word in words if word not in field.picklist_values]
                    if unlisted:
                        checks.append(self._check_words(stream, path, unlisted))
                if field and row.transform == "lines_json" and 0 < field.length < 32768:
                    checks.append(self._check_room(stream, path, field.length))
        return checks

    @api.model
    def _check_words(self, stream: Stream, path: str, unlisted: Iterable[str]) -> Check:
        name = self.env._("%(stream)s: %(field)s", stream=stream.name, field=path)
        text = self.env._("The list of the field is restricted and lacks: %s.", ", ".join(unlisted))
        step = self.env._("Add the values in Salesforce, or let the field take values that are not on its list.")
        return self._check(name, WARNING, text, step)

    @api.model
    def _check_room(self, stream: Stream, path: str, length: int) -> Check:
        name = self.env._("%(stream)s: %(field)s", stream=stream.name, field=path)
        text = self.env._("The field holds %s characters: of large documents, lines are left out.", length)
        step = self.env._("Raise the length of the long text area to 131,072 characters.")
        return self._check(name, WARNING, text, step)

    @api.model
    def _check_special(self, session: SalesforceSession, stream: Stream, lookup: describe.Lookup) -> list[Check]:
        """Return checks of what the records of one kind need besides fields, and of where people see them."""
        checks = []
        if stream.entity == "price":
            checks.append(self._check_standard_book(session, stream))
        if stream.entity == "case":
            checks += self._check_case_setup(session, stream)
        if self._mirrors(stream):
            checks += [self._check_standard_book(session, stream), *self._check_mirror(stream)]
        elif stream.entity in PLACES:
            pages, related = PLACES[stream.entity]
            text = self.env._(
                "Records show on the pages %(pages)s where the related list %(list)s was put there. A package cannot "
                "change your own page layouts.",
                pages=pages,
                list=related,
            )
            step = self.env._("In the Lightning App Builder, drag the related list onto the page.")
            checks.append(self._check(self.env._("%s: where people see them", stream.name), OK, text, step))
        if stream.entity == "order":
            checks.append(self._check_currency(stream, lookup))
        return checks

    @api.model
    def _check_currency(self, stream: Stream, lookup: describe.Lookup) -> Check:
        """Return in which currencies the org keeps amounts."""
        name = self.env._("Currencies")
        if self._described(stream, lookup).field(CURRENCY):
            return self._check(name, OK, self.env._("Several: each document keeps its own."))
        code = self._org_currency(stream.connection_id)
        text = self.env._("One: amounts in other currencies than %s are left out, and never converted.", code)
        step = self.env._("If this is not the currency of the org, choose it on the connection.")
        return self._check(name, OK, text, step)

    @api.model
    def _check_standard_book(self, session: SalesforceSession, stream: Stream) -> Check:
        name = self.env._("%s: standard price book", stream.name)
        problem = self._standard_check(session)
        if problem:
            return self._failed(stream.connection_id, name, problem["code"], problem["text"], WARNING)
        return self._check(name, OK, self.env._("The standard price book is active."))

    @api.model
    def _check_case_setup(self, session: SalesforceSession, stream: Stream) -> list[Check]:
        """Return whether cases can be closed, and given to queues."""
        checks = []
        status = self.env._("%s: closing", stream.name)
        queue = self.env._("%s: queues", stream.name)
        try:
            closed = [row["ApiName"] for row in query.first(session, STATUSES).rows]
            queues = query.first(session, QUEUES).total_size
        except ClientError as error:
            if error.kind != CONTRACT:
                raise
            text = self.env._("Our user may not read states or queues of cases: cases do not close automatically.")
            return [self._check(status, WARNING, text, self._deploy())]
        if closed:
            checks.append(self._check(status, OK, self.env._("Untouched cases are closed as %s.", closed[0])))
        else:
            step = self.env._("Add a closed value to the field Status of cases (Setup, Support Processes).")
            text = self.env._("No state of cases is a closed one: Odoo only comments when a cause is gone.")
            checks.append(self._check(status, WARNING, text, step))
        if not queues:
            text = self.env._("The org has no queue for cases: new ones belong to our user.")
            step = self.env._("Make a queue for cases, and enter its name in the rules of order exceptions.")
            checks.append(self._check(queue, WARNING, text, step))
        return checks
