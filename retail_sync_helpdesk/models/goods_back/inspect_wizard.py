from decimal import Decimal
from typing import Any

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.retail_sync.runtime import actions
from odoo.addons.retail_sync.runtime.rights import require

from .constants import ALLOWED, DISPOSITIONS, INSPECTORS, RESULTS


class RetailSyncReturnInspect(models.TransientModel):
    """What a person found in the parcel, line by line."""

    _name = "retail.sync.return.inspect"
    _description = "Inspection of a return"

    return_id = fields.Many2one("retail.sync.return", required=True, readonly=True, ondelete="cascade")
    line_ids = fields.One2many("retail.sync.return.inspect.line", "inspect_id", string="Goods")
    order_id = fields.Many2one(related="return_id.order_id")

    @api.model
    def _open(self, header: models.BaseModel) -> dict[str, Any]:
        """Return the dialog about a return, with what is to be inspected, and what has not arrived as missing."""
        rows = []
        for line in header.line_ids:
            if line.to_inspect:
                rows.append(
                    {"line_id": line.id, "quantity": line.to_inspect, "result": "as_new", "disposition": "stock"}
                )
        if not rows and not any(line.expected_quantity for line in header.line_ids):
            raise UserError(self.env._("Nothing of return %s is left to inspect.", header.name))
        wizard = self.create({"return_id": header.id, "line_ids": [Command.create(row) for row in rows]})
        return actions.dialog(self.env._("Inspect %s", header.name), wizard)

    def action_confirm(self) -> dict[str, Any]:
        """Store the results, and move the goods where they belong."""
        self.ensure_one()
        header = require(self.return_id, *INSPECTORS)
        if not self.line_ids:
            raise UserError(self.env._("Enter what you found."))
        header._inspect(
            [
                {
                    "line": found.line_id.sudo(),
                    "quantity": Decimal(str(found.quantity)),
                    "result": found.result,
                    "disposition": found.disposition,
                    "note": found.note,
                    "attachments": found.attachment_ids.ids,
                }
                for found in self.line_ids
            ]
        )
        return {"type": "ir.actions.act_window_close"}


class RetailSyncReturnInspectLine(models.TransientModel):
    """One result of an inspection."""

    _name = "retail.sync.return.inspect.line"
    _description = "Result of an inspection"

    inspect_id = fields.Many2one("retail.sync.return.inspect", required=True, ondelete="cascade")
    return_id = fields.Many2one(related="inspect_id.return_id")
    line_id = fields.Many2one(
        "retail.sync.return.line", required=True, string="Goods", domain="[('return_id', '=', return_id)]"
    )
    quantity = fields.Float(required=True, default=1.0, digits="Product Unit")
    result = fields.Selection(RESULTS, required=True, default="as_new")
    disposition = fields.Selection(
        DISPOSITIONS, required=True, compute="_compute_disposition", store=True, readonly=False, string="Goods go to"
    )
    note = fields.Text()
    attachment_ids = fields.Many2many("ir.attachment", string="Photos")

    @api.depends("result")
    def _compute_disposition(self) -> None:
        for row in self:
            allowed = ALLOWED.get(row.result, ("keep",))
            if row.disposition not in allowed:
                row.disposition = allowed[0]

    @api.constrains("line_id", "inspect_id")
    def _check_line(self) -> None:
        for row in self:
            if row.line_id.return_id != row.inspect_id.return_id:
                raise ValidationError(self.env._("Choose goods of this return."))
