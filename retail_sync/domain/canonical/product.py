"""Products, their published prices and their stock, as they are declared to the engine."""

from .commerce_fields import amount, odoo_field, quantity
from .entity_spec import (
    Authority,
    DeliveryClass,
    Effect,
    Identity,
    Lifecycle,
    OnMissing,
    ReferenceSpec,
    declare,
)
from .field_spec import FieldSpec
from .registry import register

__all__ = ["PRICE", "PRODUCT", "STOCK"]

# Odoo: product.product. What is not sold any more is deactivated, never deleted. Combos are no products here: what is
# sold of them are the products that the customer chose, each on a line of its own.
PRODUCT = register(
    declare(
        "product",
        1,
        (
            FieldSpec("sku", "code", label="SKU", owner="odoo"),
            odoo_field("name", "text", "Name", "With the attributes of the variant.", sensitivity="public"),
            odoo_field("description", "text", "Sales description", sensitivity="public"),
            odoo_field("category", "text", "Category", "Full path, as Odoo shows it.", sensitivity="public"),
            odoo_field("barcode", "code", "Barcode"),
            odoo_field("unit", "code", "Unit of measure"),
            odoo_field("active", "bool", "Sellable", "Active, and may be sold."),
            odoo_field("storable", "bool", "Tracked in stock"),
            odoo_field("weight", "number", "Weight", "In kilograms.", digits=3),
            odoo_field("successor", "code", "Successor", "SKU of the product that takes its place."),
        ),
        label="Product",
        identity=Identity.by_key("sku"),
        authority=Authority.odoo,
        lifecycle=Lifecycle(local_archive=Effect.deactivate, local_deletion=Effect.deactivate),
        delivery_class=DeliveryClass.state,
    )
)

# Odoo: retail.sync.price, one row per product, published pricelist and currency; pricelist empty: the base price.
PRICE = register(
    declare(
        "price",
        1,
        (
            odoo_field("product", "ref", "Product", entity="product"),
            odoo_field("pricelist", "text", "Pricelist", "Empty: the base price.", sensitivity="public"),
            odoo_field("pricelist_key", "code", "Pricelist id", "Id of the pricelist in Odoo; base: the base price."),
            odoo_field("currency", "code", "Currency"),
            amount("amount", "Price", "For one piece, today; quantity tiers and dated rules are not published."),
            odoo_field("active", "bool", "Published"),
        ),
        label="Price",
        references=(ReferenceSpec("product", "product", "product", OnMissing.wait),),
        authority=Authority.odoo,
        lifecycle=Lifecycle(local_archive=Effect.deactivate, local_deletion=Effect.deactivate),
    )
)

# Odoo: retail.sync.stock.level, one row per flagged product and warehouse. Flagged no more: not published, as it was.
STOCK = register(
    declare(
        "stock",
        1,
        (
            odoo_field("product", "ref", "Product", entity="product"),
            odoo_field("sku", "code", "SKU"),
            odoo_field("warehouse", "text", "Warehouse", sensitivity="public"),
            odoo_field("warehouse_code", "code", "Warehouse code"),
            quantity("free", "Free", "On hand, not reserved.", digits=3),
            quantity("on_hand", "On hand", digits=3),
            quantity("incoming", "Incoming", digits=3),
            quantity("forecast", "Forecast", "On hand, plus incoming, less outgoing.", digits=3),
            odoo_field("as_of", "datetime", "As of", "When these quantities came to be."),
            odoo_field("active", "bool", "Published", "No: the quantities are no longer kept up to date."),
        ),
        label="Stock",
        references=(ReferenceSpec("product", "product", "product", OnMissing.wait),),
        authority=Authority.odoo,
        lifecycle=Lifecycle(local_archive=Effect.deactivate, local_deletion=Effect.deactivate),
    )
)
