"""What the contract tests of commerce share: prices, and calls by external id."""

from .support import EXTERNAL_ID

ORDER, LINE, SHIPMENT = "ERP_Order__c", "ERP_Order_Line__c", "ERP_Shipment__c"


def upsert(sf, sobject, records, **headers):
    """The results of one collections call by external id."""
    rows = [{"attributes": {"type": sobject}, **record} for record in records]
    path = f"composite/sobjects/{sobject}/{EXTERNAL_ID}"
    return sf.restful(path, method="PATCH", json={"records": rows, "allOrNone": False}, headers=headers)


def price(book, product, amount=50, **more):
    return {"Pricebook2Id": book, "Product2Id": product, "UnitPrice": amount, "IsActive": True, **more}
