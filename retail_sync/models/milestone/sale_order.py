from odoo import api, fields, models, tools

from ...domain.commerce.entries import Entry
from ...domain.commerce.facts import OrderFacts
from . import evaluation, fact_sql

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

    def _retail_sync_facts(self) -> dict[int, tuple[OrderFacts, list[Entry]]]:
        """Return {order id: (facts as they are now, entries of the journal)}, with the right of the system.

        The number of queries does not depend on the number of orders.
        """
        env = self.env(su=True)
        journal = evaluation.journal_of(env, self.ids)
        return {
            order_id: (facts, journal.get(order_id, []))
            for order_id, facts in evaluation.read_facts(env, self.ids).items()
        }

    @api.model
    @tools.ormcache()
    def _fact_columns(self) -> fact_sql.Present:
        """Return which optional columns the database has: asked again when addons have been installed or removed."""
        return fact_sql.present(self.env)
