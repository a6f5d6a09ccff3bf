import json

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, Command, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...api.errors import ApiProblem
from ...api.schemas.requests import RefundLines, Submission
from ...models.requests.preview import preview
from ...models.requests.submit import submit
from ..requests_race import MARK, RaceCase


@tagged("post_install", "-at_install")
class TestRefundRace(RaceCase):
    """Two agents refund the same line of a billed order, each in a transaction of its own."""

    def make(self, env):
        """Bill an order in a journal of its own: the company may have no books."""
        accounts = env["account.account"].create(
            [
                {"name": MARK, "code": "ZZ9001", "account_type": "asset_receivable", "reconcile": True},
                {"name": MARK, "code": "ZZ9002", "account_type": "income"},
            ]
        )
        journal = env["account.journal"].create(
            {"name": MARK, "code": "ZZ9", "type": "sale", "default_account_id": accounts[1].id}
        )
        partner = env["res.partner"].create({"name": MARK, "property_account_receivable_id": accounts[0].id})
        product = env["product.product"].create(
            {
                "name": MARK,
                "type": "service",
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
                "property_account_income_id": accounts[1].id,
            }
        )
        line = {"product_id": product.id, "product_uom_qty": 1, "price_unit": 60}
        order = env["sale.order"].create({"partner_id": partner.id, "order_line": [Command.create(line)]})
        order.action_confirm()
        order._create_invoices()
        order.invoice_ids.journal_id = journal
        order.invoice_ids.action_post()
        self.line_id = order.order_line.id
        return order

    def remove_documents(self, env, partners, orders):
        moves = env["account.move"].search([("partner_id", "in", partners.ids)], order="id desc")
        moves.line_ids.remove_move_reconcile()
        moves.button_draft()
        moves.with_context(force_delete=True).unlink()
        products = env["product.product"].search([("name", "=", MARK)])
        self.drop_orders(env, orders)
        products.product_tmpl_id.unlink()
        partners.unlink()
        env["account.journal"].search([("name", "=", MARK)]).unlink()
        env["account.account"].search([("name", "=", MARK)]).unlink()

    def request(self):
        lines = [{"line_id": self.line_id, "quantity": "1"}]
        return RefundLines(action="refund_lines", reason="damaged", lines=lines)

    def token(self, name):
        return preview(self.begin(), self.caller(name), self.order_id, self.request()).token

    def submit(self, env, token, name):
        submission = Submission(request=self.request(), token=token)
        body = json.dumps(submission.model_dump(mode="json")).encode()
        return submit(env, self.caller(name), self.order_id, submission, f"key of {name}", body)

    def test_the_second_agent_is_refused_after_odoo_repeated_the_request(self):
        tokens = {name: self.token(name) for name in ("one", "two")}
        first, second = self.begin(), self.begin()
        done = self.submit(first, tokens["one"], "one")
        self.assertEqual(json.loads(done.text)["amounts"], {"credit": "60.00", "debt": "60.00"})
        self.commit(first)
        with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
            self.submit(second, tokens["two"], "two")
        second.cr.rollback()
        with self.assertRaises(ApiProblem) as raised:
            self.submit(second, tokens["two"], "two")
        self.assertEqual(raised.exception.code, "preview_stale")
        second.cr.rollback()
        refused = self.submit(second, self.token("two"), "two")
        self.assertEqual([rule["rule"] for rule in json.loads(refused.text)["rules"]], ["line_all_credited"])
        order = api.Environment(self.begin().cr, SUPERUSER_ID, {})["sale.order"].browse(self.order_id)
        notes = order.env["account.move"].search([("reversed_entry_id", "in", order.invoice_ids.ids)])
        self.assertEqual(notes.mapped("amount_total"), [60.0])
