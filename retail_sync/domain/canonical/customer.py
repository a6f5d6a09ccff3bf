"""The customer, as it is declared to the engine. Importing this module registers it."""

from collections.abc import Mapping
from typing import Any

from ..values.addresses import ADDRESS_FIELDS, same_address
from .entity_spec import (
    Authority,
    Composite,
    DeliveryClass,
    Effect,
    FieldSpec,
    Identity,
    Lifecycle,
    OnMissing,
    PartSpec,
    ReferenceSpec,
    by_name,
    declare,
)
from .registry import register

__all__ = ["ADDRESS", "ADDRESS_FIELDS", "CUSTOMER", "PARTS", "PART_DELIVERY", "PART_INVOICE", "PART_OTHER"]

PART_INVOICE = "invoice"
PART_DELIVERY = "delivery"
PART_OTHER = "other"
PARTS = (PART_INVOICE, PART_DELIVERY, PART_OTHER)
# The composite that holds the six fields of an address.
ADDRESS = "address"
# What tells that two addresses are in one place, so that a blank of one is filled from the other.
_PLACE = {
    "street": ("zip", "city"),
    "street2": ("street", "zip"),
    "city": ("zip",),
    "zip": ("street", "city"),
    "state": ("zip",),
    "country": ("zip",),
}

_STREET = (
    FieldSpec("street", "text", "personal", "Street"),
    FieldSpec("street2", "text", "personal", "Street 2", "Everything of the street after its first line."),
    FieldSpec("city", "text", "personal", "City"),
    FieldSpec("zip", "text", "personal", "Postal code"),
    FieldSpec(
        "state",
        "text",
        "internal",
        "State or province",
        "Code or name; resolved within the country when it is applied.",
    ),
    FieldSpec("country", "code", "internal", "Country", "ISO 3166-1 alpha-2 code.", leads=True),
)


def _business(
    name: str, kind: str, label: str, help: str = "", sensitivity: str = "internal", computed: bool = False, **more: Any
) -> FieldSpec:
    """Return a field that the business decides: only Odoo knows it, as a rule with urgency."""
    return FieldSpec(name, kind, sensitivity, label, help, computed=computed, owner="odoo", **{"urgent": True, **more})


def _amount(name: str, label: str) -> FieldSpec:
    """Return an amount that each document changes: what has to be seen at once is the credit state that follows."""
    return _business(name, "number", label, "", "sensitive", computed=True, urgent=False, neutral=0)


_COMMERCIAL = (
    _business("odoo_id", "code", "Odoo ID", computed=True),
    _business("account_block", "bool", "Account blocked", "No sale order of this customer is confirmed."),
    _business("block_reason", "text", "Reason of the block", "", "sensitive"),
    _business("block_until", "text", "Blocked until", "Date as YYYY-MM-DD; none: until it is lifted."),
    _business("credit_limit", "number", "Credit limit", "None: no limit.", "sensitive", computed=True),
    _amount("amount_due", "Amount due"),
    _amount("overdue_amount", "Overdue amount"),
    _business(
        "credit_state",
        "enum",
        "Credit state",
        computed=True,
        choices=("ok", "near_limit", "hold"),
        neutral="ok",
    ),
    _business("payment_terms", "text", "Payment terms"),
    _business("tax_class", "text", "Tax class", "Name of the fiscal position."),
    _business(
        "vat_status",
        "enum",
        "VAT status",
        computed=True,
        choices=("valid", "invalid", "unchecked"),
        neutral="unchecked",
    ),
)


def _rollup(name: str, kind: str, label: str, help: str, sensitivity: str, **more: Any) -> FieldSpec:
    """Return a field that Odoo computes of orders, goods and invoices of a customer; no person waits for it."""
    return FieldSpec(name, kind, sensitivity, label, help, computed=True, owner="odoo", **more)


_ROLLUPS = (
    _rollup(
        "open_orders",
        "integer",
        "Open orders",
        "Confirmed orders of which goods still have to leave: neither fully shipped, nor cancelled.",
        "internal",
        neutral=0,
    ),
    _rollup("last_order_at", "datetime", "Last order", "Of the latest confirmed order.", "internal", zone="UTC"),
    _rollup(
        "returns_rate",
        "number",
        "Returns rate",
        "Percent of the pieces shipped in the last 12 months that came back in these months.",
        "internal",
        digits=1,
        neutral=0,
    ),
    _rollup(
        "lifetime_value",
        "number",
        "Lifetime value",
        "Posted invoices less posted credit notes, without tax, in the currency of the company.",
        "sensitive",
        neutral=0,
    ),
    _rollup(
        "loyalty_points",
        "number",
        "Loyalty points",
        "On all cards of loyalty programs that have not expired.",
        "internal",
        neutral=0,
    ),
)

_FIELDS = (
    FieldSpec("kind", "enum", "internal", "Kind", choices=("company", "person")),
    FieldSpec("name", "text", "personal", "Name"),
    FieldSpec("first_name", "text", "personal", "First name"),
    FieldSpec("last_name", "text", "personal", "Last name"),
    FieldSpec("job_title", "text", "personal", "Job title"),
    FieldSpec("email", "email", "personal", "E-mail"),
    FieldSpec("phone", "phone", "personal", "Phone", "E.164 where it can be parsed, else as it came."),
    FieldSpec("website", "url", "personal", "Website"),
    FieldSpec("vat", "vat", "personal", "Tax ID"),
    FieldSpec("customer_number", "code", "internal", "Customer number", urgent=True),
    FieldSpec("language", "language", "internal", "Language", "For example en_US or it."),
    FieldSpec("notes", "html", "personal", "Notes", "Compared by its text, whatever the mark-up."),
    FieldSpec(
        "email_opt_out", "bool", "internal", "No e-mail", "The customer refuses marketing e-mail.", restrictive=True
    ),
    FieldSpec("phone_opt_out", "bool", "internal", "No calls", "The customer refuses calls.", restrictive=True),
    FieldSpec("active", "bool", "internal", "Active"),
    FieldSpec("owner", "email", "personal", "Salesperson", "E-mail address of the salesperson."),
    FieldSpec(
        "currency",
        "code",
        "internal",
        "Currency",
        "ISO code of the currency that the platform's record is kept in: amounts are converted to it.",
    ),
    FieldSpec("parent", "ref", "internal", "Parent", "Remote object and external id, as Object/id.", entity="customer"),
    *_STREET,
    *_COMMERCIAL,
    *_ROLLUPS,
)

_ADDRESS_FIELDS = by_name(
    (
        FieldSpec("kind", "enum", "internal", "Kind", choices=PARTS),
        FieldSpec("name", "text", "personal", "Name"),
        FieldSpec("phone", "phone", "personal", "Phone"),
        *_STREET,
        FieldSpec("active", "bool", "internal", "Active"),
    )
)


def is_main_address(values: Mapping[str, Any], main: Mapping[str, Any]) -> bool:
    """Return whether an address is that of the customer itself. A name or phone of its own keeps it apart."""
    differs = any(values.get(name) and values[name] != main.get(name) for name in ("name", "phone"))
    return not differs and same_address(values, main)


def _address(name: str, label: str) -> PartSpec:
    return PartSpec(name, label, _ADDRESS_FIELDS, needs=ADDRESS_FIELDS, repeats_main=is_main_address)


CUSTOMER = register(
    declare(
        "customer",
        2,
        _FIELDS,
        label="Customer",
        composites=(Composite(ADDRESS, "Address", ADDRESS_FIELDS, _PLACE, within={"state": "country"}),),
        parts=(
            _address(PART_INVOICE, "Invoice address"),
            _address(PART_DELIVERY, "Delivery address"),
            _address(PART_OTHER, "Other address"),
        ),
        references=(ReferenceSpec("parent", "parent", "customer", OnMissing.wait),),
        identity=Identity.by_evidence(),
        authority=Authority.both,
        lifecycle=Lifecycle(
            remote_deletion=Effect.policy,
            remote_archive=Effect.archive,
            local_deletion=Effect.policy,
            local_archive=Effect.archive,
        ),
        delivery_class=DeliveryClass.state,
    )
)
