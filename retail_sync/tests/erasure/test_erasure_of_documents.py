from odoo.tests import tagged

from ...models.erasure import erase, person
from ..commerce_case import CommerceCase
from ..erasure_case import EMAIL, MARKERS, NAME, PHONE, STREET, ErasureCase
from ..order_intake.intake_case import IntakeCase

# What stays is what Odoo itself keeps of a customer who stays: the customer, and the texts of documents.
OF_THE_ENGINE = "retail_sync_"


class DocumentErasureCase(ErasureCase):
    def engine_tables(self):
        return sorted(table for table in self.tables_with(*MARKERS) if table.startswith(OF_THE_ENGINE))

    def forget(self, partner):
        erase.erase(self.env, person.of_records(self.env, "res.partner", partner.ids))
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestErasureOfDocuments(DocumentErasureCase, CommerceCase):
    """Orders of an erased customer quote the customer: the printed address, reasons, cases."""

    def setUp(self):
        super().setUp()
        self.customer.write({"name": NAME, "email": EMAIL, "phone": PHONE, "street": STREET, "city": "Wien"})

    def test_no_table_of_the_engine_holds_the_customer_of_an_order(self):
        order = self.make_order([(self.make_product(), 2)])
        picking = self.ship(order)
        self.pay(self.invoice(order))
        self.deliver()
        self.assertIn(NAME, str(self.link_of(picking).sudo().base), "the address was to be there")
        exception = self.env["retail.sync.order.exception"].create(
            {
                "order_id": order.id,
                "rule_id": self.env.ref("retail_sync.order_rule_late").id,
                "rule_code": "late",
                "ordinal": 1,
                "key": "late-1",
                "state": "ignored",
                "opened_at": "2026-01-01 00:00:00",
                "partner_id": self.customer.id,
                "ignore_reason": f"{NAME} does not mind",
            }
        )
        self.assertIn("retail_sync_link", self.engine_tables())

        self.forget(self.customer)

        self.assertEqual(self.engine_tables(), [])
        self.assertFalse(exception.partner_id)
        self.assertTrue(self.link_of(picking), "the shipment itself stays known")

    def test_what_was_agreed_about_a_customer_of_the_same_name_stays(self):
        other = self.linked_firm("F2", name=NAME)
        before = self.link_of(other).sudo().base
        self.assertIn(NAME, str(before))
        self.forget(self.customer)
        self.assertEqual(self.link_of(other).sudo().base, before)


@tagged("post_install", "-at_install")
class TestErasureOfIncomingOrders(DocumentErasureCase, IntakeCase):
    """The exception of an incoming order keeps the order, and people write names into orders."""

    def setUp(self):
        super().setUp()
        self.customer.write({"name": NAME, "email": EMAIL})

    def test_the_exception_of_an_order_forgets_the_customer(self):
        line = self.line(sku="NONE", description=f"Engraved: {NAME}")
        self.take_sale("S1", line, title=f"Sale to {NAME}", notes=f"Call {EMAIL}")
        self.assertIn(NAME, str(self.exception().sudo().intake))
        self.forget(self.customer)
        self.assertEqual(self.engine_tables(), [])
        self.assertTrue(self.exception().intake_table, "the rest of the order can still be read")

    def test_the_link_of_an_order_forgets_the_customer(self):
        self.take_sale("S1", title=f"Sale to {NAME}", notes=f"Call {EMAIL}")
        self.assertTrue(self.order())
        self.forget(self.customer)
        self.assertEqual(self.engine_tables(), [])

    def test_an_ended_exception_loses_the_order_after_the_days_of_settings(self):
        self.take_sale("S1", self.line(sku="NONE"))
        message = self.exception()
        self.make_product("NONE")
        self.retry(message)
        self.assertEqual(message.state, "done")
        self.assertTrue(message.sudo().intake)
        message.sudo().resolved_at = "2020-01-01 00:00:00"
        self.env.flush_all()
        self.env["retail.sync.message"]._gc_payloads()
        self.assertFalse(message.sudo().intake)

    def test_lines_that_are_classified_are_masked(self):
        self.ownership_rule("lines", "remote", "owner_wins", entity="incoming_order", sensitivity="sensitive")
        line = self.line(sku="NONE", description=f"Engraved: {NAME}")
        self.take_sale("S1", line, self.line("L2", price=55.5))
        message = self.exception()
        for text in (message.intake_table, message.fault_message):
            self.assertNotIn(NAME, text)
            self.assertNotIn("55.50", text)
