from odoo import api, models


class RetailSyncFieldMap(models.Model):
    """A changed mapping line changes what is captured."""

    _inherit = "retail.sync.field.map"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._forget_rows()
        self.env["retail.sync.capture"].sudo()._refresh()
        return lines

    def write(self, vals):
        if vals.keys() - {"check_status", "sample_value"}:
            self._forget_rows()
        result = super().write(vals)
        if vals.keys() & {"active", "canonical_field", "direction", "stream_id"}:
            self.env["retail.sync.capture"].sudo()._refresh()
        return result

    def unlink(self):
        self._forget_rows()
        result = super().unlink()
        self.env["retail.sync.capture"].sudo()._refresh()
        return result
