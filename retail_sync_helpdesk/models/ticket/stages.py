"""The stages of Odoo, read for the decisions about them."""

from odoo.api import Environment

from ...domain.tickets.stages import Stage, Stages


def read(env: Environment) -> Stages:
    """Return all stages, in two queries."""
    records = env["helpdesk.ticket.stage"].sudo().with_context(active_test=False).search([])
    return Stages(
        [
            Stage(
                stage.id,
                stage.sync_status,
                stage.closed,
                frozenset(stage.team_ids.ids),
                stage.company_id.id or None,
                stage.active,
            )
            for stage in records
            if stage.sync_status
        ]
    )
