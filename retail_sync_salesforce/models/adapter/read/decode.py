from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import Incoming
from odoo.addons.retail_sync.adapter.contract import Row, Stream
from odoo.addons.retail_sync.domain.canonical.schema import PART_MAIN
from odoo.addons.retail_sync.domain.mapping.decoding import compile_path

from ....client import ids, times
from ....mapping.default_lines import CURRENCY
from ....mapping.record_kinds import is_household
from ....writing.schema import WriteSchema

EXTERNAL_ID_FIELD = "Odoo_External_Id__c"
# Our id on a contact's account: rows of a query hold the account as a dict, bulk rows its field under a dotted name.
_account_key = compile_path(f"Account.{EXTERNAL_ID_FIELD}")


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """From Salesforce's rows to canonical records: keys, versions, and what the mapping lines do not say."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def row_key(self, stream: Stream, row: Row) -> tuple[str, int]:
        external_id = row["Id"]
        return external_id if len(external_id) == 18 else ids.to_18(external_id), _version(row["SystemModstamp"])

    @api.model
    def decode_options(self, stream: Stream) -> dict[str, Any]:
        known = stream.sudo().sf_schema or {}
        listed = known.get("listed_states") or WriteSchema(known.get("write") or {}).listed_states()
        bucket = stream.connection_id.sudo()._sf_bucket() if stream.remote_object == "Contact" else None
        return dict(
            super().decode_options(stream),
            sf_database=self._database_prefix(),
            currency=self._org_currency(stream.connection_id),
            listed_states=listed,
            sf_bucket=bucket,
            sf_default_owner=(stream.sudo().sf_default_owner or "").strip().lower(),
        )

    @api.model
    def _finish_decode(self, stream: Stream, incoming: Incoming, row: Row, options: Mapping[str, Any]) -> None:
        person_contact = row.get("PersonContactId")
        if person_contact and stream.remote_object == "Account":
            # The hidden contact of a person account is another id of the same person.
            incoming.secondary_ids.append(("Contact", ids.to_18(person_contact)))
        _drop_unlisted_states(incoming.parts, options.get("listed_states"))
        main = incoming.parts.get(PART_MAIN)
        if main and "parent" in main and _stands_for_no_company(row, options.get("sf_bucket")):
            # As a contact without an account is read: a company that Odoo gives to the customer is news, and goes out.
            main["parent"] = None
        if main and main.get("owner") and main["owner"] == options.get("sf_default_owner"):
            # The user stands for no salesperson, and for those who are no users over there: the one both sides know.
            incoming.as_agreed.setdefault(PART_MAIN, {})["owner"] = main.pop("owner")
        if main and row.get(CURRENCY):
            main["currency"] = row[CURRENCY]
        elif main and stream.entity == "incoming_order":
            main["currency"] = options.get("currency") or None
        # The id of a partner says nothing about the record of another kind that has the same number.
        model = stream._entity()._res_model
        incoming.local_ref = _local_id(row.get(EXTERNAL_ID_FIELD), options.get("sf_database"), model)

    @api.model
    def _database_prefix(self) -> str:
        """Return what the external ids that this database gives begin with."""
        return (self.env["ir.config_parameter"].sudo().get_param("database.uuid") or "")[:8]


@lru_cache(maxsize=8192)
def _version(text: str) -> int:
    """Milliseconds of a SystemModstamp; cached, because a page's rows are asked for it several times."""
    return times.parse_ms(text)


def _stands_for_no_company(row: Row, bucket: str | None) -> bool:
    """Return whether a contact's account is the one for private customers, or was made for this one alone."""
    if is_household(_account_key(row)):
        return True
    return bool(bucket and row.get("AccountId") and ids.to_18(row["AccountId"]) == bucket)


def _drop_unlisted_states(parts: dict[str, dict[str, Any] | None], listed_countries: Collection[str] | None) -> None:
    """Take empty states of countries out for which the org lists none: they say nothing about the address in Odoo."""
    if listed_countries is None:
        return
    for values in parts.values():
        if values and values.get("country") and not values.get("state") and values["country"] not in listed_countries:
            values.pop("state", None)


def _local_id(value: str | None, database: str | None, model: str) -> str | None:
    """Return the record id in `<database>:<model>:<id>`, or None.

    A number alone, or one from another database (a copy, a former system), names an unrelated record.
    """
    prefix, _separator, number = (value or "").strip().rpartition(":")
    if not database or prefix != f"{database}:{model}" or not (number.isascii() and number.isdigit()):
        return None
    return number


def clean(row: Row) -> Row:
    """Return a row of a query without the `attributes` that Salesforce adds at each level."""
    row.pop("attributes", None)
    for value in row.values():
        if isinstance(value, dict):
            clean(value)
    return row
