"""Tests of orders and what follows them: real documents of Odoo, and a platform that has an object for each."""

from odoo import Command, fields
from odoo.tools import SQL

from ..domain.canonical import registry
from .outbound_case import OutboundCase

# Entity -> the platform's object. Streams are made of those that have a model.
OBJECTS = {
    "product": "Product",
    "price": "Price",
    "stock": "Stock",
    "order": "Order",
    "shipment": "Shipment",
    "invoice": "Invoice",
    "payment": "Payment",
    "return": "Return",
}


class CommerceCase(OutboundCase):
    """A shop with stock, books and a customer that the platform knows, and a live stream of each kind of document.

    `entities`: which of OBJECTS the class needs. The platform's rows have the names and the canonical values of the
    declared fields, so a row reads like the declaration.
    """

    entities = ("order", "shipment", "invoice", "payment", "return")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)
        cls._make_books()
        cls.streams = {name: cls.make_stream(name) for name in cls.entities if name in cls._known_entities()}

    @classmethod
    def _make_books(cls):
        """Give the company a chart of accounts where it has none; the tests decide about taxes themselves."""
        if not cls.company.chart_template:
            cls.env["account.chart.template"].try_loading("generic_coa", company=cls.company, install_demo=False)
        cls.company.account_sale_tax_id = False
        cls.company.account_price_include = "tax_excluded"

    @classmethod
    def _known_entities(cls):
        return cls.env["retail.sync.entity"]._all().keys()

    @classmethod
    def make_stream(cls, entity, **values):
        """Create a live stream that sends every field of an entity under its own name."""
        lines = [
            {"canonical_field": name, "remote_path": name, "part": "main", "direction": "out", "sequence": number}
            for number, name in enumerate(registry.get(entity).fields)
        ]
        return cls.env["retail.sync.stream"].create(
            {
                "name": OBJECTS.get(entity, entity),
                "connection_id": cls.connection.id,
                "entity": entity,
                "remote_object": OBJECTS.get(entity, entity),
                "sequence": 50,
                "direction": "out",
                "state": "live",
                "export_policy": "always",
                "map_ids": [Command.create(line) for line in lines],
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        for name in OBJECTS.values():
            self.platform.rows[name] = {}
            self.platform.deleted[name] = []
            self.seen[name] = 0
        self.customer = self.linked_firm("F1", name="Rossi Srl")

    # -- what the platform has

    def deliver(self):
        """Send what changed so far, with all that follows from it.

        What was made until now is of an earlier day after that: a test is one transaction, in which a change of a
        record that it made is no news.
        """
        self.send()
        for table in ("sale_order", "stock_picking", "account_move", "account_payment", "res_partner"):
            self.env.cr.execute(
                SQL("UPDATE %s SET create_date = create_date - interval '1 day'", SQL.identifier(table))
            )
        self.env.invalidate_all()

    def link_of(self, record, entity=None):
        """Return the link of a record, in the role of an entity where it may have several."""
        domain = [("res_model", "=", record._name), ("res_id", "=", record.id)]
        return self.env["retail.sync.link"].search(domain + ([("role", "=", entity)] if entity else []))

    def row_of(self, record, entity=None):
        """Return the platform's row of a record; None where it has none."""
        link = self.link_of(record, entity)
        return self.platform.rows[link.remote_object].get(link.external_id) if link else None

    def messages_of(self, record, *states):
        """Return the messages about a record that wait or went out."""
        return self.outbox(*states).filtered(
            lambda message: (message.res_model, message.res_id) == (record._name, record.id)
        )

    def forget_writes(self):
        """Forget what the platform was sent so far."""
        self.platform.writes.clear()
        self.platform.calls.clear()

    def written(self, entity):
        """Return {external id: [fields sent]} of an entity since the writes were forgotten."""
        found = {}
        for external_id, sent in self.platform.writes:
            if external_id in self.platform.rows[OBJECTS[entity]]:
                found.setdefault(external_id, []).append(sent)
        return found

    # -- documents

    def make_customer(self, name="Bianchi Spa", **values):
        return self.env["res.partner"].create({"name": name, "is_company": True, **values})

    def make_product(self, sku="SKU-1", price=20.0, stock=100, taxes=None, **values):
        """Create goods that are kept in stock; stock None: none are counted."""
        product = self.env["product.product"].create(
            {
                "name": f"Shirt {sku}",
                "default_code": sku,
                "list_price": price,
                "is_storable": values.get("type", "consu") == "consu",
                "invoice_policy": "order",
                "taxes_id": [Command.set(taxes.ids if taxes else [])],
                **values,
            }
        )
        if stock and product.is_storable:
            self.put_in_stock(product, stock)
        return product

    def put_in_stock(self, product, quantity):
        self.env["stock.quant"]._update_available_quantity(product, self.warehouse.lot_stock_id, quantity)

    def make_tax(self, amount=21.0, included=False, **values):
        return self.env["account.tax"].create(
            {
                "name": f"{amount:g} %{' incl.' if included else ''}",
                "amount": amount,
                "type_tax_use": "sale",
                "price_include_override": "tax_included" if included else "tax_excluded",
                **values,
            }
        )

    def make_order(self, lines, partner=None, confirm=True, **values):
        """Create an order of (product, quantity) or (product, quantity, price), and confirm it."""
        order = self.env["sale.order"].create(
            {
                "partner_id": (partner or self.customer).id,
                "warehouse_id": self.warehouse.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": line[0].id,
                            "product_uom_qty": line[1],
                            **({"price_unit": line[2]} if len(line) > 2 else {}),
                        }
                    )
                    for line in lines
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    def open_pickings(self, order):
        return order.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel")).sorted("id")

    def ship(self, order, quantities=None, backorder=True):
        """Do the open transfers of an order; return them. See `transfer`."""
        pickings = self.open_pickings(order)
        for picking in pickings:
            self.transfer(picking, quantities, backorder)
        return pickings

    def transfer(self, picking, quantities=None, backorder=True):
        """Do a transfer, all of it or {product: quantity}; backorder False: the rest is cancelled."""
        picking.action_assign()
        for move in picking.move_ids.filtered(lambda move: move.state not in ("done", "cancel")):
            quantity = move.product_uom_qty if quantities is None else quantities.get(move.product_id, 0)
            move.write({"quantity": quantity, "picked": bool(quantity)})
        context = {"skip_backorder": True, "skip_sms": True}
        if not backorder:
            context["picking_ids_not_to_backorder"] = picking.ids
        picking.with_context(**context).button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def return_(self, picking, quantities=None, to_refund=True, done=False):
        """Return goods of a done transfer, all or {product: quantity}; return the incoming transfer."""
        wizard = self._return_wizard(picking, quantities, to_refund)
        returned = wizard._create_return()
        return self.transfer(returned) if done else returned

    def exchange(self, picking, quantities=None):
        """Return goods of a done transfer for others of the kind; return (incoming, outgoing transfer)."""
        order, wizard = picking.sale_id, self._return_wizard(picking, quantities, True)
        before = order.picking_ids
        wizard.action_create_exchanges()
        made = order.picking_ids - before
        returned = made.filtered("return_id")
        return returned, made - returned

    def _return_wizard(self, picking, quantities, to_refund):
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_ids=picking.ids, active_model="stock.picking")
            .create({})
        )
        for line in wizard.product_return_moves:
            line.quantity = line.move_quantity if quantities is None else quantities.get(line.product_id, 0)
            line.to_refund = to_refund
        return wizard

    def invoice(self, order, post=True):
        """Bill what is to be billed of an order, refunds included; return the invoice."""
        move = order._create_invoices(final=True)
        if post:
            move.action_post()
        return move

    def down_payment(self, order, percent=50, post=True):
        """Bill a share of an order in advance; return the invoice."""
        before = order.invoice_ids
        self.env["sale.advance.payment.inv"].create(
            {"advance_payment_method": "percentage", "amount": percent, "sale_order_ids": [Command.set(order.ids)]}
        ).create_invoices()
        move = order.invoice_ids - before
        if post:
            move.action_post()
        return move

    def pay(self, invoice, amount=None, **values):
        """Pay an invoice, or pay a credit note out, in whole or in part; return the payment."""
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({**({"amount": amount} if amount is not None else {}), **values})
        )
        return wizard._create_payments()

    def credit(self, invoice, quantities=None, post=True, reason="Returned"):
        """Credit an invoice, all or {product: quantity}; return the credit note."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"reason": reason, "journal_id": invoice.journal_id.id, "date": fields.Date.today()})
        )
        wizard.refund_moves()
        note = wizard.new_move_ids
        if quantities is not None:
            for line in note.invoice_line_ids:
                if line.product_id in quantities:
                    line.quantity = quantities[line.product_id]
                else:
                    line.unlink()
        if post:
            note.action_post()
        return note

    # -- values

    def money(self, amount, currency=None):
        """Return an amount as the platform gets it."""
        currency = currency or self.company.currency_id
        return {"amount": f"{amount:.{currency.decimal_places}f}", "currency": currency.name}
