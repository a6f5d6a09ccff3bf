from odoo import fields, models


class RetailSyncLink(models.Model):
    """The name of the platform that a link is about."""

    _inherit = "retail.sync.link"

    platform_name = fields.Char(related="connection_id.platform_name")


class RetailSyncMixin(models.AbstractModel):
    """The names of the platforms that a business record is linked to."""

    _inherit = "retail.sync.mixin"

    sync_platform_name = fields.Char(compute="_compute_sync_platform_name", compute_sudo=True, string="Platforms")

    def _compute_sync_platform_name(self) -> None:
        links_of = self._sync_links()
        for record in self:
            links = links_of.get(record.id, self.env["retail.sync.link"]).filtered("is_primary")
            record.sync_platform_name = ", ".join(sorted(set(links.connection_id.mapped("platform_name")))) or False
