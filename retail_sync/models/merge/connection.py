from odoo import fields, models


class RetailSyncConnection(models.Model):
    """What merges on one side mean for the other."""

    _inherit = "retail.sync.connection"

    merge_policy = fields.Selection(
        [
            ("ask", "Ask a person"),
            ("merge", "Merge the customers here too"),
            ("alias", "Archive the second customer"),
        ],
        default="ask",
        required=True,
        string="Merged on the platform",
        help="What happens when two records of the platform, which are two customers here, are merged there. "
        "A merge in Odoo can be undone.",
    )
    merge_remote_policy = fields.Selection(
        [
            ("alias", "Leave it as a second id"),
            ("task", "Ask people to merge it there"),
            ("retire", "Mark it as a second record"),
        ],
        default="alias",
        required=True,
        string="Merged in Odoo",
        help="What happens to the platform's second record when two customers are merged in Odoo. Where the platform "
        "knows no such mark, people are asked to merge the two records there.",
    )
