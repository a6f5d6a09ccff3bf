from odoo import fields, models

STAFF = (
    "sales_team.group_sale_salesman,account.group_account_invoice,account.group_account_readonly,"
    "retail_sync.group_operator,retail_sync.group_auditor"
)


class SaleOrder(models.Model):
    """Show the milestones of an order."""

    _inherit = "sale.order"

    milestone_ids = fields.One2many(
        "retail.sync.milestone",
        "res_id",
        string="Milestones",
        domain=[("res_model", "=", "sale.order")],
        readonly=True,
        copy=False,
        groups=STAFF,
    )
