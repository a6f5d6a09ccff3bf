"""The incoming order, as it is declared to the engine: a sale that was made on a platform and becomes ours.

It comes as one tree and is applied as one. Its values belong to the platform; what Odoo made of it goes back.
"""

from .entity_spec import Authority, Effect, Lifecycle, OnMissing, ReferenceSpec, declare
from .field_spec import FieldSpec
from .registry import register

__all__ = ["INCOMING_LINE_FIELDS", "INCOMING_ORDER"]

INCOMING_LINE_FIELDS = (
    FieldSpec("sku", "code", label="SKU"),
    FieldSpec("description", "text", "internal", "Description"),
    FieldSpec("quantity", "quantity", label="Quantity"),
    FieldSpec("unit_price", "amount", "internal", "Unit price", "Before the discount."),
    FieldSpec("discount", "number", label="Discount", help="Percent.", digits=4),
    FieldSpec("total", "amount", "internal", "Total"),
    FieldSpec("requested_on", "date", label="Requested for"),
)


def _remote(name: str, kind: str, label: str, **more: object) -> FieldSpec:
    return FieldSpec(name, kind, label=label, owner="remote", **more)  # type: ignore[arg-type]


def _ours(name: str, kind: str, label: str, **more: object) -> FieldSpec:
    return FieldSpec(name, kind, label=label, owner="odoo", computed=True, **more)  # type: ignore[arg-type]


# Odoo: sale.order, in the role "incoming_order".
INCOMING_ORDER = register(
    declare(
        "incoming_order",
        1,
        (
            _remote("number", "code", "Number over there"),
            _remote("title", "text", "Title", sensitivity="internal"),
            _remote("customer", "ref", "Customer", entity="customer"),
            _remote("contact", "ref", "Contact", entity="customer"),
            _remote("ready", "bool", "Won or activated"),
            _remote("customer_reference", "text", "Customer's reference", sensitivity="internal"),
            _remote("currency", "code", "Currency"),
            _remote("closed_on", "date", "Date", sensitivity="internal"),
            _remote("requested_on", "date", "Requested for", sensitivity="internal"),
            _remote("brand", "code", "Brand"),
            _remote("region", "code", "Region"),
            _remote("delivery_country", "code", "Delivery country"),
            _remote("total", "amount", "Total", sensitivity="internal"),
            _remote("salesperson", "email", "Salesperson"),
            _remote("notes", "text", "Notes", sensitivity="internal"),
            _remote("lines", "lines", "Lines", lines=INCOMING_LINE_FIELDS, sensitivity="internal"),
            _ours("quote_number", "code", "Number in Odoo"),
            _ours("quote_state", "text", "State in Odoo", sensitivity="internal"),
            _ours("quote_total", "amount", "Total in Odoo", sensitivity="internal"),
            _ours("quote_url", "url", "Open in Odoo", sensitivity="internal"),
        ),
        label="Incoming order",
        references=(
            ReferenceSpec("customer", "customer", "customer", OnMissing.wait),
            ReferenceSpec("contact", "contact", "customer", OnMissing.skip),
        ),
        authority=Authority.both,
        lifecycle=Lifecycle(remote_deletion=Effect.keep, local_deletion=Effect.keep),
    )
)
