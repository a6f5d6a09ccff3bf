from odoo import fields, models


class RetailSyncStream(models.Model):
    """Deletions that the platform no longer tells of, and the checks that find them."""

    _inherit = "retail.sync.stream"

    deletion_check_due = fields.Datetime(
        readonly=True,
        copy=False,
        help="Since when deletions on the platform may have been missed, because it no longer remembers them. "
        "The ids of all records are compared once; what is gone is then handled as deleted.",
        string="Deletion check due since",
    )
    deletions_checked_at = fields.Datetime(
        readonly=True, copy=False, help="When the ids of all records were last compared.", string="Deletions checked"
    )
