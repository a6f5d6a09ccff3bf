from odoo.exceptions import UserError
from odoo.tests import tagged

from ...mapping.commerce_lines import ORDER_OBJECT
from ...mapping.mirror_lines import MIRROR_ITEM_OBJECT, MIRROR_OBJECT, mirror_lines
from ..commerce_case import CommerceCase, money
from ..commerce_org import PREFIXES, CommerceOrg
from ..common import paths_of
from ..fake_writes import KEY, Refusal

ACCOUNT = "Account/0015g00000A0001AAA"


class OrderOrg(CommerceOrg):
    """An org with standard orders. Their items need an entry of the price book, and are kept once one is activated."""

    def __init__(self, fields, several_currencies=False):
        super().__init__(fields, several_currencies)
        for order, (name, code) in enumerate((("Entwurf", "Draft"), ("Aktiv", "Activated"))):
            self.put("OrderStatus", ApiName=name, StatusCode=code, SortOrder=order)
        self.edits_activated = False
        for path in ("AccountId", "EffectiveDate", "Status"):
            self.facts[MIRROR_OBJECT, path] = {"type": "string", "nillable": False}

    def _save(self, name, record_id, fields, alone):
        if name == MIRROR_OBJECT and not record_id and fields.get("Status") != "Entwurf" and "Status" in fields:
            raise Refusal(400, "FAILED_ACTIVATION", "An order begins as a draft.", ["Status"])
        if name == MIRROR_OBJECT and record_id and fields.get("Status") == "Aktiv" and not self.items(record_id):
            raise Refusal(400, "FAILED_ACTIVATION", "An order must have at least one product.", ["Status"])
        if name == MIRROR_ITEM_OBJECT:
            known = next((row for row in self.rows[name] if self._is_meant(row, record_id, fields)), None)
            order = self.row((known or fields)["OrderId"])
            if known and {"OrderId", "PricebookEntryId"} & fields.keys():
                raise Refusal(400, "INVALID_FIELD_FOR_INSERT_UPDATE", "immutable", ["PricebookEntryId"])
            if order["StatusCode"] == "Activated" and not self.edits_activated:
                raise Refusal(400, "FIELD_INTEGRITY_EXCEPTION", "The order is activated.", ["Quantity"])
        answer = super()._save(name, record_id, fields, alone)
        row = self.row(answer["id"])
        if name == MIRROR_OBJECT:
            row["StatusCode"] = {"Entwurf": "Draft", "Aktiv": "Activated"}[row["Status"]]
        return answer

    def items(self, order_id):
        return [row for row in self.rows[MIRROR_ITEM_OBJECT] if row["OrderId"] == order_id]


class MirrorCase(CommerceCase):
    @classmethod
    def keep_streams(cls):  # pylint: disable=missing-return
        super().keep_streams()
        cls.connection.stream_ids.filtered(lambda stream: stream.entity == "incoming_order").active = False
        cls.connection.sf_order_target = "standard"
        cls.streams["order"] = cls.connection.stream_ids.filtered(lambda stream: stream.entity == "order")
        cls.streams["order"].history = "none"
        cls.fields[MIRROR_OBJECT] = paths_of(mirror_lines()) | {"Status", "StatusCode", "Pricebook2Id"}
        cls.fields[MIRROR_ITEM_OBJECT] = {"OrderId", "PricebookEntryId", "Quantity", "UnitPrice", "Description", KEY}
        cls.fields["OrderStatus"] = {"ApiName", "StatusCode", "SortOrder"}
        for name, prefix in ((MIRROR_OBJECT, "801"), (MIRROR_ITEM_OBJECT, "802"), ("OrderStatus", "0os")):
            PREFIXES[name] = prefix
            cls.addClassCleanup(PREFIXES.pop, name)

    def make_org(self):
        return OrderOrg(self.fields, self.several_currencies)

    def setUp(self):
        super().setUp()
        self.entry = self.sellable("SKU-1")

    def sellable(self, sku):
        product = self.org.put("Product2", ProductCode=sku, IsActive=True)
        return self.org.put(
            "PricebookEntry",
            Product2Id=product,
            Product2={"ProductCode": sku},
            Pricebook2Id=self.org.standard,
            IsActive=True,
            UnitPrice=20,
        )

    def line(self, key="1", sku="SKU-1", quantity="2", price="10.00", discount=0, **values):
        return {
            "key": key,
            "sku": sku,
            "name": f"Shirt {sku}",
            "ordered": {"quantity": quantity, "unit": "Units"},
            "unit_price": {"amount": price, "currency": "EUR"},
            "discount": discount,
            **values,
        }

    def values(self, *lines, stage="confirmed"):
        return {
            "number": "S00001",
            "customer": ACCOUNT,
            "ordered_at": "2026-11-29T10:00:00Z",
            "customer_reference": "PO 7",
            "currency": "EUR",
            "stage": stage,
            "total": money(20),
            "lines": list(lines or [self.line()]),
        }

    def again(self, row, names, *lines, **values):
        """Send a known order of which these values have changed; return the answer."""
        record = self.changed("order", 1, row["Id"], names, **self.values(*lines, **values))
        # What has no fields is not sent at all.
        self.assertTrue(self.encode("order", record)[0].fields)
        [answer] = self.push("order", record)
        return answer


@tagged("post_install", "-at_install")
class TestMirror(MirrorCase):
    """Orders of Odoo as standard orders: what fits is written, the rest is reported."""

    def test_an_order_is_a_draft_with_products_that_is_activated(self):
        row = self.made("order", self.new("order", 1, **self.values(self.line(discount=10))))
        self.assertEqual(
            (row["AccountId"], row["EffectiveDate"], row["OrderReferenceNumber"], row["PoNumber"]),
            ("0015g00000A0001AAA", "2026-11-29", "S00001", "PO 7"),
        )
        self.assertEqual((row["Status"], row["Pricebook2Id"]), ("Aktiv", self.org.standard))
        [item] = self.org.items(row["Id"])
        self.assertEqual((item["PricebookEntryId"], item["Quantity"], item["UnitPrice"]), (self.entry, 2.0, 9.0))

    def test_a_quotation_stays_a_draft_until_it_is_confirmed(self):
        row = self.made("order", self.new("order", 1, **self.values(stage="sent")))
        self.assertEqual(row["Status"], "Entwurf")
        self.assertTrue(self.again(row, "stage").ok)
        self.assertEqual(row["Status"], "Aktiv")

    def test_a_product_without_a_price_holds_the_whole_order(self):
        [answer] = self.push("order", self.new("order", 1, **self.values(self.line(), self.line("2", "SKU-9"))))
        self.assertEqual((answer.ok, answer.fault.code), (False, "PRICEBOOK_ENTRY_MISSING"))
        self.assertIn("SKU-9", answer.fault.message)
        self.assertFalse(self.org.of(MIRROR_OBJECT))
        self.sellable("SKU-9")
        row = self.made("order", self.new("order", 1, **self.values(self.line(), self.line("2", "SKU-9"))))
        self.assertEqual(len(self.org.items(row["Id"])), 2)

    def test_lines_without_a_place_are_left_out_and_said(self):
        lines = self.line(), self.line("2", None), self.line("3", price="-5.00")
        row = self.made("order", self.new("order", 1, **self.values(*lines)))
        self.assertEqual(len(self.org.items(row["Id"])), 1)
        self.assertIn("2 lines have no place", self.outgoing[0].warnings[-1])

    def test_a_price_of_a_fraction_of_a_cent_is_kept_where_the_org_has_room_for_it(self):
        self.org.facts[MIRROR_ITEM_OBJECT, "UnitPrice"] = {"type": "currency", "scale": 6}
        line = self.line(quantity="1000", price="0.0375")
        row = self.made("order", self.new("order", 1, **self.values(line)))
        self.assertEqual(self.org.items(row["Id"])[0]["UnitPrice"], 0.0375)
        self.assertFalse(self.outgoing[0].warnings)

    def test_a_rounded_price_that_makes_another_total_is_said(self):
        """The org keeps two decimals: 1,000 screws at 0.0375 were 40.00 there and 37.50 in Odoo."""
        self.org.facts[MIRROR_ITEM_OBJECT, "UnitPrice"] = {"type": "currency", "scale": 2}
        self.sellable("SKU-2")
        lines = self.line(quantity="1000", price="0.0375"), self.line("2", "SKU-2", "1", "9.9999")
        row = self.made("order", self.new("order", 1, **self.values(*lines)))
        self.assertEqual([item["UnitPrice"] for item in self.org.items(row["Id"])], [0.04, 10.0])
        [warning] = self.outgoing[0].warnings
        self.assertIn("2 decimals", warning)
        self.assertIn("SKU-1", warning)
        self.assertNotIn("SKU-2", warning, "10.00 either way")

    def test_what_is_sent_again_changes_nothing(self):
        row = self.made("order", self.new("order", 1, **self.values()))
        self.made("order", self.new("order", 1, **self.values()))
        self.assertEqual((len(self.org.of(MIRROR_OBJECT)), len(self.org.items(row["Id"]))), (1, 1))

    def test_a_shipment_of_the_lines_writes_no_product(self):
        row = self.made("order", self.new("order", 1, **self.values()))
        self.assertTrue(self.again(row, "lines", self.line(shipped={"quantity": "2", "unit": "Units"})).ok)

    def test_a_change_after_activation_is_an_exception_that_says_what_to_do(self):
        row = self.made("order", self.new("order", 1, **self.values()))
        answer = self.again(row, "lines", self.line(quantity="5"))
        self.assertFalse(answer.ok)
        self.assertIn("Edit Activated Orders", answer.fault.message)
        self.org.edits_activated = True
        self.assertTrue(self.again(row, "lines", self.line(quantity="5")).ok)
        self.assertEqual(self.org.items(row["Id"])[0]["Quantity"], 5.0)

    def test_a_line_that_is_gone_and_a_cancellation_are_exceptions(self):
        self.sellable("SKU-2")
        row = self.made("order", self.new("order", 1, **self.values(self.line(), self.line("2", "SKU-2"))))
        self.assertEqual(self.again(row, "lines", self.line()).fault.code, "ORDER_LINES_GONE")
        self.assertEqual(self.again(row, "stage", stage="cancelled").fault.code, "ORDER_CANCELLED")

    def test_the_checker_names_the_limits(self):
        found = self.adapter._check_mirror(self.streams["order"])
        self.assertEqual([check["level"] for check in found], ["warning"])
        self.assertIn("stays activated", found[0]["detail"])


@tagged("post_install", "-at_install")
class TestOrderTarget(CommerceCase):
    """The object that orders go to is chosen before they go."""

    def stream(self):
        return self.connection.stream_ids.filtered(lambda stream: stream.entity == "order")

    def test_the_stream_follows_the_choice(self):
        self.stream().direction = "in"
        self.connection.sf_order_target = "standard"
        stream = self.stream()
        self.assertEqual(
            (stream.remote_object, stream.direction, stream.planned_direction), (MIRROR_OBJECT, "in", "out")
        )
        shipments = self.streams["shipment"].with_context(active_test=False).map_ids
        lookup = shipments.filtered(lambda line: line.remote_path == "ERP_Order__c")
        self.assertFalse(lookup.active)
        self.connection.sf_order_target = "own"
        self.assertEqual((self.stream().remote_object, lookup.active), (ORDER_OBJECT, True))

    def test_it_is_fixed_once_orders_go(self):
        self.stream().direction = "out"
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            self.connection.sf_order_target = "standard"

    def test_orders_do_not_go_both_ways(self):
        self.stream().direction = "in"
        incoming = self.accounts.copy({"name": "Activated", "remote_object": MIRROR_OBJECT, "direction": "in"})
        with self.assertRaisesRegex(UserError, "would come back"):
            self.connection.sf_order_target = "standard"
        incoming.active = False
        self.connection.sf_order_target = "standard"
