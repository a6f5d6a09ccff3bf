"""The case, as it is declared to the engine: an order exception that a service desk has to see."""

from .commerce_fields import odoo_field
from .entity_spec import Authority, Effect, Lifecycle, OnMissing, ReferenceSpec, declare
from .field_spec import FieldSpec
from .registry import register

__all__ = ["CASE", "CASE_PRIORITIES", "CASE_STATES"]

# "solved": the cause is gone; the adapter closes the case, or comments on it and flags it if a person has touched it.
CASE_STATES = ("open", "solved")
CASE_PRIORITIES = ("low", "medium", "high")

# Odoo: retail.sync.order.exception.
CASE = register(
    declare(
        "case",
        1,
        (
            FieldSpec("key", "code", label="Key", help="<order id>:<rule code>:<ordinal>", owner="odoo"),
            odoo_field("subject", "text", "Subject", sensitivity="internal"),
            odoo_field("description", "text", "Description", sensitivity="internal"),
            odoo_field("cause", "code", "Cause", "Code of the rule."),
            odoo_field("state", "enum", "State", choices=CASE_STATES, urgent=True),
            odoo_field("closing_note", "text", "Why it is solved", sensitivity="internal"),
            odoo_field("priority", "enum", "Priority", choices=CASE_PRIORITIES),
            odoo_field("queue", "text", "Queue", "Name of the queue that gets it.", sensitivity="internal"),
            odoo_field("customer", "ref", "Customer", entity="customer"),
            odoo_field("contact", "ref", "Contact", entity="customer"),
            odoo_field("order", "ref", "Order", entity="order"),
            odoo_field("shipment", "ref", "Shipment", entity="shipment"),
            odoo_field("return", "ref", "Return", entity="return"),
            odoo_field("earlier", "ref", "Earlier case", "Of the same order and cause.", entity="case"),
            odoo_field("opened_at", "datetime", "Opened"),
            odoo_field("due_at", "datetime", "Was due"),
        ),
        label="Case",
        references=(
            ReferenceSpec("customer", "customer", "customer", OnMissing.wait),
            ReferenceSpec("contact", "contact", "customer", OnMissing.skip),
            ReferenceSpec("order", "order", "order", OnMissing.skip),
            ReferenceSpec("shipment", "shipment", "shipment", OnMissing.skip),
            ReferenceSpec("return", "return", "return", OnMissing.skip),
            ReferenceSpec("earlier", "earlier", "case", OnMissing.skip),
        ),
        authority=Authority.odoo,
        lifecycle=Lifecycle(local_deletion=Effect.keep),
        tells_milestones=True,
    )
)
