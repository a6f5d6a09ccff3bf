from odoo import fields, models


class RetailSyncConnection(models.Model):
    """Say what a merge on one side does on the other side."""

    _inherit = "retail.sync.connection"

    remote_merge_handling = fields.Selection(
        [
            ("ask", "Ask a person"),
            ("merge", "Merge the customers in Odoo too"),
            ("secondary", "Archive the losing customer"),
        ],
        default="ask",
        required=True,
        string="Merged on the platform",
        help="The platform merges two records whose customers are separate in Odoo: what happens to these customers. "
        "A merge in Odoo can be undone.",
    )
    odoo_merge_handling = fields.Selection(
        [
            ("secondary", "Keep it as a secondary link"),
            ("task", "Create a task to merge it on the platform"),
            ("retire", "Mark it as a duplicate on the platform"),
        ],
        default="secondary",
        required=True,
        string="Merged in Odoo",
        help="Two customers are merged in Odoo: what happens to the platform's record of the losing customer. A "
        "platform without such a mark gets the task instead.",
    )
