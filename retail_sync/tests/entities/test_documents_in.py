from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...domain.canonical.schema import Incoming
from ...models.links import deferred_references, key_identity
from ...models.mapping.item import Outcome, Resolved
from .declarations import DOCUMENT_OBJECT, PRODUCT_OBJECT
from .entity_case import EntityCase


@tagged("post_install", "-at_install")
class TestDocumentsIn(EntityCase):
    """A document with lines, written by both sides, on its way into Odoo."""

    def setUp(self):
        super().setUp()
        self.firm("F1", name="Rossi Srl")
        self.take("Firm")
        self.bike = self.env["product.product"].create({"name": "Bike", "default_code": "SKU-P1"})
        self.product("P1")
        self.take(PRODUCT_OBJECT)

    def order(self, external_id="D1"):
        return self.linked(external_id, DOCUMENT_OBJECT)

    def take_document(self, external_id="D1", **values):
        values = {"customer": "F1", "lines": [self.line("SKU-P1", "2")], **values}
        self.document(external_id, **values)
        return self.take(DOCUMENT_OBJECT)

    def exceptions(self, external_id="D1"):
        return self.env["retail.sync.message"].search(
            [
                ("stream_id", "=", self.document_stream.id),
                ("external_id", "=", external_id),
                ("is_exception", "=", True),
            ]
        )

    def test_a_document_is_created_with_its_lines(self):
        self.assertEqual(self.take_document(valid_until="2030-05-01", remarks="By phone"), {"created": 1})

        order = self.order()
        self.assertEqual(order.partner_id, self.partner("F1"))
        self.assertEqual(order.client_order_ref, "N-D1")
        self.assertEqual(order.validity_date, fields.Date.to_date("2030-05-01"))
        self.assertEqual(order.order_line.product_id, self.bike)
        self.assertEqual((order.order_line.product_uom_qty, order.order_line.price_unit), (2.0, 10.0))

    def test_a_document_of_the_same_number_is_linked(self):
        known = self.env["sale.order"].create({"partner_id": self.partner("F1").id, "client_order_ref": "N-D1"})

        self.assertEqual(self.take_document(), {"linked": 1})

        self.assertEqual(self.order(), known)
        self.assertEqual(self.link("D1").rule, "key")
        self.assertEqual(known.order_line.product_id, self.bike)

    def test_a_number_that_two_documents_have_is_an_exception_with_both(self):
        orders = self.env["sale.order"].create(
            [{"partner_id": self.partner("F1").id, "client_order_ref": "N-D1"} for _number in range(2)]
        )

        self.assertEqual(self.take_document(), {"failed": 1})

        message = self.exceptions()
        self.assertEqual(message.fault_code, "KEY_NOT_UNIQUE")
        self.assertEqual([found["id"] for found in message.candidates], orders.sorted("id").ids)
        self.assertFalse(self.link("D1"))

        orders[0].client_order_ref = "another"
        self.take(DOCUMENT_OBJECT, rows=list(self.platform.rows[DOCUMENT_OBJECT].values()))
        self.assertEqual(self.order(), orders[1])
        self.assertFalse(self.exceptions())

    def test_two_records_of_one_number_are_not_linked_to_one_document(self):
        self.env["sale.order"].create({"partner_id": self.partner("F1").id, "client_order_ref": "N-1"})
        self.document("D1", number="N-1", customer="F1")
        self.document("D2", number="N-1", customer="F1")

        self.assertEqual(self.take(DOCUMENT_OBJECT), {"linked": 1, "failed": 1})

        self.assertEqual(self.exceptions("D2").fault_code, "KEY_NOT_UNIQUE")

    def test_two_new_records_of_one_number_become_one_document(self):
        """A page decides as two pages would: the later record meets a number that is linked already."""
        self.document("D1", number="N-1", customer="F1")
        self.document("D2", number="N-1", customer="F1")

        self.assertEqual(self.take(DOCUMENT_OBJECT), {"created": 1, "failed": 1})

        self.assertTrue(self.order("D1"))
        self.assertEqual(self.exceptions("D2").fault_code, "KEY_NOT_UNIQUE")

    def test_a_document_belongs_to_the_record_that_carries_its_id(self):
        """The record of the same number comes first by its id, and must not take the document from the other one."""
        known = self.env["sale.order"].create({"partner_id": self.partner("F1").id, "client_order_ref": "N-1"})
        carries, same = (
            Resolved(Incoming(external_id, DOCUMENT_OBJECT, 1, {"main": {"number": number}}, local_ref=local_ref))
            for external_id, number, local_ref in (("D2", "N-2", str(known.id)), ("D1", "N-1", None))
        )

        key_identity.decide_page(self.env, self.document_stream, [carries, same])

        self.assertEqual((carries.outcome, carries.res_id), (Outcome.link, known.id))
        self.assertEqual(same.outcome, Outcome.failed)
        self.assertEqual([found["id"] for found in same.candidates], known.ids)

    def test_a_stream_that_asks_creates_nothing(self):
        self.document_stream.create_policy = "review"

        self.assertEqual(self.take_document(), {"review": 1})

        self.assertFalse(self.link("D1"))
        self.assertEqual(self.exceptions().state, "review")

    def test_changed_values_and_lines_are_written(self):
        self.take_document()
        self.later_than_odoo()

        changed = self.take_document(remarks="Urgent", lines=[self.line("SKU-P1", "5", "9.00")])

        self.assertEqual(changed, {"updated": 1})

        order = self.order()
        self.assertEqual(order.origin, "Urgent")
        self.assertEqual((order.order_line.product_uom_qty, order.order_line.price_unit), (5.0, 9.0))
        self.assertEqual(
            self.take(DOCUMENT_OBJECT, rows=[self.platform.rows[DOCUMENT_OBJECT]["D1"]], force=True), {"unchanged": 1}
        )

    def test_a_document_waits_for_a_customer_that_comes_later(self):
        self.assertEqual(self.take_document(customer="F9"), {"failed": 1})
        self.assertEqual(self.exceptions().fault_code, "REFERENCE_MISSING")
        self.assertFalse(self.link("D1"))

        self.firm("F9", name="Verdi Srl")
        self.take("Firm")
        self.run_jobs()

        self.assertEqual(self.order().partner_id, self.partner("F9"))
        self.assertFalse(self.exceptions())
        self.assertFalse(self.env["retail.sync.deferred.reference"].search([]))

    def test_a_line_waits_for_a_product_that_comes_later(self):
        self.take_document(lines=[self.line("SKU-P1"), self.line("SKU-P2")])
        waiting = self.env["retail.sync.deferred.reference"].search([])
        self.assertEqual((waiting.name, waiting.ref), ("product", "Product/P2"))

        self.env["product.product"].create({"name": "Bell", "default_code": "SKU-P2"})
        self.product("P2")
        self.take(PRODUCT_OBJECT)
        self.run_jobs()

        self.assertEqual(sorted(self.order().order_line.mapped("product_id.default_code")), ["SKU-P1", "SKU-P2"])

    def test_two_references_wait_at_once(self):
        self.take_document(customer="F9", lines=[self.line("SKU-P2")])

        waiting = self.env["retail.sync.deferred.reference"].search([])
        self.assertEqual(sorted(waiting.mapped("ref")), ["Firm/F9", "Product/P2"])

        self.take_document(customer="F1", lines=[self.line("SKU-P1")])
        self.assertTrue(self.order())
        self.assertFalse(self.env["retail.sync.deferred.reference"].search([]))

    def test_a_known_document_gets_its_new_customer_when_that_comes(self):
        self.take_document()
        self.later_than_odoo()
        self.take_document(customer="F9")
        self.assertEqual(self.order().partner_id, self.partner("F1"))
        self.assertEqual(self.link("D1").waits_for, "Firm/F9")

        self.firm("F9", name="Verdi Srl")
        self.take("Firm")

        self.assertEqual(self.order().partner_id, self.partner("F9"))
        self.assertFalse(self.link("D1").waits_for)

    def test_a_deleted_document_is_cancelled_and_never_archived(self):
        self.take_document()
        order = self.order()

        self.assertEqual(self.report_deletions(DOCUMENT_OBJECT, "D1"), 1)

        self.assertEqual(order.state, "cancel")
        self.assertEqual(self.link("D1").state, "deleted")

    def test_a_deletion_that_odoo_refuses_is_an_exception(self):
        self.take_document()
        order = self.order()

        def refuse(_orders):
            raise UserError("It is locked.")  # pylint: disable=translation-required

        self.patch(type(self.env["sale.order"]), "_action_cancel", refuse)
        self.report_deletions(DOCUMENT_OBJECT, "D1")

        message = self.exceptions()
        self.assertEqual(message.fault_code, "DELETE_REFUSED")
        self.assertEqual((message.res_model, message.res_id), ("sale.order", order.id))

    def test_a_merge_on_the_platform_makes_the_loser_a_second_id(self):
        self.take_document("D1")
        self.take_document("D2")
        loser = self.order("D1")

        self.report_deletions(DOCUMENT_OBJECT, D1="D2")

        link = self.link("D1")
        self.assertEqual((link.state, link.is_primary, link.res_id), ("merged", False, self.order("D2").id))
        self.assertEqual(loser.state, "cancel")

    def test_a_dry_run_counts_documents_and_writes_none(self):
        # The order has no record on the platform yet, and gets none of its own before the load.
        self.document_stream.export_policy = "never"
        self.env["sale.order"].create({"partner_id": self.partner("F1").id, "client_order_ref": "N-D1"})
        self.document("D1", customer="F1")
        self.document("D2", customer="F1")
        run_ids = self.connection.start_dry_run()
        self.run_jobs()

        run = self.env["retail.sync.run"].browse(run_ids).filtered(lambda run: run.stream_id == self.document_stream)
        self.assertEqual((run.n_linked, run.n_created), (1, 1))
        self.assertFalse(self.link("D1") | self.link("D2"))

    def test_a_load_brings_documents(self):
        self.document("D1", customer="F1", lines=[self.line("SKU-P1")])
        self.first_load()

        self.assertEqual(self.order().order_line.product_id, self.bike)

    def test_a_poll_brings_documents_after_their_customers(self):
        self.firm("F2", name="Bianchi Srl")
        self.document("D1", customer="F2", lines=[self.line("SKU-P1")])

        self.poll()

        self.assertEqual(self.order().partner_id, self.partner("F2"))

    def test_the_screens_of_a_document_open(self):
        self.take_document(customer="F9")
        self.take_document("D2")
        for record in (self.exceptions(), self.link("D2"), self.document_stream):
            self.assertTrue(record.web_read({"display_name": {}}))
            self.env[record._name].get_views([(False, "form"), (False, "list")])
        self.assertEqual(self.exceptions().title, "N-D1")
        self.assertEqual(self.link("D2").action_open_record()["res_model"], "sale.order")

    def test_the_deferred_step_takes_no_query_per_record(self):
        for number in range(3):
            self.take_document(f"D{number}", customer=f"F{number + 10}")
        with self.assertQueryCount(1):
            deferred_references.link(self.env, self.connection)
