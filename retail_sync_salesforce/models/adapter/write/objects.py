"""What is special about writing some of Salesforce's objects."""

from ....mapping import commerce_lines

# Fields that the adapter fills itself, besides those that the mapping writes.
SUPPLIED: dict[str, tuple[str, ...]] = {
    "Account": ("RecordTypeId",),
    "PricebookEntry": ("Pricebook2Id", "UseStandardPrice"),
    "Case": ("OwnerId", "Origin", "Status", commerce_lines.CAUSE_GONE, commerce_lines.WORKED_ON),
    "Order": ("Status", "Pricebook2Id"),
}
# Those of them that are only known when the record is sent.
LATER: dict[str, tuple[str, ...]] = {"PricebookEntry": ("Pricebook2Id",), "Order": ("Status", "Pricebook2Id")}
# Fields that Salesforce takes at creation only, whatever rights our user has.
IMMUTABLE: dict[str, tuple[str, ...]] = {
    "PricebookEntry": ("Pricebook2Id", "Product2Id", "CurrencyIsoCode"),
    "Order": ("CurrencyIsoCode",),
}
# Canonical fields, by entity, that decide where and how a record is written.
BESIDE: dict[str, tuple[str, ...]] = {
    "price": ("pricelist", "pricelist_key", "currency"),
    "order": ("currency",),
    "invoice": ("currency",),
    "payment": ("currency",),
    "return": ("currency",),
    "case": ("state", "closing_note", "queue"),
}
# Canonical references by which records are put next to each other: what locks one parent goes in one call.
NEIGHBOURS = ("customer", "parent", "order", "product")
# Objects of our package. Each record stands for a document of its own, however alike two are: a duplicate rule that
# only alerts holds none of them back, and new ones share their calls with those that are known.
OWN_OBJECTS = frozenset(
    {
        commerce_lines.ORDER_OBJECT,
        commerce_lines.SHIPMENT_OBJECT,
        commerce_lines.INVOICE_OBJECT,
        commerce_lines.PAYMENT_OBJECT,
        commerce_lines.RETURN_OBJECT,
        commerce_lines.STOCK_OBJECT,
    }
)
