from contextlib import contextmanager
from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ...domain.control.approvals import ApprovalRule
from ...domain.service.policy import Policy
from ..requests_case import SUPERVISOR, RequestsCase

ROME = {"name": "Verdi, magazzino", "street": "Via Appia 1", "zip": "00100", "city": "Roma", "country": "IT"}


@tagged("post_install", "-at_install")
class TestBeforeShipping(RequestsCase):
    """Orders are cancelled and sent elsewhere as long as the goods have not left."""

    @classmethod
    def make_documents(cls, shop):
        cls.buyer.country_id = cls.env.ref("base.it")
        cls.vase = shop.make_product("VASE", 10.0)
        cls.order = shop.make_order([(cls.lamp, 4), (cls.vase, 2)], cls.buyer)
        cls.lamps, cls.vases = cls.order.order_line

    def reserve(self):
        """Return a payment of the order that a provider has reserved."""
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": self.env["payment.provider"].create({"name": "Provider", "code": "none"}).id,
                "payment_method_id": self.env["payment.method"].search([], limit=1).id,
                "reference": "reserved",
                "amount": self.order.amount_total,
                "currency_id": self.order.currency_id.id,
                "partner_id": self.buyer.id,
                "sale_order_ids": [Command.set(self.order.ids)],
            }
        )
        self.env.flush_all()
        # Providers that reserve money need an account.
        self.env.cr.execute("UPDATE payment_transaction SET state = 'authorized' WHERE id = %s", [transaction.id])
        transaction.invalidate_recordset()
        return transaction

    def texts(self, preview):
        return [effect.code for effect in preview.effects]

    def jobs(self, method):
        return self.env["queue.job"].search([("method_name", "=", method)])

    # -- the whole order

    def test_a_cancelled_order_takes_its_transfers_with_it(self):
        shown = self.preview(self.order, self.asked("cancel_order"))
        self.assertEqual(self.texts(shown), ["order_cancelled", "shipment_cancelled"])
        picking = self.order.picking_ids
        action = self.done(self.order, self.asked("cancel_order"))
        self.assertEqual((self.order.state, picking.state), ("cancel", "cancel"))
        self.assertEqual([document["kind"] for document in action.documents], ["order", "shipment"])

    def test_a_reserved_payment_is_released_after_the_commit(self):
        transaction = self.reserve()
        shown = self.preview(self.order, self.asked("cancel_order"))
        self.assertIn("payment_released", self.texts(shown))
        self.done(self.order, self.asked("cancel_order"))
        self.assertEqual(transaction.state, "authorized", "the provider is asked by a job")
        job = self.jobs("_job_release")
        self.assertEqual(job.args, [transaction.id])
        with self.patched_void() as voided:
            self.env[job.model_name]._job_release(*job.args)
            transaction.state = "cancel"
            self.env[job.model_name]._job_release(*job.args)
        self.assertEqual(voided, [transaction.id], "what is released is not released again")

    @contextmanager
    def patched_void(self):
        """Yield the ids of the transactions that are voided."""
        voided = []
        with patch.object(type(self.env["payment.transaction"]), "action_void", lambda found: voided.extend(found.ids)):
            yield voided

    def test_goods_on_a_printed_transfer_are_on_their_way_by_policy(self):
        self.order.picking_ids.printed = True
        answer = self.submit(self.order, self.asked("cancel_order"), override_reason="Please")
        self.refused(answer, "order_printed", "override_not_allowed")
        self.assertEqual(self.order.state, "sale")

    # -- what was paid

    def pay_before(self, amount=None, order=None):
        """Return a payment of the order that a provider has taken, before anything was billed."""
        transaction = self.reserve()
        self.env.cr.execute("UPDATE payment_transaction SET state = 'done' WHERE id = %s", [transaction.id])
        transaction.invalidate_recordset()
        return transaction

    def test_a_paid_order_that_is_cancelled_pays_back_what_was_paid(self):
        transaction = self.pay_before()
        shown = self.preview(self.order, self.asked("cancel_order"))
        self.assertEqual((shown.amounts, shown.method), ({"money": "120.00"}, "original"))
        self.assertIn("prepaid_back", self.texts(shown))
        self.assertEqual([notice.rule for notice in shown.verdict.notices], ["prepaid_back"])
        action = self.done(self.order, self.asked("cancel_order"))
        self.assertEqual(self.order.state, "cancel")
        refund = action.refund_ids
        self.assertEqual((refund.amount, refund.source_transaction_id), (120.0, transaction))
        self.assertFalse(refund.note_id)
        self.assertIn(refund.state, ("waiting", "by_hand"))

    def test_a_large_amount_of_a_cancelled_order_waits_for_an_approval(self):
        self.pay_before()
        self.rules = [ApprovalRule("from_100", SUPERVISOR, Decimal(100))]
        action = self.done(self.order, self.asked("cancel_order"))
        self.assertEqual((action.state, self.order.state), ("waiting", "sale"))
        self.assertFalse(action.refund_ids)
        action.approval_ids.with_user(self.supervisor).action_approve()
        self.assertEqual((action.state, self.order.state), ("done", "cancel"))
        self.assertEqual(action.refund_ids.amount, 120.0)

    def test_the_paid_part_of_a_rest_goes_back_and_what_is_billed_later_stays(self):
        self.pay_before()
        self.ship(self.order, {self.lamp: 1})
        values = self.asked("cancel_rest", lines=[{"line_id": self.lamps.id, "quantity": "3"}])
        self.assertEqual(self.preview(self.order, values).amounts, {"money": "75.00"})
        action = self.done(self.order, values)
        self.assertEqual((action.refund_ids.amount, self.order.amount_total), (75.0, 45.0))
        again = self.preview(self.order, self.asked("cancel_rest"))
        self.assertEqual(again.amounts, {"money": "20.00"})

    def test_an_order_that_a_person_cancelled_in_odoo_is_paid_back_in_full(self):
        self.pay_before()
        self.order.with_context(disable_cancel_warning=True).action_cancel()
        shown = self.preview(self.order, self.asked("refund_full"))
        self.assertEqual(shown.amounts, {"money": "120.00"})
        action = self.done(self.order, self.asked("refund_full"))
        self.assertEqual(action.refund_ids.amount, 120.0)
        answer = self.submit(self.order, self.asked("refund_full"), key="again")
        self.refused(answer, "nothing_invoiced")

    # -- the rest

    def test_the_rest_of_some_lines_is_cancelled(self):
        self.ship(self.order, {self.lamp: 1})
        values = self.asked("cancel_rest", lines=[{"line_id": self.lamps.id, "quantity": "2"}])
        shown = self.preview(self.order, values)
        self.assertEqual([(line.line_id, line.quantity) for line in shown.lines], [(self.lamps.id, "2")])
        self.done(self.order, values)
        self.assertEqual((self.lamps.product_uom_qty, self.vases.product_uom_qty), (2, 2))
        open_moves = self.open_pickings(self.order).move_ids
        self.assertEqual(sum(open_moves.filtered(lambda m: m.product_id == self.lamp).mapped("product_uom_qty")), 1)

    def test_the_whole_rest_is_cancelled_and_the_order_stays(self):
        self.ship(self.order, {self.lamp: 1})
        self.done(self.order, self.asked("cancel_rest"))
        self.assertEqual((self.lamps.product_uom_qty, self.vases.product_uom_qty), (1, 0))
        self.assertFalse(self.open_pickings(self.order))
        self.assertEqual(self.order.state, "sale")

    def test_what_was_billed_and_is_not_delivered_is_credited(self):
        self.invoice(self.order)
        self.ship(self.order, {self.lamp: 1, self.vase: 2})
        shown = self.preview(self.order, self.asked("cancel_rest"))
        self.assertEqual(shown.amounts, {"credit": "75.00", "debt": "75.00"})
        action = self.done(self.order, self.asked("cancel_rest"))
        note = self.notes_of(self.order)
        self.assertEqual((note.amount_total, note.state), (75.0, "posted"))
        self.assertEqual(self.lamps.product_uom_qty, 1)
        self.assertEqual((self.lamps.qty_to_invoice, self.vases.qty_to_invoice), (0, 0))
        self.assertIn("credit_note", [document["kind"] for document in action.documents])

    def test_only_the_chosen_part_of_a_billed_rest_is_credited(self):
        self.invoice(self.order)
        values = self.asked("cancel_rest", lines=[{"line_id": self.lamps.id, "quantity": "1"}])
        self.done(self.order, values)
        self.assertEqual(self.notes_of(self.order).amount_total, 25.0)
        self.assertEqual(self.lamps.product_uom_qty, 3)
        self.assertEqual(self.lamps.qty_to_invoice, 0)

    def test_a_reserved_payment_stays_while_something_is_delivered(self):
        self.reserve()
        self.ship(self.order, {self.lamp: 1})
        self.done(self.order, self.asked("cancel_rest"))
        self.assertFalse(self.jobs("_job_release"))

    def test_of_a_rest_that_is_everything_the_reserved_payment_is_released(self):
        self.reserve()
        self.done(self.order, self.asked("cancel_rest"))
        self.assertEqual(len(self.jobs("_job_release")), 1)

    # -- to another address

    def test_open_transfers_go_to_the_new_address_which_is_a_contact_of_its_own(self):
        before = self.order.partner_shipping_id
        [picking] = self.open_pickings(self.order)
        self.done(self.order, self.asked("change_address", address=ROME))
        place = self.order.partner_shipping_id
        self.assertNotEqual(place, before)
        self.assertEqual((place.parent_id, place.type, place.city), (self.buyer, "delivery", "Roma"))
        self.assertEqual((picking.partner_id, picking.move_ids.partner_id), (place, place))
        self.assertFalse(before.city)
        self.assertFalse(picking.activity_ids)

    def test_the_same_address_again_is_the_same_contact(self):
        self.done(self.order, self.asked("change_address", address=ROME))
        count = len(self.buyer.child_ids)
        self.done(self.order, self.asked("change_address", address=ROME), key="again")
        self.assertEqual(len(self.buyer.child_ids), count)

    def test_an_address_that_the_carrier_does_not_serve_is_refused_whoever_agrees(self):
        self.order.carrier_id = self.env["delivery.carrier"].create(
            {
                "name": "Only Milan",
                "delivery_type": "fixed",
                "product_id": self.vase.id,
                "zip_prefix_ids": [Command.create({"name": "20"})],
            }
        )
        shown = self.preview(self.order, self.asked("change_address", address=ROME))
        self.assertEqual([rule.rule for rule in shown.verdict.refusals], ["address_not_served"])
        self.assertFalse(shown.verdict.approvable)
        self.assertIn("Only Milan", shown.verdict.refusals[0].text)
        milan = {**ROME, "zip": "20121", "city": "Milano"}
        self.assertEqual(self.done(self.order, self.asked("change_address", address=milan)).state, "done")

    def test_what_has_left_keeps_its_address(self):
        before = self.order.partner_shipping_id
        sent = self.ship(self.order, {self.lamp: 1})
        self.done(self.order, self.asked("change_address", address=ROME))
        self.assertEqual(sent.partner_id, before)
        self.assertEqual(self.open_pickings(self.order).partner_id, self.order.partner_shipping_id)

    def test_another_country_needs_an_approval(self):
        berlin = {"name": "Verdi", "street": "Ring 1", "zip": "10115", "city": "Berlin", "country": "DE"}
        shown = self.preview(self.order, self.asked("change_address", address=berlin))
        self.assertTrue(shown.needs_approval)
        self.assertEqual([rule.rule for rule in shown.verdict.refusals], ["country_changes"])
        action = self.done(self.order, self.asked("change_address", address=berlin))
        self.assertEqual(action.state, "waiting")
        action.approval_ids.with_user(self.supervisor).action_approve()
        self.assertEqual(self.order.partner_shipping_id.city, "Berlin")

    def test_an_address_that_does_not_exist_is_named(self):
        with self.problem("invalid_values") as found:
            self.preview(self.order, self.asked("change_address", address={**ROME, "country": "ZZ"}))
        self.assertEqual(found[0].errors[0]["pointer"], "/body/request/address/country")
        for state in ("Atlantis", "%", "_M"):
            with self.subTest(state=state), self.problem("invalid_values"):
                self.preview(self.order, self.asked("change_address", address={**ROME, "state": state}))

    def test_a_printed_transfer_stays_by_policy(self):
        self.open_pickings(self.order).printed = True
        values = self.asked("change_address", address=ROME)
        self.assertEqual(self.done(self.order, values).state, "waiting")
        self.policy = Policy(1, refuse_printed=False, goodwill_percent=Decimal(0))
        self.assertEqual(self.done(self.order, values, key="again").state, "done")
