"""Warnings of links by cause: what was left out of records that are in sync otherwise."""

from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL

from ...runtime import actions

# A cause is a warning without the values and ids that it quotes: one cause for all languages that are not installed.
# A value may hold quotes itself (Val d'Isère, "Zum „Ochsen“"), and a sentence has apostrophes that quote nothing
# (l'adresse). So a quote opens after a space, and closes before a space, a punctuation mark or the end; within a value
# stand quotes that do neither, or that are escaped as in Python's repr. French quotes have spaces inside.
_SPACE = "\\s\u00a0\u202f"
_OPENS = f"(?<![^{_SPACE}(:])"
_CLOSES = f"(?=[{_SPACE}.,;:!?)]|$)"
_STAYS = f"(?![{_SPACE}.,;:!?)]|$)"
_QUOTED = "|".join(
    (
        rf"{_OPENS}'(\\.|[^'\\]|'{_STAYS})*'{_CLOSES}",
        rf'{_OPENS}"(\\.|[^"\\]|"{_STAYS})*"{_CLOSES}',
        f"„([^“]|“{_STAYS})*“{_CLOSES}",
        f"“([^”]|”{_STAYS})*”{_CLOSES}",
        f"«([^»]|(?<![{_SPACE}])»)*»",
        r"#\d+(, #\d+)*(, …)?",
    )
)
# The warnings of main links, each as a row; the records behind a cause and the causes of a stream agree by it.
_CAUSE = SQL("regexp_replace(warning.text, %s, '…', 'g')", _QUOTED)
_FROM_WARNINGS = SQL(
    "retail_sync_link link CROSS JOIN LATERAL jsonb_array_elements_text(link.warnings) AS warning (text)"
)
_COUNTED = SQL("link.has_warnings AND link.part = 'main' AND link.stream_id IS NOT NULL")


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
            "(SELECT link.id FROM %s WHERE link.has_warnings AND %s = ANY(%s))", _FROM_WARNINGS, _CAUSE, list(value)
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
        # An id is a hash of what the row says, within the 31 bits of an id and never 0: the same at each query, so
        # that a row which a screen shows is found again.
        return SQL(
            """
            SELECT GREATEST(
                       ('x' || left(encode(sha256(convert_to(stream_id || ' ' || cause, 'UTF8')), 'hex'), 8))
                       ::bit(32)::bigint & 2147483647, 1)::int AS id, connection_id, stream_id, cause
              FROM (SELECT DISTINCT link.connection_id, link.stream_id, %s AS cause FROM %s WHERE %s) found
            """,
            _CAUSE,
            _FROM_WARNINGS,
            _COUNTED,
        )

    @api.depends("stream_id", "cause")
    def _compute_record_count(self) -> None:
        """Count the records that the user may see, as many as the list has: one query for all causes."""
        links = self.env["retail.sync.link"]
        domain = [("stream_id", "in", self.stream_id.ids), ("part", "=", "main"), ("has_warnings", "=", True)]
        links.flush_model(["warnings", "has_warnings", "stream_id", "part"])
        visible = links.with_context(active_test=False)._search(domain).subselect()
        rows = self.env.execute_query(
            SQL(
                "SELECT link.stream_id, %s, COUNT(DISTINCT link.id) FROM %s WHERE %s AND link.id IN %s GROUP BY 1, 2",
                _CAUSE,
                _FROM_WARNINGS,
                _COUNTED,
                visible,
            )
        )
        counts = {(stream_id, cause): count for stream_id, cause, count in rows}
        for warning in self:
            warning.record_count = counts.get((warning.stream_id.id, warning.cause), 0)

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
        self.check_access("read")
        self.ensure_one()
        name = str(self.cause)
        return actions.list_of(
            self.env, "retail_sync.action_link", self._links_domain(), context={}, name=name, display_name=name
        )
