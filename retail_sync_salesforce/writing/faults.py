"""From the client's errors to the engine's faults; the refusal of a record in the light of what was asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from odoo.addons.retail_sync.adapter import FaultClass, FaultError, as_fault

from ..client import errors, named_fields
from ..client.errors import ClientError

# The org's schema or our rights are not what they were when it was last looked at.
DRIFT_CODES = frozenset(("INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE"))
# Private customers wait until a person has chosen how Salesforce keeps them.
UNDECIDED = "PRIVATE_CUSTOMERS_UNDECIDED"
REFERENCES = frozenset(
    (
        "ParentId",
        "AccountId",
        "ContactId",
        "Account__c",
        "Contact__c",
        "ERP_Order__c",
        "ERP_Shipment__c",
        "Reversed_Invoice__c",
        "Product__c",
        "Product2Id",
        "Pricebook2Id",
    )
)
# Salesforce's words for a price that the book has already: another worker, or a person, was faster.
_PRICE_IS_THERE = "price definition already exists"


def is_drift(error: ClientError | FaultError | None) -> bool:
    """Whether a fresh look at the org's fields may explain a refusal."""
    if error is None or error.code not in DRIFT_CODES:
        return False
    return errors.CONTRACT == (error.kind if isinstance(error, ClientError) else str(error.fault_class))


def write_fault(error: ClientError, values: Mapping[str, Any], creating: bool, key_field: str) -> FaultError:
    """The fault of one record. values: the fields that were sent; creating: under our own external id."""
    fault = as_fault(error)
    fields = named_fields.named(error.code, error.message, error.fields, values)
    fault_class = _class(error, values, creating, key_field, fields) or fault.fault_class
    if fault_class == fault.fault_class and fields == fault.fields:
        return fault
    return FaultError(
        fault_class,
        fault.code,
        fault.message,
        fields=fields,
        retry_after=fault.retry_after,
        http_status=fault.http_status,
        detail=fault.detail,
    )


def _class(
    error: ClientError, values: Mapping[str, Any], creating: bool, key_field: str, fields: Sequence[str]
) -> FaultClass | None:
    refers = any(values.get(name) for name in REFERENCES)
    if error.kind == errors.GONE and creating:
        # what is being created cannot be gone: its parent was deleted a moment ago
        return FaultClass.dependency
    if error.code == "INVALID_CROSS_REFERENCE_KEY" and set(error.fields) <= {"Id"} | REFERENCES:
        named = set(error.fields) & REFERENCES
        if named or (refers and (creating or not error.fields)):
            return FaultClass.dependency
        # an id that was valid once: the record was deleted for good
        return None if creating else FaultClass.gone
    if error.code == "DUPLICATE_VALUE" and creating and _PRICE_IS_THERE in error.message.lower():
        # the next try finds it and takes it over
        return FaultClass.transient
    if error.code == "DUPLICATE_VALUE" and creating and key_field in error.message:
        # two upserts of one new record met: the other one has made it, the next try finds it
        return FaultClass.transient
    if error.code == "DUPLICATE_VALUE" and not creating and fields and values.keys() >= set(fields):
        # A record that is there is changed, not created: another record holds this value, and the rest goes.
        return FaultClass.business
    return None
