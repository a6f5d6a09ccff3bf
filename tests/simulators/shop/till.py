"""The steps of a story, done to Odoo's own documents as staff do them. Runs inside Odoo."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from odoo import Command, fields

from .stories import Story

STOCK = 10_000
NAMES = (
    "Desk lamp", "Oak shelf", "Wall clock", "Linen curtain", "Steel kettle", "Tea set", "Garden chair", "Rain jacket",
    "Wool blanket", "Travel bag", "Bread knife", "Picture frame", "Door mat", "Bath towel", "Flower pot", "Candle",
)  # fmt: skip
COLOURS = ("black", "white", "red", "blue", "green", "grey", "sand", "brown")


class Till:
    """A shop in one company.

    partners: ids of its customers; products: of what it sells; lines: per order; seed: of what is bought.
    """

    def __init__(
        self, env: Any, partners: Sequence[int], products: Sequence[int], lines: int = 3, seed: int = 1
    ) -> None:
        self.env = env(context=dict(env.context, tracking_disable=True, mail_notrack=True))
        self.partners, self.products = partners, products
        self.lines, self.seed = lines, seed
        self.today = fields.Datetime.now()

    @classmethod
    def stock_up(cls, env: Any, count: int, publish: bool = True) -> list[int]:
        """Make so many storable products with prices and stock; return their ids. Those of a former call are kept."""
        products = env["product.product"]
        wanted = {f"SHOP-{number:05d}": number for number in range(count)}
        there = products.search([("default_code", "in", list(wanted))])
        for sku in there.mapped("default_code"):
            wanted.pop(sku)
        made = products.create(
            [
                {
                    "name": f"{NAMES[number % len(NAMES)]}, {COLOURS[number // len(NAMES) % len(COLOURS)]}",
                    "default_code": sku,
                    "type": "consu",
                    "is_storable": True,
                    "list_price": 4.95 + number % 97,
                    "weight": 0.2 + number % 9,
                    "description_sale": "From the shop's own catalogue.",
                }
                for sku, number in wanted.items()
            ]
        )
        location = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1).lot_stock_id
        for product in made:
            env["stock.quant"]._update_available_quantity(product, location, STOCK)
        if publish:
            made.product_tmpl_id[:10].stock_published = True
        scarce = products.search([("default_code", "=", "SHOP-SCARCE")], limit=1)
        if not scarce:
            products.create(
                {
                    "name": "Hand-blown vase",
                    "default_code": "SHOP-SCARCE",
                    "type": "consu",
                    "is_storable": True,
                    "list_price": 120.0,
                }
            )
        return list((there | made).ids)

    def do(self, step: str, story: Story, order_id: int | None) -> int:
        """Do one step of a story; return the id of its order."""
        order = self.env["sale.order"].browse(order_id)
        return int(getattr(self, f"_{step}")(order, story) or order.id)

    # -- the order

    def _create(self, order: Any, story: Story) -> int:
        draw = random.Random(f"{self.seed}/{story.number}")
        products = draw.sample(self.products, min(self.lines, len(self.products)))
        lines = [Command.create({"product_id": product, "product_uom_qty": draw.randint(2, 6)}) for product in products]
        if "confirm_unstocked" in story.steps:
            scarce = self.env["product.product"].search([("default_code", "=", "SHOP-SCARCE")], limit=1)
            lines.append(Command.create({"product_id": scarce.id, "product_uom_qty": 2}))
        # Whoever is blocked orders nothing else: their other orders could not be confirmed.
        kept = max(1, len(self.partners) // 10)
        customers = self.partners[-kept:] if "hold" in story.steps else self.partners[:-kept] or self.partners
        values = {
            "partner_id": customers[story.number % len(customers)],
            "client_order_ref": f"WEB-{100_000 + story.number}",
            "order_line": lines,
        }
        return int(self.env["sale.order"].create(values).id)

    def _send(self, order: Any, story: Story) -> None:
        order.action_quotation_sent()

    def _confirm(self, order: Any, story: Story) -> None:
        if order.partner_id.account_blocked:
            return  # it stays a quotation
        order.action_confirm()
        order.commitment_date = self.today + timedelta(days=3 + story.number % 5)

    _confirm_unstocked = _confirm

    def _promise_past(self, order: Any, story: Story) -> None:
        order.commitment_date = self.today - timedelta(days=1 + story.number % 4)

    def _hold(self, order: Any, story: Story) -> None:
        partner = order.partner_id.commercial_partner_id
        if not partner.account_block:
            partner.write({"account_block": True, "account_block_reason": "Cheque returned by the bank"})

    def _cancel(self, order: Any, story: Story) -> None:
        order._action_cancel()

    # -- the goods

    def _open_transfers(self, order: Any) -> Any:
        return order.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel") and picking.picking_type_code == "outgoing"
        )

    def _ship(self, picking: Any, share: int = 1) -> None:
        for move in picking.move_ids:
            move.quantity = max(1, move.product_uom_qty // share) if share > 1 else move.product_uom_qty
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=[])._action_done()

    def _ship_part(self, order: Any, story: Story) -> None:
        for picking in self._open_transfers(order)[:1]:
            self._ship(picking, 2)

    def _ship_rest(self, order: Any, story: Story) -> None:
        for picking in self._open_transfers(order):
            self._ship(picking)

    _ship_all = _ship_rest

    def _cancel_rest(self, order: Any, story: Story) -> None:
        self._open_transfers(order).action_cancel()

    def _track(self, order: Any, story: Story) -> None:
        done = order.picking_ids.filtered(lambda picking: picking.state == "done")
        for picking in done.filtered(lambda picking: not picking.carrier_tracking_ref):
            picking.carrier_tracking_ref = f"TRK{picking.id:09d}"

    def _ask_return(self, order: Any, story: Story) -> None:
        picking = order.picking_ids.filtered(
            lambda found: found.state == "done" and found.picking_type_code == "outgoing"
        )[:1]
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        lines = wizard.product_return_moves
        for line in lines:
            line.quantity = 0
        lines[:1].quantity = 1
        wizard.action_create_returns()

    def _receive_return(self, order: Any, story: Story) -> None:
        backs = order.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "incoming" and picking.state not in ("done", "cancel")
        )
        for picking in backs:
            self._ship(picking)

    # -- the money

    def _posted(self, order: Any, kind: str) -> Any:
        return order.invoice_ids.filtered(lambda move: move.move_type == kind and move.state == "posted")

    def _invoice(self, order: Any, story: Story) -> None:
        order._create_invoices().action_post()

    def _register(self, move: Any, amount: float | None = None) -> None:
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids, dont_redirect_to_payments=True
        )
        wizard.create({"amount": amount} if amount else {})._create_payments()

    def _pay(self, order: Any, story: Story) -> None:
        for move in self._posted(order, "out_invoice"):
            self._register(move)

    def _pay_part(self, order: Any, story: Story) -> None:
        for move in self._posted(order, "out_invoice")[:1]:
            self._register(move, round(move.amount_total / 2, 2))

    def _credit(self, order: Any, story: Story) -> None:
        """Give back one piece of the first line."""
        invoice = self._posted(order, "out_invoice")[:1]
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"reason": "Damaged on arrival", "journal_id": invoice.journal_id.id})
        )
        wizard.refund_moves()
        note = wizard.new_move_ids
        lines = note.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        lines[:1].quantity = 1
        lines[1:].unlink()
        note.action_post()

    def _refund(self, order: Any, story: Story) -> None:
        for move in self._posted(order, "out_refund"):
            if move.amount_residual:
                self._register(move)
