from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request

from . import credit_status
from .constants import BLOCK_GROUP

BLOCK = "account_block"
CREDIT = "credit_hold"
# Orders that somebody with the right has waived, for the time of their confirmation. It is
# kept with the transaction and not in the context, which any caller from outside may set.
WAIVED = "retail_sync.waived_orders"


@dataclass(frozen=True, slots=True)
class Stop:
    """Why an order may not be confirmed: kind, the partner on whom it stands, and the text for staff."""

    kind: str
    partner: models.Model
    text: str


class SaleOrder(models.Model):
    _inherit = "sale.order"

    account_block_note = fields.Text(compute="_compute_stop_notes", compute_sudo=True)
    credit_hold_note = fields.Text(compute="_compute_stop_notes", compute_sudo=True)
    is_stopped = fields.Boolean(
        compute="_compute_stop_notes",
        compute_sudo=True,
        help="Its customer is blocked, or on credit hold where that stops orders.",
    )
    block_override_ids = fields.One2many("retail.sync.block.override", "order_id", groups=BLOCK_GROUP)

    # -- what stands in the way

    def _parties(self):
        """Return who orders and who pays."""
        return self.partner_id | self.partner_invoice_id

    def _stops(self, kinds=(BLOCK, CREDIT)):
        """Return {order: [Stop]}, the free ones left out; set-based, each company in its own terms."""
        found = {}
        for company, orders in self.sudo().grouped("company_id").items():
            company = company or self.env.company
            partners = orders._parties().with_company(company)
            blocks = partners._account_blocks(company) if BLOCK in kinds else {}
            credit = partners._origin._retail_sync_commercial() if CREDIT in kinds else {}
            for order in orders:
                stops = self._stops_of(order._parties(), blocks, credit)
                if stops:
                    found[order] = stops
        return found

    @api.model
    def _stops_of(self, parties, blocks, credit):
        stops = {}
        for partner in parties:
            holder = blocks.get(partner.id)
            if holder:
                stops[BLOCK, holder] = Stop(BLOCK, holder, holder._account_block_text())
                continue
            values = credit.get(partner._origin.id)
            head = partner.commercial_partner_id
            if values and values["credit_state"] == "hold" and not values["account_block"]:
                text = self.env._(
                    "%(customer)s is on credit hold: %(reason)s",
                    customer=head.display_name,
                    reason=credit_status.reason_text(self.env, values["credit_reason"]),
                )
                stops[CREDIT, head] = Stop(CREDIT, head, text)
        return list(stops.values())

    @api.model
    def _stopping_kinds(self):
        stops_orders = credit_status.credit_settings(self.env)["stops_orders"]
        return (BLOCK, CREDIT) if stops_orders else (BLOCK,)

    @api.depends("partner_id", "partner_invoice_id", "company_id", "state")
    @api.depends_context("lang")
    def _compute_stop_notes(self):
        waiting = self.filtered(lambda order: order.state in ("draft", "sent") and order.partner_id)
        stops, kinds = waiting._stops(), self._stopping_kinds()
        for order in self:
            own = stops.get(order.sudo(), [])
            order.account_block_note = "\n".join(stop.text for stop in own if stop.kind == BLOCK) or False
            order.credit_hold_note = "\n".join(stop.text for stop in own if stop.kind == CREDIT) or False
            order.is_stopped = any(stop.kind in kinds for stop in own)

    # -- confirming

    def action_confirm(self):
        self._check_stops()
        return super().action_confirm()

    @api.model_create_multi
    def create(self, vals_list):
        self.env["retail.sync.change"]._schedule_routing()
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state == "sale")._check_stops()
        return orders

    def write(self, vals):
        if "state" in vals or "partner_id" in vals:
            self.env["retail.sync.change"]._schedule_routing()
        # Whatever confirms an order ends here, an integration that sets the state by itself too.
        if vals.get("state") == "sale":
            self.filtered(lambda order: order.state != "sale")._check_stops()
        return super().write(vals)

    def _check_stops(self):
        """Refuse the confirmation of orders of blocked customers.

        :raises UserError: names the orders and what to do; to a customer it only says whom to ask
        """
        waived = self.env.cr.precommit.data.get(WAIVED, frozenset())
        stops = self.filtered(lambda order: order.id not in waived)._stops(self._stopping_kinds())
        if not stops:
            return
        if self._is_asked_by_customer():
            raise UserError(self._customer_stop_text(next(iter(stops))))
        lines = [
            f"{order.name}: {text}"
            for order, found in stops.items()
            for text in dict.fromkeys(stop.text for stop in found)
        ]
        raise UserError(
            "\n".join(
                [
                    self.env._("These orders cannot be confirmed.")
                    if len(stops) > 1
                    else self.env._("This order cannot be confirmed."),
                    *lines,
                    self.env._(
                        "What to do: ask who blocked the customer, or Accounting, to lift the block or settle the"
                        " account. Users with the right 'Override account block' may confirm the order all the same:"
                        " open it and press 'Confirm despite the block'."
                    ),
                ]
            )
        )

    def _is_asked_by_customer(self):
        """Tell whether a customer is at the screen: a portal or public user, whatever rights the code runs with.

        Pages for customers work as the superuser, so who asks is who sent the request.
        """
        users = self.env.user
        if request and request.env.uid:
            users |= users.browse(request.env.uid)
        return any(users.sudo().mapped("share"))

    def _customer_stop_text(self, order):
        """Say politely that an order needs a word with us; customers do not read what staff noted about them."""
        contact = order.user_id.name or order.company_id.name
        return self.env._(
            "Thank you for your order. We cannot confirm it online at the moment. Please contact %s: we are happy to"
            " help.",
            contact,
        )

    def action_confirm_despite_block(self):
        """Open the dialog in which somebody with the right says why these orders are confirmed all the same."""
        return self.env["retail.sync.block.confirm"]._ask(self)
