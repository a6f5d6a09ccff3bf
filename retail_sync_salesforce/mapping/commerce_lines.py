"""The mapping lines of commerce records: which canonical field goes to which field of the org.

The objects `ERP_*__c` and the custom fields come with the package in `sfdx/`. Odoo alone writes these records, so all
lines go out, but those of the incoming order.
"""

from typing import Any

from .default_lines import Line, line

OUT = "out"


ORDER_OBJECT = "ERP_Order__c"
SHIPMENT_OBJECT = "ERP_Shipment__c"
INVOICE_OBJECT = "ERP_Invoice__c"
PAYMENT_OBJECT = "ERP_Payment__c"
RETURN_OBJECT = "ERP_Return__c"
# Lines as records, where a stream asks for them: detail of the order, with the lookup ORDER_OBJECT.
ORDER_LINE_OBJECT = "ERP_Order_Line__c"
STOCK_OBJECT = "ERP_Stock__c"

# Canonical words, and what salespeople and agents read over there.
STAGES = {
    "Quoted": "quoted",
    "Sent": "sent",
    "Confirmed": "confirmed",
    "On hold": "held",
    "Backordered": "backordered",
    "Allocated": "allocated",
    "Picked": "picked",
    "Packed": "packed",
    "Partly shipped": "partly_shipped",
    "Shipped": "shipped",
    "Delivered": "delivered",
    "Delivery exception": "delivery_exception",
    "Returned": "returned",
    "Cancelled": "cancelled",
}
INVOICING = {"Not invoiced": "none", "Partly invoiced": "partly", "Invoiced": "full"}
PAYMENTS = {
    "Nothing due": "none",
    "Due": "due",
    "Partly paid": "partly",
    "Paid": "paid",
    "Payment failed": "failed",
    "Refunded": "refunded",
}
SHIPMENT_STATES = {
    "Waiting": "waiting",
    "Partly ready": "partly_ready",
    "Ready": "ready",
    "Shipped": "shipped",
    "Delivered": "delivered",
    "Exception": "exception",
    "Cancelled": "cancelled",
}
SHIPMENT_KINDS = {
    "Delivery": "delivery",
    "Drop shipment": "dropship",
    "Exchange": "exchange",
    "Replacement": "replacement",
}
INVOICE_KINDS = {"Invoice": "invoice", "Credit note": "credit_note"}
INVOICE_STATES = {"Draft": "draft", "Posted": "posted", "Cancelled": "cancelled"}
INVOICE_PAYMENTS = {
    "Not paid": "not_paid",
    "In payment": "in_payment",
    "Partly paid": "partial",
    "Paid": "paid",
    "Reversed": "reversed",
    "Blocked": "blocked",
}
PAYMENT_KINDS = {"Payment": "payment", "Refund": "refund"}
PAYMENT_STATES = {
    "Draft": "draft",
    "In process": "in_process",
    "Paid": "paid",
    "Cancelled": "cancelled",
    "Rejected": "rejected",
}
RETURN_STATES = {
    "Requested": "requested",
    "Received": "received",
    "Inspected": "inspected",
    "Refund approved": "refund_approved",
    "Refunded": "refunded",
    "Refund failed": "refund_failed",
    "Cancelled": "cancelled",
}


def out(field: str, path: str, transform: str = "", **values: Any) -> Line:
    """Return the vals of a line that only goes to the platform."""
    return line(field, path, transform, direction=OUT, **values)


def words(field: str, path: str, table: dict[str, str], **values: Any) -> Line:
    """Return the vals of a line whose value is a word of a table."""
    return out(field, path, "value_map", options={"value_map": dict(table)}, **values)


def ref(field: str, path: str, remote_object: str, **values: Any) -> Line:
    """Return the vals of a line that names another record of the org."""
    return out(field, path, "salesforce_ref", options={"object": remote_object}, **values)


def one_of(field: str, path: str, remote_object: str) -> Line:
    """Return the vals of one of several lines for a reference, or for a lookup: the first that has a value counts."""
    return out(field, path, "salesforce_ref", options={"object": remote_object, "alternative": True})


def _customer() -> list[Line]:
    """Return the lines of the customer: an account, or a contact where private customers are contacts."""
    return [one_of("customer", "Account__c", "Account"), one_of("customer", "Contact__c", "Contact")]


def _json(field: str, path: str, drop: str = "last") -> Line:
    """Return the vals of keyed lines as JSON; drop: which of them are left out where not all have room."""
    return out(field, path, "lines_json", options={"version": 1, "drop": drop})


def _document(*lines: Line) -> list[Line]:
    """Return the lines of a document: its number, its own lines, and the page of Odoo that shows it."""
    return [out("number", "Name", "line", required=True), *lines, out("url", "Odoo_URL__c", "url")]


def _totals() -> list[Line]:
    """Return the lines of the totals of an order or invoice, and of their currency."""
    return [
        out("currency", "Currency__c", "line"),
        out("untaxed", "Amount_Untaxed__c", "amount"),
        out("tax", "Amount_Tax__c", "amount"),
        out("total", "Amount_Total__c", "amount"),
        out("total_company", "Amount_Company__c", "amount_text"),
    ]


def order_lines() -> list[Line]:
    """Return the lines of the order."""
    return _document(
        one_of("contact", "Contact__c", "Contact"),
        *_customer(),
        out("customer_reference", "Customer_Reference__c", "line"),
        out("origin", "Source__c", "line"),
        out("sales_team", "Sales_Team__c", "line"),
        out("salesperson", "Salesperson__c", "email"),
        out("company", "Company__c", "line"),
        out("warehouse", "Warehouse__c", "line"),
        out("ordered_at", "Ordered_At__c", "datetime"),
        out("valid_until", "Valid_Until__c", "date"),
        out("promised_at", "Promised__c", "datetime"),
        out("expected_at", "Expected__c", "datetime"),
        words("stage", "Stage__c", STAGES),
        out("hold", "On_Hold__c", "bool"),
        out("hold_reason", "Hold_Reason__c", "line"),
        out("delayed", "Delayed__c", "bool"),
        out("delay_reason", "Delay_Reason__c", "line"),
        out("cancel_reason", "Cancel_Reason__c", "line"),
        out("exceptions", "Exceptions__c", "list_text"),
        words("invoicing", "Invoicing__c", INVOICING),
        words("payment", "Payment_State__c", PAYMENTS),
        out("payment_terms", "Payment_Terms__c", "line"),
        *_totals(),
        out("invoiced", "Amount_Invoiced__c", "amount"),
        out("paid", "Amount_Paid__c", "amount"),
        out("due", "Amount_Due__c", "amount"),
        out("refunded", "Refunded__c", "amount"),
        out("carrier", "Carrier__c", "line"),
        out("tracking", "Tracking__c", "list_text"),
        out("delivery_address", "Delivery_Address__c", "text"),
        out("confirmed_at", "Confirmed_At__c", "datetime"),
        out("allocated_at", "Allocated_At__c", "datetime"),
        out("shipped_first_at", "Shipped_First_At__c", "datetime"),
        out("shipped_last_at", "Shipped_Last_At__c", "datetime"),
        out("delivered_at", "Delivered_At__c", "datetime"),
        out("invoiced_at", "Invoiced_At__c", "datetime"),
        out("paid_at", "Paid_At__c", "datetime"),
        out("cancelled_at", "Cancelled_At__c", "datetime"),
        out("line_count", "Line_Count__c", "number"),
        out("skus", "SKUs__c", "list_text"),
        _json("lines", "Lines__c"),
        _json("timeline", "Timeline__c", drop="first"),
    )


# {field of an order's line: (field of ORDER_LINE_OBJECT, transform)}. Removed__c marks lines that the order lost.
ORDER_LINE_FIELDS = {
    "sku": ("SKU__c", "list_text"),
    "name": ("Description__c", "list_text"),
    "unit": ("Unit__c", "list_text"),
    "kind": ("Kind__c", "list_text"),
    "warehouse": ("Warehouse__c", "list_text"),
    "promised_at": ("Promised__c", "datetime"),
    "ordered": ("Ordered__c", "quantity"),
    "reserved": ("Reserved__c", "quantity"),
    "picked": ("Picked__c", "quantity"),
    "shipped": ("Shipped__c", "quantity"),
    "returned": ("Returned__c", "quantity"),
    "invoiced": ("Invoiced__c", "quantity"),
    "credited": ("Credited__c", "quantity"),
    "unit_price": ("Unit_Price__c", "amount"),
    "discount": ("Discount__c", "number"),
    "subtotal": ("Subtotal__c", "amount"),
    "tax": ("Tax__c", "amount"),
    "total": ("Total__c", "amount"),
}
LINE_REMOVED = "Removed__c"
LINE_CURRENCY = "Currency__c"


def shipment_lines() -> list[Line]:
    """Return the lines of the shipment."""
    return _document(
        ref("order", "ERP_Order__c", ORDER_OBJECT),
        *_customer(),
        words("state", "State__c", SHIPMENT_STATES),
        words("kind", "Kind__c", SHIPMENT_KINDS),
        out("backorder_of", "Backorder_Of__c", "line"),
        out("carrier", "Carrier__c", "line"),
        out("tracking", "Tracking__c", "list_text"),
        out("tracking_url", "Tracking_Links__c", "text"),
        out("planned_at", "Planned__c", "datetime"),
        out("promised_at", "Promised__c", "datetime"),
        out("shipped_at", "Shipped_At__c", "datetime"),
        out("delivered_at", "Delivered_At__c", "datetime"),
        out("delivered_assumed", "Delivery_Assumed__c", "bool"),
        out("late", "Late__c", "bool"),
        out("parcels", "Parcels__c", "number"),
        out("weight", "Weight__c", "number"),
        out("delivery_address", "Delivery_Address__c", "text"),
        out("warehouse", "Warehouse__c", "line"),
        _json("lines", "Lines__c"),
    )


def invoice_lines() -> list[Line]:
    """Return the lines of the invoice or credit note."""
    return _document(
        words("kind", "Type__c", INVOICE_KINDS),
        ref("order", "ERP_Order__c", ORDER_OBJECT),
        out("orders", "Orders__c", "list_text"),
        *_customer(),
        ref("reverses", "Reversed_Invoice__c", INVOICE_OBJECT),
        words("state", "State__c", INVOICE_STATES),
        words("payment_state", "Payment_State__c", INVOICE_PAYMENTS),
        out("invoiced_on", "Invoice_Date__c", "date"),
        out("due_on", "Due_Date__c", "date"),
        out("paid_on", "Paid_On__c", "date"),
        out("reason", "Reason__c", "line"),
        out("payment_reference", "Payment_Reference__c", "line"),
        *_totals(),
        out("due", "Amount_Due__c", "amount"),
        out("paid", "Amount_Paid__c", "amount"),
        _json("lines", "Lines__c"),
    )


def payment_lines() -> list[Line]:
    """Return the lines of the payment."""
    return _document(
        words("kind", "Type__c", PAYMENT_KINDS),
        *_customer(),
        ref("order", "ERP_Order__c", ORDER_OBJECT),
        out("invoices", "Invoices__c", "list_text"),
        words("state", "State__c", PAYMENT_STATES),
        out("paid_on", "Paid_On__c", "date"),
        out("method", "Method__c", "line"),
        out("provider_reference", "Provider_Reference__c", "line"),
        out("currency", "Currency__c", "line"),
        out("amount", "Amount__c", "amount"),
        out("amount_company", "Amount_Company__c", "amount_text"),
    )


def return_lines() -> list[Line]:
    """Return the lines of the return."""
    return _document(
        ref("order", "ERP_Order__c", ORDER_OBJECT),
        ref("shipment", "ERP_Shipment__c", SHIPMENT_OBJECT),
        *_customer(),
        words("state", "State__c", RETURN_STATES),
        out("reason", "Reason__c", "line"),
        out("result", "Result__c", "line"),
        out("requested_at", "Requested_At__c", "datetime"),
        out("received_at", "Received_At__c", "datetime"),
        out("credit_notes", "Credit_Notes__c", "list_text"),
        out("refund", "Refund_Amount__c", "amount"),
        out("refund_open", "Refund_Open__c", "amount"),
        out("currency", "Currency__c", "line"),
        _json("lines", "Lines__c"),
    )


def product_lines() -> list[Line]:
    """Return the lines of the product."""
    return [
        out("name", "Name", "line", required=True),
        out("sku", "ProductCode", "line"),
        out("sku", "StockKeepingUnit", "line"),
        out("description", "Description", "text"),
        out("category", "Odoo_Category__c", "line"),
        out("barcode", "Odoo_Barcode__c", "line"),
        out("unit", "Odoo_Unit__c", "line"),
        out("active", "IsActive", "bool"),
        out("weight", "Odoo_Weight__c", "number"),
        out("successor", "Odoo_Successor__c", "line"),
    ]


def price_lines() -> list[Line]:
    """Return the lines of the published price. The price book and the currency are found by the adapter."""
    return [
        ref("product", "Product2Id", "Product2", required=True),
        out("amount", "UnitPrice", "amount", required=True),
        out("active", "IsActive", "bool"),
    ]


def stock_lines() -> list[Line]:
    """Return the lines of the stock of a product in a warehouse."""
    return [
        out("sku", "Name", "line", required=True),
        ref("product", "Product__c", "Product2"),
        out("warehouse", "Warehouse__c", "line"),
        out("warehouse_code", "Warehouse_Code__c", "line"),
        out("free", "Free__c", "quantity"),
        out("on_hand", "On_Hand__c", "quantity"),
        out("incoming", "Incoming__c", "quantity"),
        out("forecast", "Forecast__c", "quantity"),
        out("as_of", "As_Of__c", "datetime"),
        out("active", "Published__c", "bool"),
    ]


def case_lines() -> list[Line]:
    """Return the lines of the case. Owner, status and comments are set by the adapter."""
    return [
        out("subject", "Subject", "line", required=True),
        out("description", "Description", "text"),
        out("cause", "Odoo_Cause__c", "line"),
        words("priority", "Priority", {"Low": "low", "Medium": "medium", "High": "high"}),
        one_of("contact", "ContactId", "Contact"),
        one_of("customer", "AccountId", "Account"),
        one_of("customer", "ContactId", "Contact"),
        ref("order", "ERP_Order__c", ORDER_OBJECT),
        ref("shipment", "ERP_Shipment__c", SHIPMENT_OBJECT),
        ref("return", "ERP_Return__c", RETURN_OBJECT),
        ref("earlier", "ParentId", "Case"),
        out("opened_at", "Odoo_Opened_At__c", "datetime"),
        out("due_at", "Odoo_Due_At__c", "datetime"),
    ]


# Fields of cases that the adapter fills itself.
CASE_ORIGIN = "ERP"
CAUSE_GONE = "Odoo_Cause_Gone__c"
WORKED_ON = "Odoo_Worked_On__c"
