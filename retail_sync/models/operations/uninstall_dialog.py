"""Odoo's dialog before an uninstallation: what goes with an addon that connects a platform."""

from typing import Any

from odoo import api, fields, models

# What people miss most, in this order.
COUNTED = ("retail.sync.link", "retail.sync.message", "retail.sync.match.decision", "retail.sync.stream")


class BaseModuleUninstall(models.TransientModel):
    _inherit = "base.module.uninstall"

    retail_sync_loss = fields.Text(compute="_compute_retail_sync_loss", string="Synchronised records")

    @api.depends("module_ids")
    def _compute_retail_sync_loss(self) -> None:
        for wizard in self:
            names = set(wizard._get_modules().mapped("name")) if wizard.module_ids else set()
            wizard.retail_sync_loss = wizard._retail_sync_loss(names) or False

    def _retail_sync_loss(self, names: set[str]) -> str:
        """Return what goes with addons: connections of their platforms and what hangs on them; empty if nothing does.

        Odoo deletes the records of a platform that an addon adds, without a word.
        """
        connections = self.env["retail.sync.connection"].sudo().with_context(active_test=False)
        systems = connections._fields["system"].get_values(self.env)
        lost = systems if "retail_sync" in names else [name for name in systems if self._addon_of(name) in names]
        found = connections.search([("system", "in", lost)])
        if not found:
            return ""
        models_of = self.env["ir.model"].sudo()
        counts = []
        for name in COUNTED:
            rows: Any = self.env[name].sudo().with_context(active_test=False)
            count = rows.search_count([("connection_id", "in", found.ids)])
            if count:
                counts.append(f"{models_of._get(name).name}: {count}")
        return "\n".join(
            [
                self.env._(
                    "These connections are deleted, and with them everything that Odoo knows about their records: %s. "
                    "Customers stay, and so do the records on the platforms. After a new installation a first load "
                    "has to find out again which record is which.",
                    ", ".join(found.mapped("name")),
                ),
                *counts,
            ]
        )

    def _addon_of(self, system: str) -> str:
        """Return the addon that adds a platform to the choices of a connection."""
        field = self.env["ir.model.fields"].sudo()._get("retail.sync.connection", "system")
        choice = (
            self.env["ir.model.fields.selection"].sudo().search([("field_id", "=", field.id), ("value", "=", system)])
        )
        return (choice.get_external_id().get(choice.id) or "").split(".")[0]
