from datetime import timedelta

from odoo import Command, fields

from odoo.addons.sale.tests.common import TestSaleCommon

from ...models.milestone import fact_reader


class OrderWorld(TestSaleCommon):
    """Real orders with all that follows them: goods in stock, transfers, invoices, payments, returns."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.shelf = cls.warehouse.lot_stock_id
        cls.customer = cls.env["res.partner"].create({"name": "Rossi Srl", "is_company": True})
        cls.chair = cls.goods("CHAIR", 10)
        cls.table = cls.goods("TABLE", 10)

    @classmethod
    def goods(cls, code, stock=0, **values):
        product = cls.env["product.product"].create(
            {
                "name": code.title(),
                "default_code": code,
                "type": "consu",
                "is_storable": True,
                "list_price": 100.0,
                "invoice_policy": "order",
                "taxes_id": False,
                **values,
            }
        )
        cls.stock(product, stock)
        return product

    @classmethod
    def stock(cls, product, quantity):
        if quantity:
            cls.env["stock.quant"]._update_available_quantity(product, cls.shelf, quantity)

    @classmethod
    def kit(cls, code, *parts):
        """Return a kit. parts: (product, quantity of one kit)"""
        kit = cls.goods(code)
        lines = [Command.create({"product_id": part.id, "product_qty": quantity}) for part, quantity in parts]
        cls.env["mrp.bom"].create({"product_tmpl_id": kit.product_tmpl_id.id, "type": "phantom", "bom_line_ids": lines})
        return kit

    def order(self, *lines, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "warehouse_id": self.warehouse.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity, "tax_ids": False})
                    for product, quantity in lines or ((self.chair, 5),)
                ],
                **values,
            }
        )

    def confirmed(self, *lines, **values):
        order = self.order(*lines, **values)
        order.action_confirm()
        return order

    def open_picking(self, order, code="outgoing"):
        return order.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel") and picking.picking_type_code == code
        )[:1]

    def do(self, picking, quantity=None, backorder=True):
        """Validate a transfer: all of it, or of each product only this quantity."""
        picking.action_assign()
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty if quantity is None else min(quantity, move.product_uom_qty)
            move.picked = True
        context = {"skip_backorder": True}
        if not backorder:
            context["picking_ids_not_to_backorder"] = picking.ids
        picking.with_context(**context).button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def ship(self, order, quantity=None, backorder=True):
        return self.do(self.open_picking(order), quantity, backorder)

    def give_back(self, picking, quantity, to_refund=True):
        """Return a transfer that waits for the goods; quantity: of each product, or {product: quantity}."""
        wizard = self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking")
        wizard = wizard.create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.quantity = quantity.get(line.product_id, 0) if isinstance(quantity, dict) else quantity
            line.to_refund = to_refund
        return wizard._create_return()

    def exchange(self, picking, quantity):
        """Return (transfer that waits for the goods, transfer that replaces them); quantity: as of give_back."""
        before = picking.sale_id.picking_ids
        wizard = self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking")
        wizard = wizard.create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.quantity = quantity.get(line.product_id, 0) if isinstance(quantity, dict) else quantity
        wizard.action_create_exchanges()
        made = picking.sale_id.picking_ids - before
        back = made.filtered(lambda item: item.picking_type_code == "incoming")
        return back, made - back

    def invoice(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def pay(self, invoice, amount=None):
        wizard = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        payment = wizard.create({"amount": invoice.amount_residual if amount is None else amount})
        return payment._create_payments()

    def credit(self, invoice, keep=None, post=True):
        """Credit an invoice; of each line only this quantity."""
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        wizard = wizard.create({"reason": "Broken", "journal_id": invoice.journal_id.id})
        wizard.refund_moves()
        note = wizard.new_move_ids
        if keep is not None:
            for line in note.invoice_line_ids:
                line.quantity = keep
        if post:
            note.action_post()
        return note

    def facts(self, order):
        return fact_reader.read(self.env, order.ids)[order.id]

    def line_of(self, order, number=0):
        return self.facts(order).lines[number]

    def later(self, **delta):
        return fields.Datetime.now() + timedelta(**delta)
