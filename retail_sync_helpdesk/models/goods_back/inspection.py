from collections.abc import Sequence

from odoo import Command, fields, models
from odoo.exceptions import AccessError

from odoo.addons.retail_sync.runtime.erasure import Erasure

from .constants import DISPOSITIONS, RESULTS


class RetailSyncReturnInspection(models.Model):
    """What a person found when looking at returned goods, and what became of them."""

    _name = "retail.sync.return.inspection"
    _description = "Inspection of returned goods"
    _order = "id"
    _erasure = Erasure(quotes=("note",))

    line_id = fields.Many2one("retail.sync.return.line", required=True, readonly=True, index=True, ondelete="cascade")
    return_id = fields.Many2one(related="line_id.return_id", store=True, index=True)
    company_id = fields.Many2one(related="return_id.company_id", store=True)
    product_id = fields.Many2one(related="line_id.product_id")
    quantity = fields.Float(required=True, readonly=True, digits="Product Unit")
    result = fields.Selection(RESULTS, required=True, readonly=True)
    disposition = fields.Selection(DISPOSITIONS, required=True, readonly=True, string="Goods")
    picking_id = fields.Many2one("stock.picking", string="Transfer", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", string="Inspected by", required=True, readonly=True, ondelete="restrict")
    inspected_at = fields.Datetime("Inspected", required=True, readonly=True, default=fields.Datetime.now)
    note = fields.Text(readonly=True)
    attachment_ids = fields.Many2many("ir.attachment", string="Photos", readonly=True)

    _quantity_positive = models.Constraint("CHECK (quantity > 0)", "An inspection is of more than nothing.")

    def _take_photos(self, attachment_ids: Sequence[int]) -> None:
        """Make files part of an inspection, so that whoever reads the return sees them.

        :raises AccessError: a file is not one that this user has just added
        """
        self.ensure_one()
        files = self.env["ir.attachment"].sudo().browse(attachment_ids).exists()
        homes = (False, "", "retail.sync.return.inspect.line")
        if any(file.res_model not in homes or file.create_uid.id != self.env.uid for file in files):
            raise AccessError(self.env._("A photo is added in the dialog of the inspection."))
        files.write({"res_model": self._name, "res_id": self.id})
        self.attachment_ids = [Command.set(files.ids)]
