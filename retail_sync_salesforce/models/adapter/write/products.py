from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter import Answer, EncodedRecord, FaultClass, FaultError
from odoo.addons.retail_sync.adapter.contract import Stream
from odoo.addons.retail_sync.domain.canonical.schema import PART_MAIN

from ....client import ids, query, soql
from ....client.query import Row
from ....client.session import SalesforceSession
from ....writing.schema import WriteSchema
from ..read.decode import EXTERNAL_ID_FIELD

PRODUCT = "Product2"
# Where an org keeps the SKU: whichever of them it uses.
SKU_FIELDS = ("ProductCode", "StockKeepingUnit")
# SKUs in one condition, which names each of them once per field.
SKUS = 100


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Products that the org has already are taken over by their SKU: none of them is there twice because of us."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _adopt_products(
        self, session: SalesforceSession, stream: Stream, outgoing: Sequence[EncodedRecord]
    ) -> dict[str, Answer]:
        """Give new products the id of the one product of the org that has their SKU; return refusals by record key.

        One look for a page of new products, none for known ones.
        """
        schema = WriteSchema(self._write_schema(stream))
        fields = [field for field in SKU_FIELDS if schema.known(field)]
        skus = {encoded.record.key: sku for encoded in outgoing if is_new(encoded) and (sku := _sku(encoded))}
        if not skus or not fields:
            return {}
        conditions = [
            " OR ".join(f"{field} IN {soql.literal(chunk)}" for field in fields)
            for chunk in soql.chunks(skus.values(), SKUS)
        ]
        rows = query.by_conditions(session, PRODUCT, (*fields, EXTERNAL_ID_FIELD), conditions)
        by_sku = _by_sku(rows, fields)
        refused: dict[str, Answer] = {}
        claimed: dict[str, str] = {}
        for encoded in outgoing:
            key = encoded.record.key
            if key not in skus:
                continue
            folded = skus[key].casefold()
            found = by_sku.get(folded, {})
            if any(row.get(EXTERNAL_ID_FIELD) == key for row in found.values()):
                claimed[folded] = key
                continue
            prefix = key.partition(":")[0] + ":"
            taken = [i for i, row in found.items() if (row.get(EXTERNAL_ID_FIELD) or "").startswith(prefix)]
            if taken or folded in claimed or len(found) > 1:
                refused[key] = self._several_products(skus[key], sorted(taken or found))
            else:
                claimed[folded] = key
                if found:
                    encoded.fields["Id"] = next(iter(found))
        return refused

    @api.model
    def _several_products(self, sku: str, candidates: list[str]) -> Answer:
        """Return the refusal of a product whose SKU does not say which product of the org it is."""
        text = self.env._(
            "The SKU %(sku)s is not unique: several products of the org or of Odoo have it. Correct the others, then "
            "retry.",
            sku=sku,
        )
        fault = FaultError(FaultClass.duplicate, "SKU_NOT_UNIQUE", text, fields=list(SKU_FIELDS))
        return Answer(False, None, fault=fault, candidates=candidates)


def is_new(encoded: EncodedRecord) -> bool:
    """Return whether a record is to be created as far as Odoo knows."""
    return not encoded.record.external_id and bool(encoded.fields) and not encoded.fault


def target_id(encoded: EncodedRecord) -> str | None:
    """Return the id of the record that is written: a linked one, or one that is taken over."""
    return encoded.record.external_id or encoded.fields.get("Id")


def _sku(encoded: EncodedRecord) -> str:
    return str((encoded.record.parts.get(PART_MAIN) or {}).get("sku") or "").strip()


def _by_sku(rows: Iterable[Row], fields: Sequence[str]) -> Mapping[str, dict[str, Any]]:
    """Return {SKU in small letters: {id: row}}; Salesforce compares texts without regard to case."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        for field in fields:
            if row.get(field):
                found.setdefault(str(row[field]).strip().casefold(), {})[ids.to_18(row["Id"])] = row
    return found
