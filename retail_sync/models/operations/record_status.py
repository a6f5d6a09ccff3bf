from typing import Any, Self

from odoo import api, fields, models
from odoo.tools import SQL

from ...runtime import actions
from ...runtime.fields import search_by_parts
from . import record_fold, record_status_sql

STATUSES = [
    ("in_sync", "In sync"),
    ("attention", "Needs attention"),
    ("review", "To review"),
    ("pending", "Pending"),
    ("secondary", "Secondary link"),
    ("missing", "Not visible remotely"),
    ("deleted", "Deleted remotely"),
    ("merged", "Merged into another"),
    ("excluded", "Excluded"),
    ("ignored", "Ignored"),
]


class RetailSyncRecordStatus(models.Model):
    """Each record that a stream knows, once, with the one status that says what happens next.

    A record is a link to its main part, or a record without a link of which a message is not closed or was ignored.
    The worst of what is known decides: a link that is in sync and has an open exception needs attention. So the counts
    by status are disjoint and add up, and each count is the number of rows of its list. The rows are kept in a table:
    see ``record_fold``.
    """

    _name = "retail.sync.record.status"
    _description = "Status of a record"
    _inherit = ["retail.sync.business.access", "retail.sync.bounded.read"]
    _auto = False
    _order = "id desc"

    stream_id = fields.Many2one("retail.sync.stream", readonly=True)
    connection_id = fields.Many2one("retail.sync.connection", readonly=True)
    link_id = fields.Many2one("retail.sync.link", readonly=True)
    message_id = fields.Many2one("retail.sync.message", "Latest message", readonly=True)
    remote_object = fields.Char("Object", readonly=True)
    external_id = fields.Char("Id on the platform", readonly=True)
    res_model = fields.Char("Odoo model", readonly=True)
    res_id = fields.Many2oneReference("Odoo record", model_field="res_model", readonly=True)
    status = fields.Selection(STATUSES, readonly=True)
    name = fields.Char(compute="_compute_name")
    fault_message = fields.Text(compute="_compute_texts", compute_sudo=True, string="What happened")
    next_step = fields.Text(compute="_compute_texts", compute_sudo=True, string="What to do")
    reason = fields.Char(compute="_compute_texts", compute_sudo=True, string="Why")

    def init(self) -> None:
        """Create the tables and triggers; in a database that had links before, all of them are folded in later."""
        self.env.cr.execute("SELECT to_regclass('retail_sync_record_status')")
        [(existing,)] = self.env.cr.fetchall()
        self.env.cr.execute(record_status_sql.TABLES)
        if parts := search_by_parts("external_id")(self.env.registry):
            self.env.cr.execute(SQL(record_status_sql.SEARCH_INDEX, SQL(parts)))
        self.env.cr.execute(record_status_sql.create_triggers())
        if not existing:
            self.env.cr.execute(record_status_sql.NOTE_ALL)

    @api.model
    def _search(self, domain: Any, *args: Any, **kwargs: Any) -> Any:
        """Fold in what changed just now, so that a list shows what its user has done."""
        record_fold.fold(self.env(su=True), record_fold.SHORT)
        return super()._search(domain, *args, **kwargs)

    @api.depends("res_model", "res_id", "message_id")
    def _compute_name(self) -> None:
        """Name each record as staff know it: the record in Odoo, else what the platform's record was called."""
        titles: dict[str, dict[int, str]] = {}
        called = {message.id: message.title for message in self.message_id.exists()}
        entities = self.env["retail.sync.entity"]
        for model_name, records in self.grouped("res_model").items():
            names = entities._of_model(model_name) if model_name else ()
            ids = [record.res_id for record in records if record.res_id]
            titles[model_name] = entities._of_name(names[0])._titles(ids) if names and ids else {}
        for record in self:
            title = titles[record.res_model].get(record.res_id) if record.res_id else None
            record.name = title or called.get(record.message_id.id) or record.external_id

    @api.depends("message_id", "link_id")
    def _compute_texts(self) -> None:
        """Read the texts of message and link; one that was deleted since it was folded in has none."""
        messages = {message.id: message for message in self.message_id.exists()}
        links = {link.id: link for link in self.link_id.exists()}
        for record in self:
            message, link = messages.get(record.message_id.id), links.get(record.link_id.id)
            record.fault_message = message.fault_message if message else False
            record.next_step = message.next_step if message else False
            record.reason = link.reason if link else False

    @api.depends("name")
    def _compute_display_name(self) -> None:
        for record in self:
            record.display_name = record.name

    @api.model
    def _counts(self, streams: models.BaseModel) -> dict[tuple[int, str], int]:
        """Return {(stream id, status): number of records}: they are disjoint and add up to the rows of the stream.

        They are kept, and not counted. What the user may not read is counted and taken off.
        """
        counts: dict[tuple[int, str], int] = {}
        for stream_id, status, _linked, number in self._figures(streams):
            counts[stream_id, status] = counts.get((stream_id, status), 0) + number
        return {key: number for key, number in counts.items() if number}

    @api.model
    def _figures(self, streams: models.BaseModel) -> list[tuple[int, str, bool, int]]:
        """Return (stream id, status, whether linked, number of records that the user may see)."""
        if not self.env.su:
            streams = streams._filtered_access("read")
        hidden_models = [name for name in self._business_models() if not self.env[name].has_access("read")]
        rows: list[tuple[int, str, bool, int]] = self.env.execute_query(
            SQL(
                "SELECT stream_id, status, linked, sum(n)::int FROM retail_sync_record_count"
                " WHERE stream_id = ANY(%s) AND NOT res_model = ANY(%s) GROUP BY stream_id, status, linked",
                streams.ids,
                hidden_models,
            )
        )
        return rows + [
            (stream_id, status, linked, -number)
            for model_name in self._business_models()
            if model_name not in hidden_models
            for stream_id, status, linked, number in self._hidden_figures(streams, model_name)
        ]

    @api.model
    def _hidden_figures(self, streams: models.BaseModel, model_name: str) -> list[tuple[int, str, bool, int]]:
        """Return the figures of records whose business record is hidden: few in most databases, found by them."""
        hidden = self._hidden_query(model_name) if not self.env.su else None
        if hidden is None:
            return []
        rows: list[tuple[int, str, bool, int]] = self.env.execute_query(
            SQL(
                "SELECT stream_id, status, link_id IS NOT NULL, count(*)::int FROM retail_sync_record_status"
                " WHERE stream_id = ANY(%s) AND res_model = %s AND res_id IN %s GROUP BY 1, 2, 3",
                streams.ids,
                model_name,
                hidden.subselect(),
            )
        )
        return rows

    def action_open(self) -> dict[str, Any]:
        """Open the message that says what is to be done; of a record without one, its link."""
        self.ensure_one()
        record: Self = self
        return actions.open_record(record.message_id or record.link_id)

    def action_open_record(self) -> dict[str, Any]:
        """Open the record in Odoo."""
        self.ensure_one()
        return self.link_id.action_open_record()
