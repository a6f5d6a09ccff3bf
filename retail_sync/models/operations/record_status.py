from typing import Any, Self

from odoo import api, fields, models
from odoo.tools import SQL

from ...runtime import actions
from ...runtime.constants import UNCLOSED_STATES
from ..exceptions.subject import KINDS

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
# Kinds of messages that are about one record: of those the record is named by the platform's id or by Odoo's.
_BY_REMOTE_ID = ("record", "review", "merge", "overwritten")
_BY_ODOO_ID = ("delivery", "field")
# Kinds about no single record.
WIDE_KINDS = tuple(kind for kind, _label in KINDS if kind not in (*_BY_REMOTE_ID, *_BY_ODOO_ID))


class RetailSyncRecordStatus(models.Model):
    """Each record that a stream knows, once, with the one status that says what happens next.

    A record is a link to its main part, or a record without a link of which a message is not closed or was ignored.
    The worst of what is known decides: a link that is in sync and has an open exception needs attention. So the counts
    by status are disjoint and add up, and each count is the number of rows of its list.
    """

    _name = "retail.sync.record.status"
    _description = "Status of a record"
    _inherit = ["retail.sync.business.access"]
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
    fault_message = fields.Text(related="message_id.fault_message")
    next_step = fields.Text(related="message_id.next_step")
    reason = fields.Char(related="link_id.reason")

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            WITH named AS (
                SELECT message.id, message.connection_id, message.stream_id, message.remote_object,
                       message.external_id, message.res_model, message.res_id, message.state, link.id AS link_id,
                       COALESCE('link ' || link.id, message.stream_id || ' remote ' || message.external_id) AS subject
                  FROM retail_sync_message message
                  JOIN retail_sync_stream stream ON stream.id = message.stream_id
                  LEFT JOIN retail_sync_link link ON link.connection_id = message.connection_id
                       AND link.remote_object = message.remote_object AND link.external_id = message.external_id
                       AND link.part = 'main' AND link.role = stream.role AND link.stream_id IS NOT NULL
                 WHERE message.kind = ANY(%(by_remote_id)s) AND message.state = ANY(%(unclosed)s)
                 UNION ALL
                SELECT message.id, message.connection_id, message.stream_id, stream.remote_object,
                       message.external_id, message.res_model, message.res_id, message.state, link.id,
                       COALESCE('link ' || link.id,
                                message.stream_id || ' odoo ' || message.res_model || message.res_id)
                  FROM retail_sync_message message
                  JOIN retail_sync_stream stream ON stream.id = message.stream_id
                  LEFT JOIN retail_sync_link link ON link.connection_id = message.connection_id
                       AND link.res_model = message.res_model AND link.res_id = message.res_id
                       AND link.is_primary AND link.part = 'main' AND link.role = stream.role
                       AND link.stream_id IS NOT NULL
                 WHERE message.kind = ANY(%(by_odoo_id)s) AND message.state = ANY(%(unclosed)s)
            ), worst AS (
                SELECT DISTINCT ON (subject) named.*,
                       CASE WHEN state IN ('open', 'unknown') THEN 'attention'
                            WHEN state = 'review' THEN 'review' ELSE 'pending' END AS status
                  FROM named
                 ORDER BY subject,
                       CASE WHEN state IN ('open', 'unknown') THEN 1 WHEN state = 'review' THEN 2 ELSE 3 END, id
            ), ignored AS (
                SELECT DISTINCT ON (message.stream_id, message.external_id) message.*
                  FROM retail_sync_message message
                  JOIN retail_sync_stream stream ON stream.id = message.stream_id
                 WHERE message.state = 'ignored' AND message.kind = ANY(%(by_remote_id)s)
                   AND message.external_id IS NOT NULL
                   AND NOT EXISTS (SELECT FROM retail_sync_link link
                        WHERE link.connection_id = message.connection_id
                          AND link.remote_object = message.remote_object
                          AND link.external_id = message.external_id
                          AND link.part = 'main' AND link.role = stream.role AND link.stream_id IS NOT NULL)
                   AND NOT EXISTS (SELECT FROM retail_sync_message waiting
                        WHERE waiting.stream_id = message.stream_id AND waiting.external_id = message.external_id
                          AND waiting.kind = ANY(%(by_remote_id)s) AND waiting.state = ANY(%(unclosed)s))
                 ORDER BY message.stream_id, message.external_id, message.id DESC
            )
            SELECT link.id * 2 AS id, link.connection_id, link.stream_id, link.id AS link_id, worst.id AS message_id,
                   link.remote_object, link.external_id, link.res_model, link.res_id,
                   CASE WHEN worst.status IN ('attention', 'review') THEN worst.status
                        WHEN link.state IN ('excluded', 'deleted', 'merged', 'missing') THEN link.state
                        WHEN link.state = 'attention' THEN 'attention'
                        WHEN worst.status IS NOT NULL THEN worst.status
                        WHEN link.is_primary THEN 'in_sync' ELSE 'secondary' END AS status
              FROM retail_sync_link link LEFT JOIN worst ON worst.link_id = link.id
             WHERE link.part = 'main' AND link.stream_id IS NOT NULL
             UNION ALL
            SELECT id * 2 + 1, connection_id, stream_id, NULL, id, remote_object, external_id, res_model, res_id,
                   status
              FROM worst WHERE link_id IS NULL
             UNION ALL
            SELECT id * 2 + 1, connection_id, stream_id, NULL, id, remote_object, external_id, res_model, res_id,
                   'ignored'
              FROM ignored
            """,
            by_remote_id=list(_BY_REMOTE_ID),
            by_odoo_id=list(_BY_ODOO_ID),
            unclosed=list(UNCLOSED_STATES),
        )

    @api.depends("res_model", "res_id", "message_id")
    def _compute_name(self) -> None:
        """Name each record as staff know it: the record in Odoo, else what the platform's record was called."""
        titles: dict[str, dict[int, str]] = {}
        entities = self.env["retail.sync.entity"]
        for model_name, records in self.grouped("res_model").items():
            names = entities._of_model(model_name) if model_name else ()
            ids = [record.res_id for record in records if record.res_id]
            titles[model_name] = entities._of_name(names[0])._titles(ids) if names and ids else {}
        for record in self:
            title = titles[record.res_model].get(record.res_id) if record.res_id else None
            record.name = title or record.message_id.title or record.external_id

    @api.depends("name")
    def _compute_display_name(self) -> None:
        for record in self:
            record.display_name = record.name

    @api.model
    def _counts(self, streams: models.BaseModel) -> dict[tuple[int, str], int]:
        """Return {(stream id, status): number of records}: they are disjoint and add up to the rows of the stream."""
        # Compiling this one statement costs more processor time than it saves, at any number of records.
        self.env.cr.execute("SET LOCAL jit = off")
        rows = self._read_group([("stream_id", "in", streams.ids)], ["stream_id", "status"], ["__count"])
        return {(stream.id, status): count for stream, status, count in rows}

    def action_open(self) -> dict[str, Any]:
        """Open the message that says what is to be done; of a record without one, its link."""
        self.ensure_one()
        record: Self = self
        return actions.open_record(record.message_id or record.link_id)

    def action_open_record(self) -> dict[str, Any]:
        """Open the record in Odoo."""
        self.ensure_one()
        return self.link_id.action_open_record()
