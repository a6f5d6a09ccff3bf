from odoo import models

from . import full_load


class RetailSyncRun(models.Model):
    """What a load does at its end, and when the platform lost its bulk job."""

    _inherit = "retail.sync.run"

    def _forget_snapshot(self):
        self.env["retail.sync.load.snapshot"].sudo()._forget(self)
        planned = self.filtered(lambda run: run.kind == "dry")
        if planned:
            self.env["retail.sync.dry.run.record"].sudo()._drop(planned)
        return super()._forget_snapshot()

    def _continue_with(self, following):
        if following.state == "pending":
            full_load.enqueue(self.env, "_job_begin", following)
        return super()._continue_with(following)

    def _restart_bulk(self):
        full_load.restart_bulk(self.env, self)
        return super()._restart_bulk()
