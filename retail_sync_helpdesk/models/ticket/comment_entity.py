from collections.abc import Collection
from typing import Any

from odoo import api, models

from .declaration import COMMENT


class RetailSyncEntityTicketComment(models.AbstractModel):
    """Comments on their way to a desk: facts about tickets, of which no value is ever compared."""

    _name = "retail.sync.entity.ticket_comment"
    _inherit = ["retail.sync.entity"]
    _description = "Comments of tickets"

    _entity = COMMENT.name
    _res_model = "helpdesk.ticket"

    @api.model
    def _columns(self) -> dict[str, tuple[str, ...]]:
        return {}

    @api.model
    def _steering_columns(self) -> set[str]:
        return set()

    @api.model
    def _exportable(
        self, stream: models.BaseModel, res_ids: Collection[int], ordered: Collection[int] = ()
    ) -> list[int]:
        """Return none: a ticket is created by the stream of tickets, and comments are recorded one by one."""
        return []

    @api.model
    def _concerned(self, streams: models.BaseModel, res_ids: Collection[int]) -> models.BaseModel:
        """Return none: a change of a ticket is no comment."""
        return streams.browse()

    @api.model
    def _local_values(self, records: models.BaseModel, ctx: dict[str, Any], bases: dict[int, Any]) -> dict[int, Any]:
        return {record.id: {} for record in records}
