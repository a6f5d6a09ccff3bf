from odoo import fields, models


class RetailSyncStream(models.Model):
    """The last run of a stream."""

    _inherit = "retail.sync.stream"

    last_run_id = fields.Many2one(
        "retail.sync.run", readonly=True, ondelete="set null", index="btree_not_null", string="Last run"
    )
