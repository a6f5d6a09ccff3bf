from typing import Any

from odoo import models

from .values import KINDS


class AccountMove(models.Model):
    """An invoice shows its links, and can be sent again."""

    _name = "account.move"
    _inherit = ["account.move", "retail.sync.mixin"]


class AccountMoveLine(models.Model):
    """A line of a posted invoice keeps its amounts, but not its text: accountants correct labels in the list of items.

    A database trigger on the table would note each line of each invoice that is posted.
    """

    _inherit = "account.move.line"

    def write(self, vals: dict[str, Any]) -> bool:
        result = super().write(vals)
        if "name" in vals:
            lines = self.filtered(lambda line: line.parent_state == "posted" and line.display_type == "product")
            moves = lines.move_id.filtered(lambda move: move.move_type in KINDS)
            self.env["retail.sync.change"]._raise(moves._name, moves.ids, {"lines"})
        return result


class AccountPayment(models.Model):
    """A payment shows its links, and can be sent again."""

    _name = "account.payment"
    _inherit = ["account.payment", "retail.sync.mixin"]


class AccountPartialReconcile(models.Model):
    """What pays an invoice is a row that comes and goes: it wakes the router."""

    _name = "account.partial.reconcile"
    _inherit = ["account.partial.reconcile", "retail.sync.source.mixin"]
