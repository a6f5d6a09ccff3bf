"""Records that are read with the lines below them: which child records, by the name of the relationship."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Children:
    """Child records of a relationship. parent: their field with the id of the record above. fields: what is read."""

    object: str
    parent: str
    fields: tuple[str, ...]


_PRODUCT = "PricebookEntry.Product2"
_ITEM = ("Id", "Quantity", "UnitPrice", "ListPrice", "TotalPrice", "Description", "ServiceDate")
_PRODUCT_FIELDS = (f"{_PRODUCT}.ProductCode", f"{_PRODUCT}.StockKeepingUnit")

# {relationship: its children}. A mapping line names the relationship as its path.
CHILDREN: Mapping[str, Children] = MappingProxyType(
    {
        "OpportunityLineItems": Children(
            "OpportunityLineItem", "OpportunityId", (*_ITEM, "Discount", *_PRODUCT_FIELDS)
        ),
        "OrderItems": Children("OrderItem", "OrderId", (*_ITEM, *_PRODUCT_FIELDS)),
    }
)
