import json

from odoo.tests import tagged

from ..commerce_case import DATABASE, CommerceCase, money
from ..fake_org import Refusal

ACCOUNT, OTHER, CONTACT = "001000000000001AAA", "001000000000002AAA", "003000000000001AAA"
LINES = [
    {"key": "11", "sku": "S1", "ordered": {"quantity": "3", "unit": None}, "total": money(30)},
    {"key": "12", "sku": "S2", "ordered": {"quantity": "1", "unit": None}, "total": money(9.5)},
]


class DocumentCase(CommerceCase):
    def setUp(self):
        super().setUp()
        self.env.company.currency_id = self.env.ref("base.EUR")

    def order(self, number=1, currency="EUR", **values):
        return self.new(
            "order",
            number,
            **{
                "number": f"S{number:05d}",
                "customer": f"Account/{ACCOUNT}",
                "contact": None,
                "stage": "confirmed",
                "ordered_at": "2026-05-20T10:00:00Z",
                "currency": currency,
                "total": money(39.5, currency),
                "total_company": money(40, "EUR"),
                "hold": False,
                "lines": LINES,
                **values,
            },
        )


@tagged("post_install", "-at_install")
class TestDocuments(DocumentCase):
    """Documents are written as Odoo tells them, without a look at what the org has."""

    def test_an_order_as_salespeople_see_it(self):
        row = self.made("order", self.order())
        self.assertEqual((row["Name"], row["Stage__c"], row["Amount_Total__c"]), ("S00001", "Confirmed", 39.5))
        self.assertEqual((row["Amount_Company__c"], row["Currency__c"]), ("40.00 EUR", "EUR"))
        self.assertEqual((row["Account__c"], row["Contact__c"]), (ACCOUNT, None))
        self.assertEqual(row["Ordered_At__c"], "2026-05-20T10:00:00Z")
        self.assertEqual(json.loads(row["Lines__c"])["lines"][1]["total"], money(9.5))
        self.assertEqual(row["Odoo_External_Id__c"], f"{DATABASE}:sale.order:1")
        self.assertFalse(self.outgoing[0].warnings)

    def test_a_thousand_orders_are_one_call_and_none_is_read(self):
        self.encode("order", self.order())
        encoded = self.encode("order", *(self.order(number) for number in range(1000)))
        self.assertEqual(self.calls_of(self.adapter.push, self.streams["order"], encoded), 1)
        known = [
            self.changed("order", n, row["Id"], "stage", stage="shipped", customer=f"Account/{ACCOUNT}")
            for n, row in enumerate(list(self.org.of("ERP_Order__c")))
        ]
        encoded = self.encode("order", *known)
        self.assertEqual(self.calls_of(self.adapter.push, self.streams["order"], encoded), 1)
        self.assertEqual({row["Stage__c"] for row in self.org.of("ERP_Order__c")}, {"Shipped"})

    def test_orders_of_one_account_go_next_to_each_other_and_answers_keep_their_order(self):
        accounts = [OTHER, ACCOUNT] * 3
        answers = self.push("order", *(self.order(n, customer=f"Account/{a}") for n, a in enumerate(accounts)))
        written = [fields["Account__c"] for name, _id, fields in self.org.written if name == "ERP_Order__c"]
        self.assertEqual(written, sorted(written))
        self.assertEqual([self.org.row(a.external_id)["Name"] for a in answers], [f"S{n:05d}" for n in range(6)])

    def test_the_customer_is_an_account_or_a_contact_and_a_contact_goes_first(self):
        row = self.made("order", self.order(1, customer=f"Contact/{CONTACT}"))
        self.assertEqual((row["Account__c"], row["Contact__c"]), (None, CONTACT))
        row = self.made("order", self.order(2, contact=f"Contact/{CONTACT}"))
        self.assertEqual((row["Account__c"], row["Contact__c"]), (ACCOUNT, CONTACT))
        values = {"customer": f"Account/{OTHER}", "contact": f"Contact/{CONTACT}"}
        self.made("order", self.changed("order", 2, row["Id"], "customer", **values))
        self.assertEqual((row["Account__c"], row["Contact__c"]), (OTHER, CONTACT))

    def test_amounts_of_another_currency_are_left_out_and_not_counted_as_sent(self):
        row = self.made("order", self.order(currency="USD"))
        self.assertNotIn("Amount_Total__c", row)
        self.assertEqual((row["Currency__c"], row["Amount_Company__c"]), ("USD", "40.00 EUR"))
        self.assertEqual(len(self.outgoing[0].warnings), 1)
        self.assertNotIn("total", self.outgoing[0].record.sent["main"])
        self.connection.sf_currency_id = self.env.ref("base.USD")
        self.assertEqual(self.made("order", self.order(2, currency="USD"))["Amount_Total__c"], 39.5)

    def test_lines_that_have_no_room_are_counted(self):
        lines = [{"key": str(n), "sku": f"SKU-{n}", "name": "x" * 50} for n in range(60)]
        row = self.made("order", self.order(lines=lines, timeline=lines))
        found, timeline = json.loads(row["Lines__c"]), json.loads(row["Timeline__c"])
        self.assertLessEqual(len(row["Lines__c"]), 2000)
        self.assertEqual(found["more"] + len(found["lines"]), 60)
        self.assertEqual((found["lines"][0]["key"], timeline["lines"][-1]["key"]), ("0", "59"))

    def test_a_parent_that_is_gone_for_the_moment_is_waited_for(self):
        def judge(name, fields, alone):
            raise Refusal(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ["Account__c"])

        self.org.judge = judge
        [answer] = self.push("order", self.order())
        self.assertEqual((answer.ok, answer.fault.fault_class), (False, "dependency"))


@tagged("post_install", "-at_install")
class TestDocumentsInCurrencies(DocumentCase):
    several_currencies = True

    def test_the_record_is_in_the_currency_of_its_document(self):
        row = self.made("order", self.order(currency="USD"))
        self.assertEqual((row["CurrencyIsoCode"], row["Amount_Total__c"]), ("USD", 39.5))
        self.made("order", self.changed("order", 1, row["Id"], "currency total", currency="EUR", total=money(35)))
        self.assertEqual((row["CurrencyIsoCode"], row["Amount_Total__c"]), ("EUR", 35))

    def test_a_currency_that_the_org_lacks_leaves_the_amounts_out(self):
        row = self.made("order", self.order(currency="GBP"))
        self.assertNotIn("CurrencyIsoCode", row)
        self.assertNotIn("Amount_Total__c", row)
        self.assertEqual(row["Currency__c"], "GBP")


@tagged("post_install", "-at_install")
class TestLinesAsRecords(DocumentCase):
    """By choice of the stream, each line is a record too."""

    def setUp(self):
        super().setUp()
        self.streams["order"].sf_lines_as_records = True

    def lines(self):
        return {row["SKU__c"]: row for row in self.org.of("ERP_Order_Line__c")}

    def test_lines_follow_their_order_in_one_more_call(self):
        self.encode("order", self.order())
        encoded = self.encode("order", *(self.order(n, lines=[{**LINES[0], "key": f"{n}"}]) for n in range(5)))
        self.assertEqual(self.calls_of(self.adapter.push, self.streams["order"], encoded), 2)
        [line] = [row for row in self.org.of("ERP_Order_Line__c") if row["Odoo_External_Id__c"].endswith(":3")]
        self.assertEqual(line["ERP_Order__r"], {"Odoo_External_Id__c": f"{DATABASE}:sale.order:3"})
        self.assertEqual((line["SKU__c"], line["Ordered__c"], line["Total__c"]), ("S1", 3, 30))
        self.assertEqual(self.adapter.bulk_write_threshold(self.streams["order"]), 0)

    def test_a_price_of_a_fraction_of_a_cent_keeps_its_decimals(self):
        """It was rounded to the decimals of its currency: 1,000 screws at 0.04, for 37.50."""
        screws = {**LINES[0], "unit_price": {"amount": "0.0375", "currency": "EUR"}}
        self.made("order", self.order(lines=[screws]))
        self.assertEqual((self.lines()["S1"]["Unit_Price__c"], self.lines()["S1"]["Total__c"]), (0.0375, 30))

    def test_a_line_that_the_order_lost_counts_nothing(self):
        row = self.made("order", self.order())
        self.made("order", self.changed("order", 1, row["Id"], "lines", lines=LINES[:1], currency="EUR"))
        kept, lost = self.lines()["S1"], self.lines()["S2"]
        self.assertEqual((kept["Removed__c"], kept["Ordered__c"]), (False, 3))
        self.assertEqual((lost["Removed__c"], lost["Ordered__c"], lost["Total__c"]), (True, 0, 0))

    def test_a_line_that_is_refused_has_its_order_sent_again(self):
        def judge(name, fields, alone):
            if name == "ERP_Order_Line__c":
                raise Refusal(503, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access")

        self.org.judge = judge
        [answer] = self.push("order", self.order())
        self.assertEqual((answer.ok, answer.fault.fault_class), (False, "transient"))
        self.org.judge = lambda name, fields, alone: None
        self.made("order", self.order())
        self.assertEqual((len(self.org.of("ERP_Order__c")), len(self.lines())), (1, 2))

    def test_a_change_of_something_else_writes_no_line(self):
        row = self.made("order", self.order())
        encoded = self.encode("order", self.changed("order", 1, row["Id"], "stage", stage="shipped", lines=LINES))
        self.assertEqual(self.calls_of(self.adapter.push, self.streams["order"], encoded), 1)
