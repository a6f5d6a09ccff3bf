from typing import Any

from odoo import api, fields, models

from .locks import bump, orders_of_documents
from .protected import refuse

OF_MOVES = frozenset({"sync_action_uuid"})
OF_LINES = frozenset(
    {"sync_billed_line_id", "sync_credit_kind", "sync_credit_quantity", "sync_credit_total", "sync_kept"}
)
CREDIT_KINDS = [
    ("quantity", "Quantity"),
    ("price", "Part of the price"),
    ("shipping", "Shipping costs"),
    ("kept", "Kept fee"),
    ("correction", "Correction of the price"),
    ("goodwill", "Goodwill"),
    ("rounding", "Rounding"),
]


class AccountMove(models.Model):
    """A credit note of ours names the service action that asked for it."""

    _inherit = "account.move"

    sync_action_uuid = fields.Char(
        readonly=True, copy=False, index="btree_not_null", string="Service action", help="UUID of the service action."
    )

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        refuse(self, vals_list, OF_MOVES)
        moves = super().create(vals_list)
        # A draft of a credit note counts: it is posted any moment.
        moves._sync_money_moved("out_refund")
        return moves

    def unlink(self) -> bool:
        self._sync_money_moved("out_refund")
        result: bool = super().unlink()
        return result

    def _sync_money_moved(self, *kinds: str) -> None:
        """Raise the version of the money of the orders whose documents of these kinds change."""
        if ids := [move.id for move in self if move.move_type in kinds]:
            bump(self.env, orders_of_documents(self.env, ids))

    def write(self, vals: dict[str, Any]) -> bool:
        refuse(self, [vals], OF_MOVES)
        changed = self.browse()
        if "state" in vals:
            sales = self.filtered(lambda move: move.move_type in ("out_invoice", "out_refund"))
            changed = sales.filtered(lambda move: move.state != vals["state"])
        result: bool = super().write(vals)
        if changed:
            bump(self.env, orders_of_documents(self.env, changed.ids))
        return result


class AccountMoveLine(models.Model):
    """A line of a credit note of ours says which billed line it credits, and what of it."""

    _inherit = "account.move.line"

    sync_billed_line_id = fields.Many2one(
        "account.move.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        string="Credited line",
        help="Line of the invoice that this line of a credit note gives back, in whole or in part.",
    )
    sync_credit_kind = fields.Selection(CREDIT_KINDS, readonly=True, copy=False, string="Kind of credit")
    sync_credit_quantity = fields.Float(
        readonly=True, copy=False, digits="Product Unit", help="Credited, in the unit of the order line. 0: by price."
    )
    sync_credit_total = fields.Monetary(
        readonly=True,
        copy=False,
        currency_field="currency_id",
        help="Taxes included: the share of the billed line that this line stands for, to the cent. The amounts that "
        "Odoo calculates for the line may differ by what rounding leaves, which the line of rounding makes up for.",
    )
    sync_kept = fields.Monetary(
        readonly=True,
        copy=False,
        currency_field="currency_id",
        string="Kept fee",
        help="The fee that is kept of the credited line, and does not come back later.",
    )

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        refuse(self, vals_list, OF_LINES)
        return super().create(vals_list)

    def write(self, vals: dict[str, Any]) -> bool:
        refuse(self, [vals], OF_LINES)
        result: bool = super().write(vals)
        return result
