from odoo import api, fields, models


class RetailSyncFlow(models.Model):
    """Figures and buttons of a stream's screens."""

    _inherit = "retail.sync.flow"

    exception_count = fields.Integer(compute="_compute_exception_count", string="Exceptions")

    @api.depends_context("retail_sync_stream_only")
    def _compute_display_name(self):
        """Lists that show the connection elsewhere have no room to repeat it."""
        if not self.env.context.get("retail_sync_stream_only"):
            return super()._compute_display_name()
        for flow in self:
            flow.display_name = flow.name
        return None

    def _compute_exception_count(self):
        counts = dict(
            self.env["retail.sync.message"]._read_group(
                [("flow_id", "in", self.ids), ("is_exception", "=", True)], ["flow_id"], ["__count"]
            )
        )
        for flow in self:
            flow.exception_count = counts.get(flow, 0)

    def action_exceptions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("retail_sync.action_exception")
        return dict(action, domain=[("flow_id", "=", self.id), ("is_exception", "=", True)])

    def action_reload(self):
        """Read everything in scope again, e.g. after the mapping or the filter changed; what is equal costs little."""
        self.ensure_one()
        self.backend_id._require_manager()
        self.env["retail.sync.loader"].sudo()._start(self.backend_id.sudo(), "initial", self.sudo())
        return self.env["retail.sync.message"]._notify(self.env._("%s is being loaded again. See Runs.", self.name))
