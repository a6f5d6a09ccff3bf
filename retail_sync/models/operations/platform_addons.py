from typing import TypedDict

from odoo import api, models

ENGINE = "retail_sync"


class PlatformAddon(TypedDict):
    """An addon that connects a platform, as the Apps screen shows it."""

    name: str
    title: str
    summary: str


class PlatformAddons(TypedDict):
    """What the overview shows without a connection. addons: platform addons that are not installed, by title."""

    has_platform: bool
    addons: list[PlatformAddon]


class RetailSyncConnection(models.Model):
    _inherit = "retail.sync.connection"

    @api.model
    def get_platform_addons(self) -> PlatformAddons:
        """Return whether a platform addon is installed and, if not, which ones can be installed.

        A platform addon depends on the engine and its name starts with that of the engine.
        """
        self.check_access("read")
        if self._fields["system"].get_values(self.env):
            return {"has_platform": True, "addons": []}
        # Only administrators may read the list of modules; titles and summaries are public texts.
        modules = self.env["ir.module.module"].sudo()
        found = modules.search(
            [
                ("name", "=like", f"{ENGINE}_%".replace("_", r"\_")),
                ("dependencies_id.name", "=", ENGINE),
                ("state", "not in", ("installed", "uninstallable")),
            ],
            order="shortdesc, name",
        )
        return {
            "has_platform": False,
            "addons": [
                {"name": module.name, "title": module.shortdesc or module.name, "summary": module.summary or ""}
                for module in found
            ],
        }
