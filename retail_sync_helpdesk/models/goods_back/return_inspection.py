from decimal import Decimal
from typing import Any

from odoo import models
from odoo.exceptions import UserError

from . import put_away
from .constants import ALLOWED


class RetailSyncReturn(models.Model):
    """Results of inspections, as the dialog or an import hands them over."""

    _inherit = "retail.sync.return"

    def _inspect(self, results: list[dict[str, Any]]) -> models.BaseModel:
        """Store results of an inspection, move the goods, and return the inspections.

        :param results: line, quantity, result, disposition, note, attachments
        :raises UserError: a result is of more than arrived, or of more than is still expected
        """
        self.ensure_one()
        # Two people who inspect the same parcel must not both count it.
        self.lock_for_update()
        made = self.env["retail.sync.return.inspection"]
        for found in results:
            self._check_result(found)
            inspection = made.create(
                {
                    "line_id": found["line"].id,
                    "quantity": float(found["quantity"]),
                    "result": found["result"],
                    "disposition": found["disposition"],
                    "note": found["note"],
                    "user_id": self.env.uid,
                }
            )
            inspection._take_photos(found["attachments"])
            made |= inspection
        put_away.move_goods(made)
        missing = made.filtered(lambda inspection: inspection.result == "missing")
        if missing:
            put_away.give_up(missing)
        self._refresh()
        return made

    def _check_result(self, found: dict[str, Any]) -> None:
        line = found["line"]
        if found["disposition"] not in ALLOWED[found["result"]]:
            labels = dict(self.env["retail.sync.return.inspection"]._fields["result"]._description_selection(self.env))
            raise UserError(
                self.env._("Goods with the result %s cannot go there. Choose another place.", labels[found["result"]])
            )
        missing = found["result"] == "missing"
        most = Decimal(str(line.expected_quantity if missing else line.to_inspect))
        if not 0 < found["quantity"] <= most:
            raise UserError(
                self.env._(
                    "%(product)s: the quantity %(quantity)s does not fit, %(most)s is left to inspect.",
                    product=line.product_id.display_name,
                    quantity=f"{found['quantity']:f}",
                    most=f"{most:f}",
                )
                if not missing
                else self.env._(
                    "%(product)s: the quantity %(quantity)s cannot be missing, %(most)s is still expected.",
                    product=line.product_id.display_name,
                    quantity=f"{found['quantity']:f}",
                    most=f"{most:f}",
                )
            )
