from odoo import fields, models


class RetailSyncConnection(models.Model):
    """The platform's name, for buttons and texts that say where a record is opened."""

    _inherit = "retail.sync.connection"

    platform_name = fields.Char(compute="_compute_platform_name", string="Platform name")

    def _compute_platform_name(self) -> None:
        names = dict(self._fields["system"]._description_selection(self.env))
        for connection in self:
            connection.platform_name = names.get(connection.system)
