from dataclasses import replace
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ...domain.canonical import registry
from ...domain.canonical.entity_spec import Effect, OnMissing
from ...domain.resilience.faults import FaultError
from ...models.outbox import outbox, router
from ..outbound_case import OutboundCase
from .declarations import DOCUMENT, DOCUMENT_OBJECT, PRODUCT_OBJECT
from .entity_case import EntityCase


class OutboundEntityCase(EntityCase, OutboundCase):
    """Products and documents on their way to the platform."""

    def due(self, stream, record, *names, op="write", **changes):
        """Queue a message about a record, as the router does; names: what has changed of it."""
        changes = changes or dict.fromkeys(names, 1)
        # The engine works in transactions of its own: it reads what is written.
        self.env.flush_all()
        router.enqueue(self.env(su=True), stream, [(record.id, op, changes, 1)])
        return self.messages_of(record)[-1:]

    def deliver(self):
        """Send what is due, with all that follows from it."""
        outbox.trigger_due(self.env(su=True), self.connection.stream_ids)
        self.run_jobs()

    def messages_of(self, record):
        return self.outbox().filtered(lambda message: (message.res_model, message.res_id) == (record._name, record.id))

    def new_product(self, sku="SKU-1", **values):
        return self.env["product.product"].create(
            {"name": f"Shirt {sku}", "default_code": sku, "list_price": 20.0, **values}
        )

    def published(self, sku="SKU-1", **values):
        """Return a product that the platform has, and forget how it came there."""
        product = self.new_product(sku, **values)
        self.due(self.product_stream, product)
        self.deliver()
        self.platform.writes.clear()
        self.platform.calls.clear()
        return product

    def link_of(self, record):
        return self.env["retail.sync.link"].search([("res_model", "=", record._name), ("res_id", "=", record.id)])

    def shown(self, record, remote_object):
        """Return the platform's row of a record."""
        return self.platform.rows[remote_object][self.link_of(record).external_id]


@tagged("post_install", "-at_install")
class TestProductsOut(OutboundEntityCase):
    """Odoo alone writes products: what it says is published, whatever the platform has."""

    def test_new_product_is_created_with_all_its_values(self):
        product = self.new_product()
        message = self.due(self.product_stream, product)
        self.deliver()
        row = self.shown(product, PRODUCT_OBJECT)
        self.assertEqual(
            (row["code"], row["title"], row["price"], row["on_sale"]), ("SKU-1", "Shirt SKU-1", 20.0, True)
        )
        self.assertEqual((message.state, message.run_id.n_sent), ("done", 1))
        self.assertEqual(self.link_of(product).sudo().base["price"], 20.0)

    def test_what_the_adapter_needs_besides_is_among_the_values_and_its_changes_are_sent(self):
        self.product_stream.map_ids.filtered(lambda line: line.canonical_field == "price").unlink()
        adapter = self.registry[self.connection._adapter()._name]
        self.patch(adapter, "beside_fields", lambda adapter, stream: ("price",))
        seen, encode = [], adapter.encode

        def spy(adapter, stream, records):
            seen.extend(records)
            return encode(adapter, stream, records)

        self.patch(adapter, "encode", spy)
        self.assertIn("price", self.product_stream._outbound_fields())
        product = self.published()
        self.assertEqual(seen[-1].parts["main"]["price"], 20.0)
        product.list_price = 25.0
        self.due(self.product_stream, product, "price")
        self.deliver()
        self.assertEqual((seen[-1].changed, seen[-1].parts["main"]["price"]), ({"main": {"price"}}, 25.0))
        self.assertNotIn("price", self.shown(product, PRODUCT_OBJECT))

    def test_change_is_sent_alone_and_nothing_is_read_for_it(self):
        product = self.published()
        product.list_price = 25.0
        self.due(self.product_stream, product, "price")
        self.deliver()
        self.assertEqual([fields for _id, fields in self.platform.writes], [{"price": 25.0}])
        self.assertEqual(self.platform.calls, ["push"])
        self.assertEqual(self.link_of(product).sudo().base["price"], 25.0)
        # A delivery without a remark once left an empty one, and the overview counted warnings.
        self.assertEqual((self.link_of(product).warnings or [], self.link_of(product).has_warnings), ([], False))

    def test_edit_on_the_platform_does_not_stand_against_a_change(self):
        product = self.published()
        self.platform.put(PRODUCT_OBJECT, self.link_of(product).external_id, price=1.0)
        product.list_price = 25.0
        self.due(self.product_stream, product, "price")
        self.deliver()
        self.assertEqual(self.shown(product, PRODUCT_OBJECT)["price"], 25.0)
        self.assertEqual(product.list_price, 25.0)

    def test_value_that_was_changed_and_changed_back_is_sent_all_the_same(self):
        """The answer to the first change may have been lost: the platform has its value, and nothing reads it."""
        product = self.published()
        self.due(self.product_stream, product, "price")
        self.deliver()
        self.assertEqual([fields for _id, fields in self.platform.writes], [{"price": 20.0}])

    def test_what_the_platform_never_accepted_goes_along(self):
        product = self.published()
        product.write({"list_price": 25.0, "name": "Linen shirt"})
        self.due(self.product_stream, product, "price")
        self.deliver()
        self.assertEqual([fields for _id, fields in self.platform.writes], [{"price": 25.0, "title": "Linen shirt"}])

    def test_archived_product_is_not_created(self):
        product = self.new_product(active=False)
        message = self.due(self.product_stream, product)
        self.deliver()
        self.assertEqual((message.state, self.platform.writes), ("done", []))

    def test_refused_product_is_an_exception_and_stays_as_it_was(self):
        product = self.published()
        self.platform.refusals[self.link_of(product).external_id] = FaultError("business", "PRICE", "Too low")
        product.list_price = 0.0
        message = self.due(self.product_stream, product, "price")
        self.deliver()
        self.assertEqual((message.state, message.fault_code), ("open", "PRICE"))
        self.assertEqual(self.link_of(product).sudo().base["price"], 20.0)

    def test_product_that_is_gone_on_the_platform_is_an_exception_and_nothing_is_read(self):
        product = self.published()
        self.platform.delete(PRODUCT_OBJECT, self.link_of(product).external_id)
        message = self.due(self.product_stream, product, "price")
        self.deliver()
        self.assertEqual((message.state, message.fault_code), ("open", "GONE"))
        self.assertNotIn("read_by_ids", self.platform.calls)
        self.assertTrue(product.active)

    def test_deleted_product_is_switched_off_on_the_platform(self):
        product = self.published()
        external_id = self.link_of(product).external_id
        message = self.due(self.product_stream, product, op="delete")
        product.unlink()
        self.deliver()
        self.assertEqual(self.platform.writes, [(external_id, {"on_sale": False})])
        self.assertEqual(message.state, "done")
        self.assertNotIn("delete_remote", self.platform.calls)

    def test_end_of_a_product_does_what_its_declaration_says(self):
        for effect, state, calls in (
            (Effect.delete, "done", ["delete_remote"]),
            (Effect.keep, "done", []),
            (Effect.refuse, "open", []),
        ):
            with self.subTest(effect=effect):
                product = self.published(f"SKU-{effect.value}")
                entity = self.registry["retail.sync.entity.article"]
                message = self.due(self.product_stream, product, op="delete")
                product.unlink()
                with patch.object(entity, "_local_deletion_effect", return_value=effect):
                    self.deliver()
                self.assertEqual((message.state, self.platform.calls), (state, calls))


@tagged("post_install", "-at_install")
class TestDocumentsOut(OutboundEntityCase):
    """A document goes with its lines, after all that it refers to."""

    def new_document(self, customer, *products, number="N-1"):
        return self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "client_order_ref": number,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 2, "price_unit": 10.0})
                    for product in products
                ],
            }
        )

    def new_customer(self, name="Buyer"):
        return self.env["res.partner"].create({"name": name, "is_company": True})

    def declared(self, on_missing):
        """Declare that a document whose product is unknown waits, is refused, or goes without."""
        references = dict(DOCUMENT.references)
        references["product"] = replace(references["product"], on_missing=on_missing)
        variant = replace(DOCUMENT, references=references)
        patcher = patch.dict(registry._REGISTERED, {"document": variant})
        patcher.start()
        self.addCleanup(patcher.stop)

    def test_document_goes_with_its_lines_in_the_platform_s_words(self):
        customer, product = self.linked_firm("F1"), self.published()
        document = self.new_document(customer, product)
        self.due(self.document_stream, document)
        self.deliver()
        row = self.shown(document, DOCUMENT_OBJECT)
        self.assertEqual((row["number"], row["customer"]), ("N-1", "F1"))
        [line] = row["lines"]
        self.assertEqual(line["product"], f"{PRODUCT_OBJECT}/{self.link_of(product).external_id}")
        self.assertEqual(line["sku"], "SKU-1")
        self.assertEqual(float(line["quantity"]["quantity"]), 2)

    def test_document_waits_for_one_missing_record_after_the_other(self):
        customer, product = self.new_customer(), self.new_product()
        document = self.new_document(customer, product)
        message = self.due(self.document_stream, document)
        self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.document_stream.id, message.lane)
        self.env.invalidate_all()
        self.assertEqual((message.state, message.waits_for), ("parked", f"res.partner/{customer.id}"))
        self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.firms.id, self.messages_of(customer).lane)
        self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.document_stream.id, message.lane)
        self.env.invalidate_all()
        self.assertEqual((message.state, message.waits_for), ("parked", f"product.product/{product.id}"))
        self.deliver()
        self.assertEqual(message.state, "done")
        [line] = self.shown(document, DOCUMENT_OBJECT)["lines"]
        self.assertEqual(line["product"], f"{PRODUCT_OBJECT}/{self.link_of(product).external_id}")

    def test_document_whose_product_no_stream_sends_waits_until_it_is_linked(self):
        self.product_stream.export_policy = "never"
        document = self.new_document(self.linked_firm("F1"), self.new_product())
        message = self.due(self.document_stream, document)
        self.deliver()
        self.assertEqual(message.state, "parked")
        self.assertFalse(self.platform.rows[DOCUMENT_OBJECT])

    def test_document_is_refused_where_the_reference_says_so(self):
        self.declared(OnMissing.refuse)
        document = self.new_document(self.linked_firm("F1"), self.new_product())
        message = self.due(self.document_stream, document)
        self.deliver()
        self.assertEqual((message.state, message.fault_code), ("open", "REFERENCE_MISSING"))
        self.assertFalse(self.platform.rows[DOCUMENT_OBJECT])

    def test_document_goes_without_a_reference_that_may_be_skipped_and_gets_it_later(self):
        self.declared(OnMissing.skip)
        product = self.new_product()
        document = self.new_document(self.linked_firm("F1"), product)
        message = self.due(self.document_stream, document)
        self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.document_stream.id, message.lane)
        self.env.invalidate_all()
        self.assertEqual(message.state, "done")
        [line] = self.shown(document, DOCUMENT_OBJECT)["lines"]
        self.assertFalse(line.get("product"))
        [later] = self.messages_of(document) - message
        self.assertEqual((later.state, later.waits_for), ("parked", f"product.product/{product.id}"))

    def test_document_goes_without_a_reference_that_no_stream_will_make_known(self):
        self.declared(OnMissing.if_expected)
        self.product_stream.export_policy = "never"
        document = self.new_document(self.linked_firm("F1"), self.new_product())
        message = self.due(self.document_stream, document)
        self.deliver()
        self.assertEqual(self.messages_of(document), message, "nothing is left that would wait for ever")
        self.assertEqual(message.state, "done")
        [line] = self.shown(document, DOCUMENT_OBJECT)["lines"]
        self.assertFalse(line.get("product"))

    def test_document_waits_for_an_expected_reference(self):
        self.declared(OnMissing.if_expected)
        document = self.new_document(self.linked_firm("F1"), self.new_product())
        message = self.due(self.document_stream, document)
        self.env["retail.sync.delivery.jobs"].sudo()._job_drain(self.document_stream.id, message.lane)
        self.env.invalidate_all()
        self.assertEqual(message.state, "parked")
