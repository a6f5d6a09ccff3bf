from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.retail_sync.adapter import OutboundRecord

from ...client import soql
from ...mapping.children import CHILDREN
from ...mapping.intake_lines import opportunity_lines
from ..common import OLD, SalesforceCase, paths_of
from ..fake_org import NOW, stamp

ITEMS = "OpportunityLineItems"


@tagged("post_install", "-at_install")
class TestTrees(SalesforceCase):
    """Opportunities are read with their products: one query for the whole tree."""

    entities = ("customer", "incoming_order")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fields["Opportunity"] = (paths_of(opportunity_lines()) - {ITEMS}) | {"AccountId", "CurrencyIsoCode"}
        cls.fields["OpportunityLineItem"] = {path for path in CHILDREN[ITEMS].fields if "." not in path}
        cls.fields["OpportunityLineItem"] |= {"OpportunityId", "PricebookEntryId"}
        cls.fields["PricebookEntry"] = {"Product2Id"}
        cls.fields["Product2"] = {"ProductCode", "StockKeepingUnit"}
        every = cls.connection.with_context(active_test=False).stream_ids
        cls.intakes = every.filtered(lambda stream: stream.entity == "incoming_order")
        cls.sales = cls.intakes.filtered(lambda stream: stream.remote_object == "Opportunity")
        cls.were_active = cls.intakes.mapped("active")
        cls.sales.active = True

    def sale(self, number, *items, modstamp=OLD, **values):
        values = {
            "Name": f"Sale {number}",
            "AccountId": self.adapter.normalise_id("0015g00000A0001"),
            "IsWon": True,
            "CloseDate": "2026-05-20",
            "CurrencyIsoCode": "EUR",
            "Amount": 180.0,
            "Owner.Email": "rep@acme.example",
            ITEMS: [self.item(number, place, **item) for place, item in enumerate(items)],
            **values,
        }
        return self._add("Opportunity", f"0065g00000A{number:04d}", modstamp, values)

    def item(self, number, place, sku="BIKE", **values):
        return {
            "Id": f"00k5g0000{number:03d}{place:03d}",
            "Quantity": 2.0,
            "UnitPrice": 100.0,
            "ListPrice": 120.0,
            "Discount": 10.0,
            "TotalPrice": 180.0,
            "Description": None,
            "ServiceDate": "2026-06-01",
            "PricebookEntry.Product2.ProductCode": sku,
            **values,
        }

    def rows(self, *record_ids):
        return self.adapter.read_by_ids(self.sales, record_ids)[0]

    def decoded(self, row):
        incoming, errors = self.decode(self.sales, row)
        self.assertFalse(errors)
        return incoming.parts["main"]

    def test_nothing_comes_before_an_administrator_says_so(self):
        self.assertEqual(self.were_active, [False, False])
        self.assertEqual(sorted(self.intakes.mapped("remote_object")), ["Opportunity", "Order"])
        self.assertEqual(set(self.intakes.mapped("export_policy")), {"never"})

    def test_a_tree_costs_one_call(self):
        wanted = [self.sale(1, {}, {"sku": "BELL"}), self.sale(2, {})]
        self.rows(wanted[0])
        self.org.calls.clear()

        rows = self.rows(*wanted)

        self.assertEqual(len(self.org.calls), 1)
        self.assertEqual(sorted(len(row[ITEMS]) for row in rows), [1, 2])

    def test_products_become_lines(self):
        main = self.decoded(self.rows(self.sale(1, {}, {"sku": "BELL", "Discount": None, "ServiceDate": None}))[0])

        self.assertEqual(
            main["lines"],
            [
                {
                    "key": self.adapter.normalise_id("00k5g0000001000"),
                    "sku": "BIKE",
                    "quantity": {"quantity": "2", "unit": None},
                    "unit_price": {"amount": "100.00", "currency": "EUR"},
                    "discount": 10.0,
                    "total": {"amount": "180.00", "currency": "EUR"},
                    "requested_on": "2026-06-01",
                },
                {
                    "key": self.adapter.normalise_id("00k5g0000001001"),
                    "sku": "BELL",
                    "quantity": {"quantity": "2", "unit": None},
                    "unit_price": {"amount": "100.00", "currency": "EUR"},
                    "total": {"amount": "180.00", "currency": "EUR"},
                },
            ],
        )
        self.assertEqual((main["currency"], main["ready"]), ("EUR", True))
        self.assertEqual(main["total"], {"amount": "180.00", "currency": "EUR"})
        self.assertEqual(main["customer"], f"Account/{self.adapter.normalise_id('0015g00000A0001')}")
        self.assertEqual(main["salesperson"], "rep@acme.example")

    def test_products_in_another_order_are_the_same(self):
        record_id = self.sale(1, {}, {"sku": "BELL"})
        first = self.decoded(self.rows(record_id)[0])
        self.org.rows["Opportunity"][0][ITEMS].reverse()

        self.assertEqual(self.decoded(self.rows(record_id)[0]), first)

    def test_a_sale_without_products_has_no_lines(self):
        main = self.decoded(self.rows(self.sale(1))[0])
        self.assertIsNone(main["lines"])

    def test_an_org_with_one_currency_has_no_field_for_it(self):
        self.org.fields["Opportunity"].discard("CurrencyIsoCode")
        main = self.decoded(self.rows(self.sale(1, {}))[0])

        company = (self.connection.company_id or self.env.company).currency_id.name
        self.assertEqual(main["currency"], company)
        self.assertEqual(main["lines"][0]["unit_price"]["currency"], company)

    def test_more_products_than_one_answer_carries(self):
        record_id = self.sale(1, *({"sku": f"S{number}"} for number in range(7)))
        self.org.children_size = 3

        rows = self.rows(record_id)

        self.assertEqual(
            [item["PricebookEntry"]["Product2"]["ProductCode"] for item in rows[0][ITEMS]],
            [f"S{number}" for number in range(7)],
        )
        self.assertNotIn("attributes", rows[0][ITEMS][6])

    def test_a_field_of_products_that_is_hidden_is_left_out(self):
        self.org.hidden["OpportunityLineItem"] = {"Discount"}
        main = self.decoded(self.rows(self.sale(1, {}))[0])
        self.assertNotIn("discount", main["lines"][0])

    def test_pages_and_polls_read_trees(self):
        self.sale(1, {})
        rows, _cursor, _more = self.adapter.fetch_page(self.sales, {}, 10)
        self.assertEqual(len(rows[0][ITEMS]), 1)

        self.sales.cursor = {"since": "2026-01-01T00:00:00Z"}
        result = self.adapter.poll(self.connection, self.sales, 10)[self.sales.id]
        self.assertFalse(result.error)
        self.assertEqual(len(result.rows[0][ITEMS]), 1)

    def test_a_line_that_changes_alone_is_seen(self):
        """What does not change the amount need not touch the opportunity."""
        record_id = self.sale(1, {})
        now = stamp(NOW)
        self.org.rows["OpportunityLineItem"] = [{"Id": "x", "OpportunityId": record_id, "SystemModstamp": now}]
        self.sales.cursor = {"since": "2026-05-20T11:00:00Z"}

        result = self.adapter.poll(self.connection, self.sales, 10)[self.sales.id]

        self.assertEqual([row["Id"] for row in result.rows], [record_id])
        self.assertNotIn("modstamp", result.cursor)

        self.org.rows["OpportunityLineItem"][0]["SystemModstamp"] = stamp(NOW - timedelta(days=2))
        self.assertFalse(self.adapter.poll(self.connection, self.sales, 10)[self.sales.id].rows)

    def test_bulk_is_never_used_for_trees(self):
        self.assertFalse(self.adapter.suits_bulk(self.sales))
        self.assertTrue(self.adapter.suits_bulk(self.accounts))

    def test_a_subquery_is_built_of_checked_names(self):
        child = soql.child_query("Items", ["Id", "A.B"])
        self.assertEqual(soql.field_list(["Id", child]), "Id,(SELECT Id,A.B FROM Items)")
        for relationship, fields in (("Items WHERE x", ["Id"]), ("Items", ["Id FROM User"]), ("Items", [])):
            with self.assertRaises(ValueError):
                soql.child_query(relationship, fields)
        with self.assertRaises(ValueError):
            soql.field_list(["Id", "(SELECT Id FROM Items)"])

    def test_what_odoo_made_of_a_sale_goes_back_in_one_write(self):
        record_id = self.sale(1, {})
        self.sales.direction = "both"
        self.org.facts["Opportunity", "Odoo_Quote_Total__c"] = {"type": "currency"}
        database = self.adapter._database_prefix()
        values = {
            "quote_number": "S00007",
            "quote_state": "Quotation",
            "quote_total": {"amount": "217.80", "currency": "EUR"},
            "quote_url": "https://odoo.example.com/odoo/sale.order/7",
        }
        record = OutboundRecord(
            key=f"{database}:sale.order:7",
            res_id=7,
            external_id=record_id,
            parts={"main": {**values, "currency": "EUR"}},
            changed={"main": set(values)},
            sent={"main": values},
            local={"main": 7},
            ack=True,
            attributes={},
        )
        [encoded] = self.adapter.encode(self.sales, [record])
        self.assertFalse(encoded.fault)
        [answer] = self.adapter.push(self.sales, [encoded])

        self.assertTrue(answer.ok, answer.fault)
        [row] = self.org.rows["Opportunity"]
        self.assertEqual((row["Odoo_Quote_Number__c"], row["Odoo_Quote_Total__c"]), ("S00007", 217.8))
        self.assertEqual(row["Odoo_External_Id__c"], f"{database}:sale.order:7")
        self.assertEqual(row["Name"], "Sale 1")

    def test_orders_of_the_org_are_ready_by_the_code_of_their_status(self):
        orders = self.intakes - self.sales
        self.org.fields["Order"] = {"StatusCode", "OrderNumber", "AccountId", "EffectiveDate"}
        for code, ready in (("Activated", True), ("A", True), ("Draft", False), (None, None)):
            row = {"Id": self.adapter.normalise_id("8015g00000A0001"), "SystemModstamp": OLD, "StatusCode": code}
            incoming, errors = self.decode(orders, row)
            self.assertFalse(errors)
            self.assertEqual(incoming.parts["main"]["ready"], ready)
        self.adapter.check_filter(orders, orders.filter_text)

    def test_a_stream_takes_only_sales_with_the_flag_whatever_their_date(self):
        """By its date, an order that is activated late would never come, and one without the flag would."""
        for stream in self.intakes:
            self.assertIn("AND Send_To_ERP__c = true) OR Odoo_Quote_Number__c != null", stream.filter_text)
            self.assertNotIn("Date", stream.filter_text)

    def test_the_reference_of_an_order_is_its_po_number_or_the_field_of_the_package(self):
        orders = self.intakes - self.sales
        self.org.fields["Order"] = {"StatusCode", "PoNumber", "Odoo_Customer_Reference__c"}
        for number, packaged, found in (("PO 1", "R 1", "PO 1"), (None, "R 1", "R 1"), (None, None, None)):
            row = {"Id": self.adapter.normalise_id("8015g00000A0001"), "SystemModstamp": OLD, "StatusCode": "A"}
            incoming, errors = self.decode(orders, {**row, "PoNumber": number, "Odoo_Customer_Reference__c": packaged})
            self.assertFalse(errors)
            self.assertEqual(incoming.parts["main"]["customer_reference"], found)

    def test_our_id_on_an_opportunity_is_that_of_an_order(self):
        database = self.adapter._database_prefix()
        row = self.rows(self.sale(1, {}, Odoo_External_Id__c=f"{database}:sale.order:7"))[0]
        self.assertEqual(self.decode(self.sales, row)[0].local_ref, "7")
        row["Odoo_External_Id__c"] = f"{database}:res.partner:7"
        self.assertIsNone(self.decode(self.sales, row)[0].local_ref)
