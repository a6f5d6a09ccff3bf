from collections.abc import Sequence
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import Answer, EncodedRecord, FaultClass, FaultError
from odoo.addons.retail_sync.adapter.contract import Stream

from ....client import collections
from ....client.session import SalesforceSession
from ....mapping.record_kinds import household_key
from ....writing.faults import UNDECIDED, write_fault
from ....writing.plan import WritePlan
from ..read.decode import EXTERNAL_ID_FIELD

ACCOUNT = "AccountId"
# The contact's account by our id; it is replaced by the account's own id once the account is there.
HOUSEHOLD = "Account"
NAME_LENGTH = 255


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """The account of a contact that belongs to no company, as the connection says."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _set_account(
        self, stream: Stream, encoded: EncodedRecord, plan: WritePlan, values: dict[str, Any]
    ) -> FaultError | None:
        """Give a contact without a company an account; return why it has none where a person has to decide first."""
        if plan.creating and values.get(ACCOUNT):
            # Without its company it would be a private contact, which its owner alone sees.
            encoded.required = (*encoded.required, ACCOUNT)
        if values.get(ACCOUNT) or not (plan.creating or ACCOUNT in values) or not plan.writable(ACCOUNT):
            return None
        connection = stream.connection_id.sudo()
        bucket = connection._sf_bucket()
        if bucket:
            values[ACCOUNT] = bucket
            encoded.required = (*encoded.required, ACCOUNT)
            return None
        if connection.sf_person_accounts or "parent" in encoded.record.skipped:
            return None
        if connection.sf_private_customers == "household":
            values.pop(ACCOUNT, None)
            values[HOUSEHOLD] = {EXTERNAL_ID_FIELD: household_key(encoded.record.key)}
            encoded.required = (*encoded.required, ACCOUNT)
        elif not connection.sf_private_customers:
            text = self.env._(
                "The connection does not say how private customers are kept in Salesforce. A contact without an "
                "account would be visible to its owner and to administrators only."
            )
            return FaultError(FaultClass.business, UNDECIDED, text, fields=[ACCOUNT])
        return None

    @api.model
    def _save_households(
        self, session: SalesforceSession, stream: Stream, outgoing: Sequence[EncodedRecord]
    ) -> dict[str, Answer]:
        """Make the accounts of households, and put their ids into the contacts; return the refusals by record key.

        An account carries an id of ours: made again after a lost answer, it is the same account. The contact of a
        refused account keeps the reference to it, and so cannot be written without.
        """
        todo = [encoded for encoded in outgoing if HOUSEHOLD in encoded.fields]
        refused: dict[str, Answer] = {}
        accounts = [_account(encoded) for encoded in todo]
        for saved in collections.save(session, HOUSEHOLD, EXTERNAL_ID_FIELD, accounts, allow_duplicates=True):
            for index, result in saved.items():
                encoded = todo[index]
                if result.ok and result.id:
                    del encoded.fields[HOUSEHOLD]
                    encoded.fields[ACCOUNT] = result.id
                elif result.error:
                    fault = write_fault(result.error, accounts[index], True, EXTERNAL_ID_FIELD)
                    # The refusal names fields of the account, and none of the contact.
                    fault = FaultError(fault.fault_class, fault.code, fault.message)
                    refused[encoded.record.key] = Answer(False, encoded.record.external_id, fault=fault)
        return refused


def _account(encoded: EncodedRecord) -> dict[str, Any]:
    """Return the fields of a household's account."""
    main = encoded.record.parts.get("main") or {}
    last = encoded.fields.get("LastName") or (encoded.record.remote or {}).get("LastName") or main.get("name") or ""
    account = {**encoded.fields[HOUSEHOLD], "Name": f"{last} Household".strip()[:NAME_LENGTH]}
    if encoded.fields.get("OwnerId"):
        account["OwnerId"] = encoded.fields["OwnerId"]
    return account
