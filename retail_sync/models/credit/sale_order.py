from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request

from . import credit_status
from .constants import BANNER_GROUPS, OVERRIDE_GROUP

BLOCK = "account_block"
CREDIT = "credit_hold"
QUOTATIONS = ("draft", "sent")
# Fields that decide whether an order is stopped. Others are computed from the customer.
DECIDING = frozenset(("state", "partner_id", "partner_invoice_id", "company_id"))
# Key of the orders that a user with the right is confirming despite a block. The transaction holds their ids, not the
# context, because any caller can set a context.
WAIVED = "retail_sync.waived_orders"


@dataclass(frozen=True, slots=True)
class Stop:
    """Reason why an order cannot be confirmed.

    ``kind``: BLOCK or CREDIT; ``partner``: who carries the block or the credit hold; ``text``: sentence for users.
    """

    kind: str
    partner: models.Model
    text: str


class SaleOrder(models.Model):
    """Stop the confirmation of orders of blocked customers."""

    _inherit = "sale.order"

    account_block_note = fields.Text(compute="_compute_stop_notes", compute_sudo=True, groups=BANNER_GROUPS)
    credit_hold_note = fields.Text(compute="_compute_stop_notes", compute_sudo=True, groups=BANNER_GROUPS)
    is_stopped = fields.Boolean(
        compute="_compute_stop_notes",
        compute_sudo=True,
        groups="base.group_user",
        help="Whether the customer is blocked, or on credit hold if a credit hold stops orders.",
    )

    # -- what stops an order

    def _parties(self) -> models.BaseModel:
        """Return the partners that order and that pay."""
        return self.partner_id | self.partner_invoice_id

    def _stops(self, kinds: Collection[str] = (BLOCK, CREDIT)) -> dict[models.BaseModel, list[Stop]]:
        """Return {order: [Stop]} of stopped orders, by the rules of each order's company.

        The number of queries depends on the number of companies, not of orders.
        """
        stops_by_order = {}
        for company, orders in self.sudo().grouped("company_id").items():
            company = company or self.env.company
            partners = orders._parties().with_company(company)
            blocks = partners._account_blocks(company) if BLOCK in kinds else {}
            credit = partners._origin._retail_sync_commercial() if CREDIT in kinds else {}
            for order in orders:
                stops = self._stops_of(order._parties(), blocks, credit)
                if stops:
                    stops_by_order[order] = stops
        return stops_by_order

    @api.model
    def _stops_of(
        self, parties: models.BaseModel, blocks: Mapping[int, Any], credit: Mapping[int, Mapping[str, Any]]
    ) -> list[Stop]:
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
    def _stopping_kinds(self) -> tuple[str, ...]:
        stops_orders = credit_status.credit_settings(self.env)["stops_orders"]
        return (BLOCK, CREDIT) if stops_orders else (BLOCK,)

    @api.depends("partner_id", "partner_invoice_id", "company_id", "state")
    @api.depends_context("lang")
    def _compute_stop_notes(self) -> None:
        waiting = self.filtered(lambda order: order.partner_id and (order.state in QUOTATIONS or order._is_moved()))
        stops, kinds = waiting._stops(), self._stopping_kinds()
        for order in self:
            order_stops = stops.get(order.sudo(), [])
            order.account_block_note = "\n".join(stop.text for stop in order_stops if stop.kind == BLOCK) or False
            order.credit_hold_note = "\n".join(stop.text for stop in order_stops if stop.kind == CREDIT) or False
            order.is_stopped = any(stop.kind in kinds for stop in order_stops)

    # -- confirming

    def action_confirm(self) -> Any:
        self._check_stops()
        return super().action_confirm()

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        self.env["retail.sync.change"]._schedule_routing()
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state == "sale")._check_stops()
        return orders

    def write(self, vals: dict[str, Any]) -> bool:
        """Refuse what confirms an order of a blocked customer, or gives a confirmed order to one.

        Every way to change an order passes here: forms, imports, and integrations that write fields directly.
        """
        if "state" in vals or "partner_id" in vals:
            self.env["retail.sync.change"]._schedule_routing()
        if DECIDING.isdisjoint(vals):
            return super().write(vals)
        before = {order: (order.state, *order._parties_of_company()) for order in self}
        result = super().write(vals)
        confirmed = self.filtered(lambda order: order.state == "sale")
        confirmed.filtered(lambda order: before[order][0] != "sale")._check_stops()
        confirmed.filtered(
            lambda order: before[order][0] == "sale" and before[order][1:] != order._parties_of_company()
        )._check_new_parties()
        return result

    def _parties_of_company(self) -> tuple[models.BaseModel, models.BaseModel, models.BaseModel]:
        """Return what decides whether an order is stopped: who orders, who pays, and the company that asks."""
        return self.partner_id, self.partner_invoice_id, self.company_id

    def _is_moved(self) -> bool:
        """Return whether a form gives a confirmed order another customer that is not stored yet."""
        origin = self._origin
        return bool(origin) and self.state == "sale" and self._parties()._origin != origin._parties()

    def _check_new_parties(self) -> None:
        """Refuse to give confirmed orders to a blocked customer; of a user with the right, keep that it was done.

        :raises UserError: the user has no right to override blocks
        """
        if not self.env.user.has_group(OVERRIDE_GROUP):
            self._check_stops()
            return
        stops = self._stops(self._stopping_kinds())
        if stops:
            reason = self.env._("The customer of the confirmed order was changed.")
            self.env["retail.sync.block.override"]._record(stops, reason)

    def _check_stops(self) -> None:
        """Refuse to confirm orders of blocked customers.

        :raises UserError: names the orders and what to do; a customer only reads whom to contact
        """
        waived = self.env.cr.precommit.data.get(WAIVED, frozenset())
        stops = self.filtered(lambda order: order.id not in waived)._stops(self._stopping_kinds())
        if not stops:
            return
        if self._is_customer_request():
            raise UserError(self._customer_stop_text(next(iter(stops))))
        lines = [
            f"{order.name}: {text}"
            for order, order_stops in stops.items()
            for text in dict.fromkeys(stop.text for stop in order_stops)
        ]
        raise UserError(
            "\n".join(
                [
                    self.env._("These orders cannot be confirmed.")
                    if len(stops) > 1
                    else self.env._("This order cannot be confirmed."),
                    *lines,
                    self.env._(
                        "Ask the user who blocked the customer, or Accounting, to lift the block or clear the account."
                        " Users with the right 'Override account block' can open the order and press 'Confirm despite"
                        " the block'."
                    ),
                ]
            )
        )

    def _is_customer_request(self) -> bool:
        """Return whether a portal or public user sent the request, whatever rights the code runs with.

        Portal pages run as the superuser, so the user of the request decides.
        """
        users = self.env.user
        if request and request.env.uid:
            users |= users.browse(request.env.uid)
        return any(users.sudo().mapped("share"))

    def _customer_stop_text(self, order: models.BaseModel) -> str:
        """Return the text for the customer of a stopped order; it holds no internal notes about the customer."""
        contact = order.user_id.name or order.company_id.name
        return self.env._(
            "Thank you for your order. We cannot confirm this order online at the moment. Please contact %s.",
            contact,
        )

    def action_confirm_despite_block(self) -> dict[str, Any]:
        """Open the dialog in which a user with the right confirms these orders despite the block, with a reason."""
        return self.env["retail.sync.block.confirm"]._ask(self)
