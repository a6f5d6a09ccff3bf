import json

from odoo import api, fields, models

from ...domain.resilience.decision import Scope, Stop, decide
from ...domain.resilience.faults import FaultError
from ...runtime.erasure import Erasure, Record
from ...runtime.sql import execute_values
from ...runtime.transactions import separate_transaction

# How long the call of a dead worker may still take effect on the platform after a later read has shown its outcome:
# longer than any call that writes (Capabilities.write_seconds, which the conformance tests compare).
LINGER_SECONDS = 300
# After this long no read is expected to show what became of a value.
KEEP_DAYS = 7


def is_clear(fault: FaultError | None) -> bool:
    """Return whether a refusal proves that the platform has not taken the values."""
    return fault is not None and isinstance(decide(fault, 1, Scope.write_intent), Stop)


class RetailSyncWriteIntent(models.Model):
    """Values on their way to a platform, noted before they are sent and struck out by the answer.

    A worker that dies between the two leaves them here. What the platform shows later may then be our own
    value: it is no edit of anybody over there, and must not win against a later edit in Odoo.
    """

    _name = "retail.sync.write.intent"
    _description = "Values sent without an answer yet"
    _erasure = Erasure(rows=(Record(),))
    _log_access = False

    connection_id = fields.Many2one("retail.sync.connection", required=True, ondelete="cascade", index=True)
    res_model = fields.Char(required=True, string="Odoo model")
    res_id = fields.Integer(required=True, string="Odoo id")
    sent = fields.Json(required=True, groups=fields.NO_ACCESS, help="Canonical values of one record.")
    at = fields.Datetime(required=True, string="Sent on")
    forget_at = fields.Datetime(
        string="Forget on",
        help="Set once the record was read or written again: until then a call that was under way may still end.",
    )

    held_by = fields.Char(
        index="btree_not_null",
        help="Bulk delivery that may write these values until it has ended, however late that is.",
    )

    # By content, so that repeated attempts add no row.
    _content_uniq = models.UniqueIndex("(res_id, res_model, connection_id, md5((sent)::text))")

    @api.model
    def _note(self, stream, records, held_by=None):
        """Note what OutboundRecords are about to send; each keeps the ids of its notes. To be committed before the
        call.

        :param held_by: correlation id of the bulk delivery that will write them at a time of its own
        """
        model = stream._entity()._res_model
        notes = [
            (record, (stream.connection_id.id, model, record.local[part], json.dumps(sent), held_by))
            for record in records
            for part, sent in record.sent.items()
            if sent and part in record.local
        ]
        if not notes:
            return
        rows = execute_values(
            self.env,
            "INSERT INTO retail_sync_write_intent (connection_id, res_model, res_id, sent, held_by, at) VALUES %s"
            " ON CONFLICT (res_id, res_model, connection_id, md5((sent)::text))"
            " DO UPDATE SET at = EXCLUDED.at, forget_at = NULL,"
            " held_by = COALESCE(EXCLUDED.held_by, retail_sync_write_intent.held_by) RETURNING res_id, id",
            [values for _record, values in notes],
            template="(%s, %s, %s, %s::jsonb, %s, clock_timestamp() AT TIME ZONE 'UTC')",
            page_size=1000,
        )
        ids = dict(rows)
        for record, (_connection, _model, res_id, _sent, _held_by) in notes:
            record.notes.append(ids[res_id])

    @api.model
    def _known(self, stream, res_ids):
        """Return {record id: [{name: value}]} of what was sent and may be what the platform shows.

        Read outside the caller's transaction: that may be older than the call whose effect it has before it.
        """
        if not res_ids:
            return {}
        found = {}
        with separate_transaction(self.env, read_committed=True) as tx:
            tx.cr.execute(
                "SELECT res_id, sent FROM retail_sync_write_intent WHERE res_id = ANY(%s) AND res_model = %s"
                " AND connection_id = %s AND (forget_at IS NULL OR forget_at > now() AT TIME ZONE 'UTC') ORDER BY id",
                [list(res_ids), stream._entity()._res_model, stream.connection_id.id],
            )
            for res_id, sent in tx.cr.fetchall():
                found.setdefault(res_id, []).append(sent)
        return found

    @api.model
    def _noted(self, stream, res_ids):
        """Return the ids of those records of which something was sent without an answer, however long ago."""
        if not res_ids:
            return set()
        self.env.cr.execute(
            "SELECT res_id FROM retail_sync_write_intent WHERE res_id = ANY(%s) AND res_model = %s AND connection_id = "
            "%s",
            [list(res_ids), stream._entity()._res_model, stream.connection_id.id],
        )
        return {res_id for (res_id,) in self.env.cr.fetchall()}

    @api.model
    def _strike_out(self, stream, outgoing, answers, held_by):
        """Strike out what was taken or refused; older notes of what was taken will be forgotten soon.

        Without a clear answer it may have been taken all the same: such a note stays.

        :param answers: {record key: Answer} of what was sent
        :param held_by: correlation id of the delivery whose answers these are
        """
        sure, taken = [], []
        for encoded in outgoing:
            answer = answers.get(encoded.record.key)
            if not encoded.fields or encoded.fault is not None:
                sure += encoded.record.notes
            elif answer is not None and (answer.ok or is_clear(answer.fault)):
                sure += encoded.record.notes
                taken += encoded.record.local.values() if answer.ok else ()
        if sure:
            # What a bulk delivery may still write stays noted until that has ended.
            self.env.cr.execute(
                "DELETE FROM retail_sync_write_intent WHERE id = ANY(%s) AND (held_by IS NULL OR held_by = %s)",
                [sure, held_by],
            )
        self._overtaken(stream, taken)

    @api.model
    def _overtaken(self, stream, res_ids):
        """These records were read or written since: what was sent before has an effect soon, or never."""
        if res_ids:
            self.env.cr.execute(
                "UPDATE retail_sync_write_intent SET forget_at = now() AT TIME ZONE 'UTC' + %s * interval '1 second'"
                " WHERE res_id = ANY(%s) AND res_model = %s AND connection_id = %s AND forget_at IS NULL"
                " AND held_by IS NULL",
                [LINGER_SECONDS, list(res_ids), stream._entity()._res_model, stream.connection_id.id],
            )

    @api.model
    def _let_go(self, held_by):
        """A bulk delivery has ended: what it has written shows from now on."""
        self.env.cr.execute("UPDATE retail_sync_write_intent SET held_by = NULL WHERE held_by = %s", [held_by])

    @api.model
    def _sweep(self):
        self.env.cr.execute(
            "DELETE FROM retail_sync_write_intent WHERE (forget_at < now() AT TIME ZONE 'UTC' AND held_by IS NULL)"
            " OR at < now() AT TIME ZONE 'UTC' - %s * interval '1 day'",
            [KEEP_DAYS],
        )
