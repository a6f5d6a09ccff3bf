"""A fake org that sells: products, price books, cases and the package's objects, with the rules that bite a writer."""

import re

from ..mapping import commerce_lines as table
from .common import paths_of
from .fake_org import USER_ID, FakeOrg
from .fake_writes import KEY, Refusal

PERSON_ID = "0055g00000B0009AAB"
QUEUE_ID = "00G5g000000Q001EAC"
PREFIXES = {
    "Product2": "01t",
    "Pricebook2": "01s",
    "PricebookEntry": "01u",
    "Case": "500",
    "CaseComment": "00a",
    table.ORDER_OBJECT: "a01",
    table.ORDER_LINE_OBJECT: "a02",
    table.SHIPMENT_OBJECT: "a03",
    table.INVOICE_OBJECT: "a04",
    table.RETURN_OBJECT: "a05",
    table.PAYMENT_OBJECT: "a06",
    table.STOCK_OBJECT: "a07",
}
FLAGS = (
    ("Product2", "IsActive"),
    ("PricebookEntry", "IsActive"),
    ("PricebookEntry", "UseStandardPrice"),
    ("Case", table.CAUSE_GONE),
    ("Case", table.WORKED_ON),
    (table.ORDER_OBJECT, "On_Hold__c"),
)
_SELECT = re.compile(r"SELECT (?P<fields>.+?) FROM (?P<object>\w+)(?: WHERE (?P<where>.+?))?(?: ORDER BY .+)?$")
_TERM = re.compile(r"([\w.]+) (=|IN) (.+)")


def commerce_fields():
    """Return {object: fields} of an org with the package."""
    lines = {
        "Product2": table.product_lines(),
        "PricebookEntry": table.price_lines(),
        "Case": table.case_lines(),
        table.ORDER_OBJECT: table.order_lines(),
        table.SHIPMENT_OBJECT: table.shipment_lines(),
        table.INVOICE_OBJECT: table.invoice_lines(),
        table.RETURN_OBJECT: table.return_lines(),
        table.PAYMENT_OBJECT: table.payment_lines(),
        table.STOCK_OBJECT: table.stock_lines(),
    }
    found = {name: paths_of(of_object) | {"CreatedById", "LastModifiedById"} for name, of_object in lines.items()}
    found["PricebookEntry"] |= {"Pricebook2Id", "UseStandardPrice"}
    found["Pricebook2"] = {"Name", "IsActive", "IsStandard", KEY}
    found["Case"] |= {"OwnerId", "Origin", "Status", "IsClosed", table.CAUSE_GONE, table.WORKED_ON}
    found["CaseComment"] = {"ParentId", "CommentBody", "IsPublished", "CreatedById"}
    found["FeedItem"] = {"ParentId", "CreatedById", "Type"}
    found["QueueSobject"] = {"QueueId", "Queue", "SobjectType"}
    found["CaseStatus"] = {"ApiName", "SortOrder", "IsClosed"}
    line = {path for path, _transform in table.ORDER_LINE_FIELDS.values()}
    found[table.ORDER_LINE_OBJECT] = line | {"Name", KEY, table.LINE_REMOVED, table.LINE_CURRENCY, table.ORDER_OBJECT}
    return found


class CommerceOrg(FakeOrg):
    """standard: id of the standard price book."""

    def __init__(self, fields, several_currencies=False):
        super().__init__(fields)
        self.count = 0
        if several_currencies:
            money = ("PricebookEntry", "Case", *(name for name in PREFIXES if name.startswith("ERP_")))
            for name in money:
                self.fields[name].add("CurrencyIsoCode")
                codes = [{"value": code, "label": code, "active": True} for code in ("EUR", "USD")]
                self.facts[name, "CurrencyIsoCode"] = {
                    "type": "picklist",
                    "restrictedPicklist": True,
                    "picklistValues": codes,
                }
        for name in ("Lines__c", "Timeline__c"):
            self.facts[table.ORDER_OBJECT, name] = {"type": "textarea", "length": 2000}
        for path in ("Product2Id", "Pricebook2Id", "UnitPrice"):
            self.facts["PricebookEntry", path] = {"type": "reference", "nillable": False}
        self.facts["PricebookEntry", "UnitPrice"] = {"type": "currency", "nillable": False}
        for name, paths in self.fields.items():
            for path in paths:
                if path.startswith("Amount_") and path != "Amount_Company__c":
                    self.facts[name, path] = {"type": "currency"}
        for name, path in FLAGS:
            self.facts[name, path] = {"type": "boolean"}
        self.standard = self.put("Pricebook2", Name="Standard", IsActive=True, IsStandard=True)
        self.put("QueueSobject", QueueId=QUEUE_ID, SobjectType="Case", Queue={"Name": "Logistics"})
        for order, (name, closed) in enumerate((("New", False), ("Done", True), ("Closed", True))):
            self.put("CaseStatus", ApiName=name, SortOrder=order, IsClosed=closed)

    def put(self, name, **values):
        """Add a record of the org's own; return its id."""
        row = {"Id": self._new_id(name), "SystemModstamp": "2026-05-20T12:00:00.000+0000", **values}
        self.rows[name].append(row)
        return row["Id"]

    def row(self, record_id):
        return next(row for rows in self.rows.values() for row in rows if row["Id"] == record_id)

    def of(self, name):
        return self.rows[name]

    # -- reading

    def _query(self, statement, rest):
        found = _SELECT.match(statement or "")
        if not found or found["object"] not in PREFIXES.keys() | {"QueueSobject", "CaseStatus", "FeedItem"}:
            return super()._query(statement, rest)
        name, where = found["object"], (found["where"] or "").split(" LIMIT ")[0]
        if found["fields"] == "COUNT()":
            return {"totalSize": len(self.rows[name]), "done": True, "records": []}
        rows = [row for row in self.rows[name] if not where or self._meets(row, where)]
        return self._answer([{path.split(".")[0]: row.get(path.split(".")[0]) for path in found["fields"].split(",")}
                             for row in rows])  # fmt: skip

    def _meets(self, row, where):
        return any(all(self._is(row, term) for term in part.split(" AND ")) for part in where.split(" OR "))

    @staticmethod
    def _is(row, term):
        path, operator, value = _TERM.match(term.strip("() ") + (")" if " IN " in term else "")).groups()
        found = row
        for name in path.split("."):
            found = (found or {}).get(name)
        if operator == "=":
            return value == (str(found).lower() if isinstance(found, bool) else f"'{found}'")
        return f"'{found}'".lower() in value.strip("()").lower().split(",")

    # -- writing

    def _write(self, method, rest, query, body):
        if method == "POST":
            return [self._save(record.pop("attributes")["type"], None, record, False) for record in body["records"]]
        return super()._write(method, rest, query, body)

    def _save(self, name, record_id, fields, alone):
        for relation in [path for path in fields if path.endswith("__r")]:
            parent_object = relation.replace("__r", "__c")
            key = fields.pop(relation)[KEY]
            parent = next((row for row in self.rows[parent_object] if row.get(KEY) == key), None)
            if parent is None:
                raise Refusal(400, "INVALID_FIELD", f"Foreign key external ID: {key} not found for field {KEY}")
            fields[parent_object] = parent["Id"]
        known = next((row for row in self.rows[name] if self._is_meant(row, record_id, fields)), None)
        if name == "PricebookEntry":
            self._check_price(fields, known)
        if name == "CaseComment":
            return {"id": self.put(name, CreatedById=USER_ID, **fields), "success": True, "errors": [], "created": True}
        answer = super()._save(name, record_id, fields, alone)
        self._derive(name, self.row(answer["id"]), created=known is None)
        return answer

    @staticmethod
    def _is_meant(row, record_id, fields):
        return row["Id"] == record_id if record_id else KEY in fields and row.get(KEY) == fields[KEY]

    def _check_price(self, fields, known):
        place = ("Product2Id", "Pricebook2Id", "CurrencyIsoCode")
        if known is not None:
            if set(place) & fields.keys():
                raise Refusal(400, "INVALID_FIELD_FOR_INSERT_UPDATE", "immutable", sorted(set(place) & fields.keys()))
            if known.get("UseStandardPrice") and "UnitPrice" in fields:
                text = "field integrity exception: UnitPrice (you cannot set it while you use the standard price)"
                raise Refusal(400, "FIELD_INTEGRITY_EXCEPTION", text, ["UnitPrice"])
            return
        rows = self.rows["PricebookEntry"]
        if any(all(row.get(path) == fields.get(path) for path in place) for row in rows):
            raise Refusal(400, "DUPLICATE_VALUE", "This price definition already exists in this price book")
        if fields["Pricebook2Id"] != self.standard and not any(
            row["Pricebook2Id"] == self.standard
            and row.get("IsActive")
            and all(row.get(path) == fields.get(path) for path in ("Product2Id", "CurrencyIsoCode"))
            for row in rows
        ):
            raise Refusal(400, "STANDARD_PRICE_NOT_DEFINED", "No standard price defined for this product")

    def _derive(self, name, row, created):
        if created:
            row.setdefault("CreatedById", USER_ID)
            row.setdefault("OwnerId", USER_ID)
        row["LastModifiedById"] = USER_ID
        if name == "Case":
            row.setdefault("Status", "New")
            row["IsClosed"] = row["Status"] in ("Done", "Closed")
        if name == table.ORDER_LINE_OBJECT and row.get(table.ORDER_OBJECT):
            row["ERP_Order__r"] = {KEY: self.row(row[table.ORDER_OBJECT])[KEY]}

    def touch(self, record_id, **values):
        """An edit by a person of the org."""
        self.row(record_id).update(values, LastModifiedById=PERSON_ID)

    def _new_id(self, name):
        if name not in PREFIXES and name not in ("QueueSobject", "CaseStatus", "FeedItem"):
            return super()._new_id(name)
        self.count += 1
        return self.to_18(f"{PREFIXES.get(name, '0zz')}5g00000C{self.count:04d}")
