"""The mapping lines of the second preset: orders of Odoo mirrored into the standard object Order, as far as it goes.

What has no field there stays in Odoo: states of fulfilment, amounts with tax, the timeline. Status, price book and
products are written by the adapter, in the steps that the object demands.
"""

from .commerce_lines import out, ref
from .default_lines import Line

MIRROR_OBJECT = "Order"
MIRROR_ITEM_OBJECT = "OrderItem"
# Lookups of other streams to the order: there is none to the standard object.
ORDER_LOOKUP = "ERP_Order__c"


def mirror_lines() -> list[Line]:
    """Return the lines of an order's header."""
    return [
        ref("customer", "AccountId", "Account", required=True),
        out("ordered_at", "EffectiveDate", "date", required=True),
        out("number", "OrderReferenceNumber", "line"),
        out("customer_reference", "PoNumber", "line"),
        out("origin", "Description", "text"),
    ]
