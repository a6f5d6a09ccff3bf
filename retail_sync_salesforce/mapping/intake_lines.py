"""The mapping lines of sales of the org that become orders of Odoo; what Odoo made of them goes back."""

from .default_lines import CURRENCY, IN, Line, line

# The category of a status, whatever labels the org gives its statuses.
ACTIVATED = ("Activated", "A")
# Which records become orders. One that Odoo knows stays in scope when it is reopened: a person decides about it.
KNOWN = "Odoo_Quote_Number__c != null"
# Without it, switching a stream on would make quotations of all sales that were ever won.
FLAG = "Send_To_ERP__c"
OPPORTUNITY_FILTER = f"(IsWon = true AND {FLAG} = true) OR {KNOWN}"
ORDER_FILTER = f"(StatusCode IN ({', '.join(repr(word) for word in ACTIVATED)}) AND {FLAG} = true) OR {KNOWN}"
_MONEY = {"currency_field": CURRENCY}


def _quote_lines() -> list[Line]:
    """Return the lines of what Odoo made of a sale. They are read as well: an edit of them over there is taken back."""
    return [
        line("quote_number", "Odoo_Quote_Number__c", "line"),
        line("quote_state", "Odoo_Quote_State__c", "line"),
        line("quote_total", "Odoo_Quote_Total__c", "amount", options=_MONEY),
        line("quote_url", "Odoo_Quote_URL__c", "url"),
    ]


def opportunity_lines() -> list[Line]:
    """Return the lines of an opportunity that becomes an order; its products are read with it."""
    return [
        line("title", "Name", "line", direction=IN),
        line("customer", "AccountId", "salesforce_ref", direction=IN, options={"object": "Account"}),
        line("ready", "IsWon", "bool", direction=IN),
        line("closed_on", "CloseDate", "date", direction=IN),
        line("customer_reference", "Odoo_Customer_Reference__c", "line", direction=IN),
        line("brand", "Odoo_Brand__c", "line", direction=IN),
        line("region", "Odoo_Region__c", "line", direction=IN),
        line("salesperson", "Owner.Email", "email", direction=IN),
        line("total", "Amount", "amount", direction=IN, options=_MONEY),
        line("lines", "OpportunityLineItems", "salesforce_items", direction=IN, options=_MONEY),
        *_quote_lines(),
    ]


def sales_order_lines() -> list[Line]:
    """Return the lines of an activated order of the org that becomes one of Odoo; its products are read with it."""
    return [
        line("number", "OrderNumber", "line", direction=IN),
        line("title", "Name|OrderNumber", "line", direction=IN),
        line("customer", "AccountId", "salesforce_ref", direction=IN, options={"object": "Account"}),
        line("contact", "BillToContactId", "salesforce_ref", direction=IN, options={"object": "Contact"}),
        line("ready", "StatusCode", "salesforce_one_of", direction=IN, options={"words": list(ACTIVATED)}),
        line("closed_on", "EffectiveDate", "date", direction=IN),
        line("customer_reference", "PoNumber|Odoo_Customer_Reference__c", "line", direction=IN),
        line("brand", "Odoo_Brand__c", "line", direction=IN),
        line("region", "Odoo_Region__c", "line", direction=IN),
        line("delivery_country", "ShippingCountryCode|ShippingCountry", "country", direction=IN),
        line("salesperson", "Owner.Email", "email", direction=IN),
        line("total", "TotalAmount", "amount", direction=IN, options=_MONEY),
        line("notes", "Description", "text", direction=IN),
        line("lines", "OrderItems", "salesforce_items", direction=IN, options=_MONEY),
        *_quote_lines(),
    ]
