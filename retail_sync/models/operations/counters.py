from odoo import fields, models


class RetailSyncBackend(models.Model):
    """Counters on a connection's screens."""

    _inherit = "retail.sync.backend"

    exception_count = fields.Integer(compute="_compute_counts", string="Exceptions")

    binding_count = fields.Integer(compute="_compute_counts", string="Linked records")

    def _compute_counts(self):
        exceptions = dict(
            self.env["retail.sync.message"]._read_group(
                [("backend_id", "in", self.ids), ("is_exception", "=", True)], ["backend_id"], ["__count"]
            )
        )
        bindings = dict(
            self.env["retail.sync.binding"]._read_group(
                [("backend_id", "in", self.ids), ("slot", "=", "main")], ["backend_id"], ["__count"]
            )
        )
        for backend in self:
            backend.exception_count = exceptions.get(backend, 0)
            backend.binding_count = bindings.get(backend, 0)

    open_run_count = fields.Integer(compute="_compute_open_run_count", string="Runs under way")

    def _compute_open_run_count(self):
        counts = dict(
            self.env["retail.sync.run"]._read_group(
                [("backend_id", "in", self.ids), ("state", "in", ["pending", "running"])], ["backend_id"], ["__count"]
            )
        )
        for backend in self:
            backend.open_run_count = counts.get(backend, 0)


class RetailSyncFlow(models.Model):
    """Counters on a stream's screens."""

    _inherit = "retail.sync.flow"

    binding_count = fields.Integer(compute="_compute_binding_count")

    def _compute_binding_count(self):
        counts = dict(
            self.env["retail.sync.binding"]._read_group(
                [("flow_id", "in", self.ids), ("slot", "=", "main")], ["flow_id"], ["__count"]
            )
        )
        for flow in self:
            flow.binding_count = counts.get(flow, 0)

    exception_count = fields.Integer(compute="_compute_exception_count", string="Exceptions")

    def _compute_exception_count(self):
        counts = dict(
            self.env["retail.sync.message"]._read_group(
                [("flow_id", "in", self.ids), ("is_exception", "=", True)], ["flow_id"], ["__count"]
            )
        )
        for flow in self:
            flow.exception_count = counts.get(flow, 0)
