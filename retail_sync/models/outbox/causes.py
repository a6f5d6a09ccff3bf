from collections.abc import Collection

from odoo import api, models


class RetailSyncCauseMixin(models.AbstractModel):
    """A model whose captured changes are causes of values that Odoo stores ahead, such as prices or stock.

    A change source names it as its model. The router hands its changes to it and to no stream; what it computes of them
    is captured and sent like any other change.
    """

    _name = "retail.sync.cause.mixin"
    _description = "Causes of stored values"

    @api.model
    def _take_causes(self, causes: Collection[tuple[int, str]]) -> None:
        """Note causes, in the transaction of the router: little work, the rest in a job of its own.

        :param causes: pairs (id, word), each once, in the order in which they were captured
        """


class RetailSyncEntity(models.AbstractModel):
    """What an entity declares about causes."""

    _inherit = "retail.sync.entity"

    @api.model
    def _cause_words(self) -> tuple[str, ...]:
        """Return the words of change sources that report causes of stored values, and not values."""
        return ()
