from decimal import Decimal

from odoo.addons.retail_sync.tests.commerce_case import CommerceCase

from ...models.goods_back.open import open_return


class ReturnCase(CommerceCase):
    """A shop whose customer has what was ordered, and sends some of it back."""

    entities = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # One order serves the tests of a class: each of them undoes what it did.
        kit = cls("sold")
        kit.customer = cls.buyer = cls.env["res.partner"].create({"name": "Bianchi Spa", "is_company": True})
        cls.three_shirts = kit.sold(fresh=True)
        cls.shirt, cls.bill = kit.shirt, kit.bill

    def sold(self, quantity=3, price=20.0, taxes=None, fresh=False, **values):
        """Return an order of shirts that was shipped and billed; fresh: one of the customer that platforms know."""
        if (quantity, price, taxes, fresh, values) == (3, 20.0, None, False, {}):
            return self.three_shirts
        self.shirt = self.make_product(price=price, taxes=taxes)
        order = self.make_order([(self.shirt, quantity)], **values)
        self.ship(order)
        self.bill = self.invoice(order)
        return order

    def returned(self, order, quantity=2, **values):
        """Return a return of the first line of an order."""
        lines = {order.order_line[0].id: Decimal(quantity)}
        return open_return(self.env, order, lines, **{"reason": "not_wanted", "action": None, **values})

    def receipt(self, header):
        """Return the open receipt of a return."""
        return header.rma_ids.reception_move_id.picking_id.filtered(lambda p: p.state not in ("done", "cancel"))

    def receive(self, header, quantity=None, backorder=True):
        """Receive goods of a return, all or a quantity of the shirts."""
        quantities = None if quantity is None else {self.shirt: quantity}
        return self.transfer(self.receipt(header), quantities, backorder)

    def inspect(self, header, *found):
        """Store results: (result, quantity, where the goods go) of the first line."""
        return header._inspect(
            [
                {
                    "line": header.line_ids[0],
                    "quantity": Decimal(str(quantity)),
                    "result": result,
                    "disposition": disposition,
                    "note": False,
                    "attachments": [],
                }
                for result, quantity, disposition in found
            ]
        )

    def free(self, product=None):
        """Return what of a product is in the stock that is sold."""
        product = (product or self.shirt).with_context(location=self.warehouse.lot_stock_id.id)
        product.invalidate_recordset()
        return product.qty_available
