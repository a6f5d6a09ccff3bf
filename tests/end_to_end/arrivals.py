"""Sales that are won on the platform: sound ones, and one kind for each check that fails."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .two_way import BothWays

# What is wrong with a sale, and the code that Odoo has to give it; "" for a sale that has to become a quotation. Each
# check that a sale of an org with one currency can fail; units are not compared, for what an org calls them is no code.
KINDS = {
    "sound": "",
    "no_customer": "ORDER_NO_CUSTOMER",
    "blocked": "ORDER_CUSTOMER_BLOCKED",
    "credit_hold": "ORDER_CREDIT_HOLD",
    "route": "ORDER_ROUTE",
    "no_lines": "ORDER_NO_LINES",
    "sku_missing": "ORDER_SKU_MISSING",
    "unknown_sku": "ORDER_SKU_UNKNOWN",
    "ambiguous_sku": "ORDER_SKU_AMBIGUOUS",
    "discontinued": "ORDER_SKU_DISCONTINUED",
    "not_sold": "ORDER_SKU_NOT_SOLD",
    "quantity": "ORDER_QUANTITY",
    "price": "ORDER_PRICE",
    "tax": "ORDER_TAX_MISSING",
    "total": "ORDER_TOTAL",
    "address": "ORDER_ADDRESS",
    "date": "ORDER_DATE",
    "duplicate": "ORDER_DUPLICATE",
    "several": "ORDER_CHECKS",
}
FAILING = tuple(kind for kind, code in KINDS.items() if code)
# {kind: SKU of the second line}
_SECOND = {
    "sku_missing": "",
    "unknown_sku": "INTAKE-STRANGER",
    "ambiguous_sku": "INTAKE-TWIN",
    "discontinued": "INTAKE-OLD",
    "not_sold": "INTAKE-UNSOLD",
    "tax": "INTAKE-UNTAXED",
    "several": "INTAKE-STRANGER",
}
_NOWHERE = {key: None for key in ("BillingStreet", "BillingCity", "BillingPostalCode", "BillingCountry")}
_REFERENCE = "PO-4711"
PRICE = 20.0


@dataclass(frozen=True, slots=True)
class Sale:
    """An opportunity that was won: its id over there, and what is wrong with it."""

    external_id: str
    kind: str


def open_intake(connection: BothWays) -> None:
    """Switch the stream of won opportunities on, as an administrator does; to be called before the first load."""
    rpc = connection.stack.rpc
    domain = [("connection_id", "=", connection.id), ("remote_object", "=", "Opportunity")]
    streams = rpc("retail.sync.stream", "search", [domain], {"context": {"active_test": False}})
    rpc("retail.sync.stream", "write", [streams, {"active": True, "intake_credit_hold": "refuse"}])


class Salesroom:
    """Wins sales over there: products with a price on both sides, and accounts that are linked.

    accounts: ids of linked accounts with a whole address, five at least.
    """

    def __init__(self, connection: BothWays, accounts: list[str]) -> None:
        self.connection = connection
        self.number = 0
        blocked, held, repeats, *self.accounts = accounts
        self._stand_out(blocked, held, repeats)
        self._fill_shelves(tax=self._foreign_brand())
        [homeless] = connection.simulator.seed("Account", [{"Name": "Nowhere Ltd", **_NOWHERE}])
        connection.quiet(rounds=30, timeout=600)
        # {kind: the customer of its sales, and no others'}
        self.customers = {
            "no_customer": None,
            "blocked": blocked,
            "credit_hold": held,
            "address": homeless,
            "duplicate": repeats,
        }
        self.entries = self._entries()

    def _stand_out(self, blocked: str, held: str, repeats: str) -> None:
        """Block a customer, put one on credit hold by an overdue invoice, let one have an order with a reference."""
        rpc, partner = self.connection.stack.rpc, {key: self._partner(key) for key in (blocked, held, repeats)}
        self.connection.write(partner[blocked], account_block=True, account_block_reason="Cheque returned by the bank")
        long_ago = str(date.today() - timedelta(days=60))
        line = {"name": "Goods", "price_unit": 500.0, "tax_ids": [(5,)]}
        values = {
            "move_type": "out_invoice",
            "partner_id": partner[held],
            "invoice_date": long_ago,
            "invoice_date_due": long_ago,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [(0, 0, line)],
        }
        rpc("account.move", "action_post", [rpc("account.move", "create", [values])])
        rpc("sale.order", "create", [{"partner_id": partner[repeats], "client_order_ref": _REFERENCE}])

    def _partner(self, account: str) -> int:
        return int(self.connection.link(account)["res_id"])

    def _foreign_brand(self) -> int:
        """Route a brand to a company in which the connection does not sell; return a tax of that company."""
        rpc = self.connection.stack.rpc
        # Of the same country, for Odoo gives a company the books and the currency of its country.
        [first] = rpc("res.company", "search_read", [[], ["country_id"]], {"limit": 1, "order": "id"})
        country = first["country_id"][0]
        [company] = rpc("res.company", "create", [[{"name": "Overseas", "country_id": country}]])
        rpc("retail.sync.order.route", "create", [{"name": "Overseas", "brand": "Overseas", "company_id": company}])
        there = {"name": "Overseas", "company_id": company, "country_id": country}
        [group] = rpc("account.tax.group", "create", [[there]])
        values = {**there, "tax_group_id": group, "amount": 10, "type_tax_use": "sale"}
        return int(rpc("account.tax", "create", [[values]])[0])

    def _fill_shelves(self, tax: int) -> None:
        """Make products here, which are published, and those over there that Odoo knows not, or too well.

        tax: of another company, for all but one; those of the own company are Odoo's default.
        """
        connection, org, rpc = self.connection, self.connection.simulator, self.connection.stack.rpc
        published = ("INTAKE-1", "INTAKE-2", "INTAKE-OLD", "INTAKE-UNSOLD", "INTAKE-UNTAXED")
        goods = [{"name": f"Sold {sku}", "default_code": sku, "list_price": PRICE} for sku in published]
        goods[-1]["taxes_id"] = [(5, 0, 0)]
        made = rpc("product.product", "create", [goods])
        rpc("product.product", "write", [made[:-1], {"taxes_id": [(4, tax)]}])
        connection.quiet(rounds=30, timeout=600)
        rpc("product.product", "write", [[made[2]], {"active": False}])
        rpc("product.product", "write", [[made[3]], {"sale_ok": False}])
        connection.quiet(rounds=30, timeout=600)
        doubled = [{"name": f"Twin {number}", "default_code": "INTAKE-TWIN", "list_price": PRICE} for number in (1, 2)]
        rpc("product.product", "create", [doubled])
        [self.book] = [row["Id"] for row in org.records("Pricebook2") if row.get("IsStandard")]
        names = {"INTAKE-STRANGER": "Stranger", "INTAKE-TWIN": "Which twin?", "": "Nameless"}
        values = [{"Name": name, "ProductCode": sku or None, "IsActive": True} for sku, name in names.items()]
        ids = org.seed("Product2", values)
        org.seed("PricebookEntry", [self._entry(product) for product in ids])
        self.foreign = dict(zip(ids, names, strict=True))

    def _entry(self, product: str) -> dict[str, Any]:
        return {"Pricebook2Id": self.book, "Product2Id": product, "UnitPrice": PRICE, "IsActive": True}

    def _entries(self) -> dict[str, str]:
        """Return {SKU: id of its price}; a product that was made over there counts before one of ours."""
        org = self.connection.simulator
        skus = {row["Id"]: row.get("ProductCode") or "" for row in org.records("Product2")}
        rows = sorted(org.records("PricebookEntry"), key=lambda row: row["Product2Id"] in self.foreign)
        return {skus[row["Product2Id"]]: row["Id"] for row in rows if row["Pricebook2Id"] == self.book}

    def win(self, kinds: list[str]) -> list[Sale]:
        """Win one sale of each kind named; they come with the next poll."""
        org = self.connection.simulator
        heads = [self._head(kind) for kind in kinds]
        ids = org.seed("Opportunity", heads)
        lines = [line for external_id, kind in zip(ids, kinds, strict=True) for line in self._lines(external_id, kind)]
        org.seed("OpportunityLineItem", lines)
        return [Sale(external_id, kind) for external_id, kind in zip(ids, kinds, strict=True)]

    def _head(self, kind: str) -> dict[str, Any]:
        self.number += 1
        usual = self.accounts[self.number % len(self.accounts)]
        # A seed computes no totals: the amount is that of the lines, which only a sale of that kind is not.
        total = sum(line["Quantity"] * line["UnitPrice"] for line in self._lines("", kind))
        return {
            "Name": f"Sale {self.number}",
            "AccountId": self.customers.get(kind, usual),
            "StageName": "Closed Won",
            "IsWon": True,
            "IsClosed": True,
            "CloseDate": str(date.today() + timedelta(days=90 if kind == "date" else -10)),
            "Pricebook2Id": self.book,
            "Send_To_ERP__c": True,
            "Amount": round(total, 2) + (5 if kind == "total" else 0),
            "Odoo_Brand__c": "Overseas" if kind == "route" else None,
            "Odoo_Customer_Reference__c": _REFERENCE if kind == "duplicate" else f"PO-{self.number}-{kind}",
        }

    def _lines(self, opportunity: str, kind: str) -> list[dict[str, Any]]:
        if kind == "no_lines":
            return []
        # The wrong price stands in a line whose product is known.
        prices = (PRICE * 0.7 if kind in ("price", "several") else PRICE, PRICE)
        quantities = (2, -1 if kind == "quantity" else 2)
        skus = ("INTAKE-1", _SECOND.get(kind, "INTAKE-2"))
        return [
            {
                "OpportunityId": opportunity,
                "PricebookEntryId": self.entries[sku],
                "Quantity": quantity,
                "UnitPrice": price,
            }
            for sku, quantity, price in zip(skus, quantities, prices, strict=True)
        ]


def wrong_outcomes(connection: BothWays, sales: list[Sale]) -> list[str]:
    """What did not become what it had to, in words; an empty list is a proof."""
    found: list[str] = []
    orders = {row["external_id"]: row for row in _orders(connection)}
    exceptions = connection.query(
        "SELECT external_id, fault_code, fault_message FROM retail_sync_message WHERE connection_id = %s"
        " AND state = 'open' AND remote_object = 'Opportunity'",
        connection.id,
    )
    codes = {row["external_id"]: row["fault_code"] for row in exceptions}
    texts = {row["external_id"]: row["fault_message"] for row in exceptions}
    found += [f"{key} has {count} exceptions" for key, count in _repeated(exceptions).items()]
    found += [f"{key} became {count} orders" for key, count in _repeated(_orders(connection)).items()]
    for sale in sales:
        wanted = KINDS[sale.kind]
        order, code = orders.get(sale.external_id), codes.get(sale.external_id)
        if wanted and (order or code != wanted):
            found.append(f"{sale} is {'an order' if order else code}, not {wanted}: {texts.get(sale.external_id)}")
        if not wanted:
            if order is None:
                found.append(f"{sale} is no order but {code}: {texts.get(sale.external_id)}")
            elif order["lines"] != 2 or order["total"] is None:
                found.append(f"{sale} became half an order: {order}")
    return found


def _repeated(rows: list[dict[str, Any]]) -> dict[str, int]:
    counts = Counter(row["external_id"] for row in rows)
    return {key: count for key, count in counts.items() if count > 1}


def unanswered(connection: BothWays, sales: list[Sale]) -> list[str]:
    """Sound sales over there that do not show the number of their order."""
    names = {row["external_id"]: row["name"] for row in _orders(connection)}
    sound = [sale.external_id for sale in sales if not KINDS[sale.kind]]
    records = {row["Id"]: row for row in connection.simulator.records("Opportunity", sound)}
    return [key for key in sound if records[key].get("Odoo_Quote_Number__c") != names.get(key)]


def _orders(connection: BothWays) -> list[dict[str, Any]]:
    return connection.query(
        "SELECT link.external_id, o.name, o.amount_untaxed AS total, (SELECT count(*) FROM sale_order_line line"
        " WHERE line.order_id = o.id) AS lines FROM retail_sync_link link JOIN sale_order o ON o.id = link.res_id"
        " WHERE link.connection_id = %s AND link.remote_object = 'Opportunity' AND link.res_model = 'sale.order'",
        connection.id,
    )
