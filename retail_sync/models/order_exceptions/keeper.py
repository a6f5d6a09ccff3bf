from collections.abc import Collection, Mapping

from odoo import api, models

from . import evaluate

MODEL = "sale.order"
# What an exception itself changes of its order: to look again because of it would find the same.
OUR_OWN = frozenset(("exceptions",))


class RetailSyncMilestoneKeeper(models.AbstractModel):
    """Evaluate the rules of an order with its journal, in the transaction in which a change of it is routed."""

    _inherit = "retail.sync.milestone.keeper"

    @api.model
    def _note_changes(self, model: str, changes: Mapping[int, set[str]]) -> None:
        result = super()._note_changes(model, changes)
        if model == MODEL:
            ids = [order_id for order_id, names in changes.items() if not names or names - OUR_OWN]
            # The journal does not wait for a rule that fails.
            evaluate.evaluate_each(self.env(su=True), ids)
        return result

    @api.model
    def _evaluate_again(self, order_ids: Collection[int]) -> None:
        result = super()._evaluate_again(order_ids)
        evaluate.evaluate(self.env(su=True), sorted(order_ids))
        return result
