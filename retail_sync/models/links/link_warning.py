"""Warnings of links by cause: what was left out of records that are in sync otherwise."""

from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL

from ...runtime import actions

# A cause is a warning without the values and ids that it quotes: one cause for all languages that are not installed.
_QUOTED = "'[^']*'|« ?[^»]* ?»|„[^“]*“|#[0-9]+(, #[0-9]+)*"
_CAUSE = SQL("regexp_replace(warning.text, %s, %s, 'g')", _QUOTED, "…")


class RetailSyncLink(models.Model):
    """A link is found by the cause of its warnings."""

    _inherit = "retail.sync.link"

    warning_cause = fields.Char(
        "Cause of a warning",
        compute="_compute_warning_cause",
        search="_search_warning_cause",
        help="A warning of the link, without the values it quotes.",
    )

    def _compute_warning_cause(self) -> None:
        """A search field: a link has as many causes as warnings, and those are shown as such."""
        self.warning_cause = False

    @api.model
    def _search_warning_cause(self, operator: str, value: Any) -> Any:
        """Find links by the exact cause of one of their warnings."""
        if operator != "in":
            return NotImplemented
        self.flush_model(["warnings", "has_warnings"])
        found = SQL(
            "(SELECT link.id FROM retail_sync_link link CROSS JOIN LATERAL jsonb_array_elements_text(link.warnings)"
            " AS warning (text) WHERE link.has_warnings AND %s = ANY(%s))",
            _CAUSE,
            list(value),
        )
        return [("id", "in", found)]


class RetailSyncLinkWarning(models.Model):
    """One cause of warnings on a stream, with the number of records that it concerns."""

    _name = "retail.sync.link.warning"
    _description = "Cause of warnings"
    _auto = False
    _order = "stream_id, cause"
    _rec_name = "cause"
    _depends = {"retail.sync.link": ["connection_id", "stream_id", "part", "warnings", "has_warnings"]}

    connection_id = fields.Many2one("retail.sync.connection", readonly=True)
    stream_id = fields.Many2one("retail.sync.stream", readonly=True)
    cause = fields.Char("Warning", readonly=True, help="The warning without the values that it quotes.")
    record_count = fields.Integer("Records", compute="_compute_record_count", help="Opens the records.")

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT ('x' || substr(md5(stream_id || cause), 1, 7))::bit(28)::int AS id, connection_id, stream_id, cause
              FROM (SELECT DISTINCT link.connection_id, link.stream_id, %s AS cause
                      FROM retail_sync_link link
                     CROSS JOIN LATERAL jsonb_array_elements_text(link.warnings) AS warning (text)
                     WHERE link.has_warnings AND link.part = 'main' AND link.stream_id IS NOT NULL) found
            """,
            _CAUSE,
        )

    @api.depends("stream_id", "cause")
    def _compute_record_count(self) -> None:
        """Count the records that the user may see: as many as the list has."""
        for warning in self:
            warning.record_count = self.env["retail.sync.link"].search_count(warning._links_domain())

    def _links_domain(self) -> list[Any]:
        self.ensure_one()
        return [
            ("stream_id", "=", self.stream_id.id),
            ("part", "=", "main"),
            ("has_warnings", "=", True),
            ("warning_cause", "=", self.cause),
        ]

    def action_open_links(self) -> dict[str, Any]:
        """List the links that have this warning."""
        self.ensure_one()
        name = str(self.cause)
        return actions.list_of(
            self.env, "retail_sync.action_link", self._links_domain(), context={}, name=name, display_name=name
        )
