from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...runtime import retention
from ...runtime.erasure import Erasure
from . import evaluate

KEEP_DAYS = 90


class RetailSyncExpectation(models.Model):
    """What a rule expects of an order, and until when: one row per order, rule and document.

    Rows are found by the time at which they fall due, so that a look costs what falls due and not what there is.
    """

    _name = "retail.sync.expectation"
    _inherit = ["retail.sync.business.access"]
    _description = "Expectation of an order"
    _erasure = Erasure(why="Times of orders; the order itself tells whose it is.")
    _order = "due_at, id"
    _business_fields = (("sale.order", "order_id"),)
    _rec_name = "order_id"
    _log_access = False

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade", index=True)
    rule_id = fields.Many2one("retail.sync.order.rule", required=True, readonly=True, ondelete="cascade", index=True)
    document_model = fields.Char(required=True, readonly=True, default="")
    document_id = fields.Many2oneReference(string="About", model_field="document_model", readonly=True, default=0)
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    since = fields.Datetime(required=True, readonly=True, help="When the time began to run.")
    due_at = fields.Datetime("Due", required=True, readonly=True)
    met_at = fields.Datetime("Met", readonly=True)
    state = fields.Selection(
        [("waiting", "Expected"), ("overdue", "Overdue"), ("met", "Met")],
        required=True,
        readonly=True,
        default="waiting",
    )
    look_at = fields.Datetime(
        readonly=True, help="When the schedule looks at the order again; none where a change of the order tells."
    )

    _one_per_document = models.UniqueIndex("(order_id, rule_id, document_model, document_id)")
    _look_idx = models.Index("(look_at) WHERE look_at IS NOT NULL")
    _overdue_idx = models.Index("(rule_id, due_at) WHERE state = 'overdue'")
    _met_idx = models.Index("(met_at) WHERE state = 'met'")

    @api.model
    def _shown_domain(self, *states: str) -> Domain:
        """Return the domain of rows in one of the states that lists and counters show.

        What a platform was not sent yet is expected for some hours after each change of an order: no news for people.
        """
        shown = Domain("state", "!=", "waiting") | Domain("rule_id.condition", "!=", "contradiction")
        return Domain("state", "in", list(states)) & shown

    @api.model
    def _cron_look(self) -> None:
        """Evaluate the orders of which something falls due, in batches that are committed."""
        if not evaluate.run(self.env(su=True)):
            self.env.ref("retail_sync.cron_expectation")._trigger()

    @api.model
    @retention.batched
    def _gc_met(self) -> retention.Progress:
        before = retention.before(self.env, "keep_expectations_days", KEEP_DAYS)
        if before is None:
            return 0, 0
        return retention.delete_expired(self, SQL("state = 'met' AND met_at < %s", before), SQL("met_at"))
