from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL

from ...domain.security.masking import mask_payload
from ...runtime import retention
from ...runtime.constants import EXCEPTION_STATES, LANES, OPEN_MESSAGE_STATES, UNCLOSED_STATES, WAITING_STATES, sql_list
from ...runtime.erasure import Erasure, Record, Remote
from ...runtime.fields import BigInteger
from ..audit import trail
from ..mapping import field_labels, record_names, sensitivity
from .fault_rule import FAULT_CLASSES
from .subject import ALARM_SUBJECTS, KINDS, MERGE_TASKS, OUTBOUND_KINDS, subject_key

KEEP_DAYS = 180
KEEP_PAYLOADS_DAYS = 30
# Ended messages that hold values of a record, as SQL: also the condition of an index.
HAS_PAYLOAD = "(payload IS NOT NULL OR conflicts IS NOT NULL OR candidates IS NOT NULL OR intake IS NOT NULL)"


class RetailSyncMessage(models.Model):
    """One record that could not simply go through. Those that need a person are the exception queue."""

    _name = "retail.sync.message"
    _inherit = ["retail.sync.bounded.read"]
    _description = "Message"
    _erasure = Erasure(
        rows=(Remote(), Record()),
        # The key of a fact proves that it was sent; without it the fact could be sent again.
        kept="fact_key IS NOT NULL",
        blank=(
            *("title", "payload", "changes", "conflicts", "candidates", "intake"),
            *("fault_message", "resolution", "external_id"),
        ),
        elements=("candidates",),
        quotes=("title", "fault_message", "resolution", "asked_note", "conflicts", "intake", "payload"),
    )
    _order = "id desc"

    connection_id = fields.Many2one("retail.sync.connection", required=True, ondelete="cascade", index=True)
    platform_name = fields.Char(related="connection_id.platform_name")
    stream_id = fields.Many2one("retail.sync.stream", ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index="btree_not_null")
    run_id = fields.Many2one("retail.sync.run", ondelete="set null", index="btree_not_null")
    direction = fields.Selection([("in", "From the platform"), ("out", "To the platform")], default="in", required=True)
    lane = fields.Selection(LANES, default="standard")
    remote_object = fields.Char(string="Object")
    kind = fields.Selection(KINDS, default="record", required=True, help="What the message is about.")
    external_id = fields.Char(
        string="Id on the platform",
        index="btree_not_null",
        readonly=True,
        help="Id of the remote record that the message is about.",
    )
    merge_task = fields.Selection(
        MERGE_TASKS,
        "Merge task",
        readonly=True,
        help="What the task about a merge is: set for messages of kind Merge task.",
    )
    alarm_about = fields.Selection(
        ALARM_SUBJECTS, "Alarm about", readonly=True, help="What failed as a whole: set for messages of kind Alarm."
    )
    job_method = fields.Char(
        "Failed job", readonly=True, help="Method of the job that failed, for an alarm about a worker."
    )
    key = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        index=True,
        help="Identity among the open messages of the stream, made by subject_key. Never read: the kind and the "
        "subject fields say what the message is about.",
    )
    title = fields.Char(
        help="What the message is about. The name of a remote record is masked, as whoever sees the message reads it."
    )
    version = BigInteger()
    payload = fields.Json(
        groups=fields.NO_ACCESS, help="The record as it came. Shown masked; revealing it is a right, and is logged."
    )
    masked_payload = fields.Text(compute="_compute_masked_payload", compute_sudo=True, string="Record as it came")
    state = fields.Selection(
        [
            ("open", "Needs attention"),
            ("review", "To review"),
            ("retrying", "Retrying"),
            ("pending", "Pending"),
            ("parked", "Waiting"),
            ("sending", "Sending"),
            ("done", "Done"),
            ("ignored", "Ignored"),
            ("superseded", "Superseded"),
        ],
        default="open",
        required=True,
        help="A delivery is pending, is being sent, and is done when the platform has accepted it. Exceptions need "
        "attention or a review.",
    )
    op = fields.Selection(
        [("write", "Write"), ("delete", "Delete")],
        "Operation",
        default="write",
        help="What is to be done on the platform.",
    )
    changes = fields.Json(
        groups="retail_sync.group_steward",
        help="Fields that changed in Odoo since the platform last accepted the record, and when (ms since 1970).",
    )
    change_text = fields.Char(compute="_compute_change_text", compute_sudo=True, string="Changed")
    coalesced = fields.Integer(
        readonly=True, string="Merged changes", help="Later changes that were merged into this message."
    )
    waits_for = fields.Char(readonly=True, string="Waits for", help="The record that must exist first.")
    claim = fields.Char(readonly=True, help="Job that is sending this message.")
    claimed_at = fields.Datetime(readonly=True, string="Sending since")
    is_exception = fields.Boolean(compute="_compute_is_exception", search="_search_is_exception")
    fault_class = fields.Selection(FAULT_CLASSES, "Fault class")
    fault_code = fields.Char(string="Code", index="btree_not_null")
    fault_message = fields.Text(string="What happened")
    rule_id = fields.Many2one("retail.sync.fault.rule", string="Cause", ondelete="set null", index="btree_not_null")
    next_step = fields.Text(related="rule_id.next_step", string="What to do")
    team = fields.Selection([("technical", "Technical"), ("business", "Business")], default="business")
    attempts = fields.Integer()
    next_try_at = fields.Datetime(index="btree_not_null", help="Time of the next automatic retry.", string="Next try")
    conflicts = fields.Json(
        groups=fields.NO_ACCESS,
        help="Fields both sides changed: [{part, field, odoo, remote}].",
    )
    conflict_text = fields.Text(
        compute="_compute_conflict_text",
        groups="retail_sync.group_steward",
        string="Both values",
        help="The value of each side, for the person who decides.",
    )
    has_conflicts = fields.Boolean(compute="_compute_has_conflicts", compute_sudo=True)
    candidates = fields.Json(
        groups=fields.NO_ACCESS,
        help="Suggested matches: [{id, reasons, evidence}]. Shown as far as the reader may see the records.",
    )
    candidate_text = fields.Text(compute="_compute_candidate_text", string="Suggested matches")
    correlation_id = fields.Char(index="btree_not_null", string="Correlation id")
    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model", string="Odoo record")
    user_id = fields.Many2one("res.users", string="Assigned to", index="btree_not_null")
    resolution = fields.Char(readonly=True, help="How it ended.", string="How it ended")
    resolved_at = fields.Datetime(readonly=True, string="Ended on")
    resolved_by = fields.Many2one("res.users", readonly=True, string="Ended by")
    url = fields.Char(compute="_compute_url")

    _open_uniq = models.UniqueIndex(
        f"(stream_id, key) WHERE state IN ({sql_list(WAITING_STATES)})",
        "This record has an open message on that stream.",
    )
    _open_connection_uniq = models.UniqueIndex(
        f"(connection_id, key) WHERE stream_id IS NULL AND state IN ({sql_list(OPEN_MESSAGE_STATES)})",
        "This connection has an open message about that.",
    )
    _review_kind = models.Constraint("CHECK (state <> 'review' OR kind = 'review')", "Only a match review is reviewed.")
    _delivery_direction = models.Constraint(
        "CHECK ((kind IN ('delivery', 'field', 'brake')) = (direction = 'out'))",
        "What is sent to the platform is a delivery.",
    )
    _sending_uniq = models.UniqueIndex(
        "(stream_id, key) WHERE state = 'sending'", "This record is being sent on that stream."
    )
    _due_idx = models.Index("(stream_id, lane, id) WHERE state = 'pending'")
    _parked_idx = models.Index("(connection_id, waits_for) WHERE state = 'parked'")
    # A form of a business record asks for its messages; a page and a delivery ask for the edits that wait.
    _record_idx = models.Index("(res_id, res_model)")
    _unclosed_idx = models.Index(
        f"(stream_id, res_id) WHERE kind = 'delivery' AND state IN ({sql_list(UNCLOSED_STATES)})"
    )
    # Nearly all messages are ended: an index of all states would be written for each, and read for the others.
    _not_ended_idx = models.Index("(state, stream_id) WHERE state NOT IN ('done', 'superseded')")
    _created_idx = models.Index("USING brin (create_date)")
    _retention_idx = models.Index("(resolved_at) WHERE resolved_at IS NOT NULL")
    # Messages that still hold values are few among the ended ones, which mostly are deliveries.
    _payload_idx = models.Index(f"(resolved_at) WHERE resolved_at IS NOT NULL AND {HAS_PAYLOAD}")

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> "RetailSyncMessage":
        """Create messages; each gets the identity of its subject."""
        for vals in vals_list:
            kind = vals.setdefault("kind", "record")
            vals.setdefault("direction", "out" if kind in OUTBOUND_KINDS else "in")
            vals["key"] = vals.get("key") or subject_key(
                kind,
                external_id=vals.get("external_id") or "",
                res_model=vals.get("res_model") or "",
                res_id=vals.get("res_id") or 0,
                merge_task=vals.get("merge_task") or "",
                alarm_about=vals.get("alarm_about") or "",
                job_method=vals.get("job_method") or "",
                run_id=vals.get("run_id") or 0,
            )
        return super().create(vals_list)

    @api.depends("state")
    def _compute_is_exception(self) -> None:
        for message in self:
            message.is_exception = message.state in EXCEPTION_STATES

    def _search_is_exception(self, operator: str, value: Any) -> Any:
        if operator != "in":
            return NotImplemented
        if True in value and False in value:
            return []
        return [("state", "in" if True in value else "not in", list(EXCEPTION_STATES))]

    @api.depends("payload", "stream_id", "external_id")
    def _compute_masked_payload(self) -> None:
        for stream, messages in self.grouped("stream_id").items():
            classes = sensitivity.of_stream(self.env, stream) if stream else {}
            for message in messages:
                masked = mask_payload(message.payload or {}, classes, clear=[message.external_id or ""])
                message.masked_payload = (
                    "\n".join(f"{name}: {value}" for name, value in masked.items() if value not in (None, "")) or False
                )

    @api.depends("changes")
    def _compute_change_text(self) -> None:
        labels = dict(self.env["retail.sync.field.map"]._selection_canonical_field())
        for message in self:
            message.change_text = ", ".join(sorted(labels.get(name, name) for name in message.changes or {})) or False

    @api.depends("conflicts", "state")
    def _compute_has_conflicts(self) -> None:
        for message in self:
            message.has_conflicts = bool(message.conflicts) and message.state in EXCEPTION_STATES

    @api.depends("conflicts")
    @api.depends_context("uid", "lang")
    def _compute_conflict_text(self) -> None:
        """Compute both values unmasked: a person has to choose. The look is a row of the audit trail."""
        labels, parts = field_labels.labels(self.env), field_labels.part_labels(self.env)
        trail.shown(self.filtered(lambda message: message.sudo().conflicts), "conflict_text")
        for message in self:
            message.conflict_text = "\n".join(
                self.env._(
                    "%(field)s: Odoo has %(odoo)s, the platform has %(remote)s.",
                    field=field_labels.with_part(
                        self.env, labels.get(found["field"], found["field"]), found.get("part"), parts
                    ),
                    odoo=shown(found["odoo"]),
                    remote=shown(found["remote"]),
                )
                for found in message.sudo().conflicts or []
            )

    @api.depends("candidates")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_candidate_text(self) -> None:
        """Name the candidates that the reader may see; nothing of the others is shown, nor how many there are."""
        shown_to = self._visible_candidates()
        for message in self:
            message.candidate_text = (
                "\n".join(
                    f"#{found['id']} {found['name']}: {', '.join(found.get('reasons') or [])}"
                    for found in shown_to[message.id]
                )
                or False
            )

    def _visible_candidates(self) -> dict[int, list[dict[str, Any]]]:
        """Return {message id: candidates with their name} of the records that the reader may see, in one query."""
        stored = {message.id: message.sudo().candidates or [] for message in self}
        model_of = {message.id: message.sudo()._candidate_model() for message in self}
        refs = {(model_of[key], int(found["id"])) for key, several in stored.items() for found in several}
        names = record_names.readable(self.env, refs)
        return {
            key: [
                dict(found, name=names[ref]) for found in several if (ref := (model_of[key], int(found["id"]))) in names
            ]
            for key, several in stored.items()
        }

    def _candidate_model(self) -> str:
        """Return the model of the records that are suggested; empty where there is none."""
        return (self.stream_id and self.stream_id._entity()._res_model) or ""

    def _compute_url(self) -> None:
        for message in self:
            connection = message.connection_id.sudo()
            message.url = bool(message.external_id and not message._is_nameless()) and connection._adapter().record_url(
                connection, message.remote_object, message.external_id
            )

    @api.depends("title", "kind", "remote_object", "external_id", "res_model", "res_id", "alarm_about", "stream_id")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_display_name(self) -> None:
        """Name the record of Odoo as far as the reader may see it, else the masked title with the id that tells it."""
        about = dict(self._fields["alarm_about"]._description_selection(self.env))
        # A mass refusal and an alarm are about many records, or none.
        about_records = self.filtered(lambda message: message.kind not in ("brake", "alarm"))
        names = record_names.readable(self.env, [(message.res_model, message.res_id) for message in about_records])
        for message in self:
            name = names.get((message.res_model, message.res_id)) if message in about_records else None
            if name:
                message.display_name = f"{name}: {message.title}" if message.kind == "field" else name
            elif message.title and message.kind in ("record", "review", "merge", "overwritten") and message.external_id:
                named = message.title == message.external_id
                message.display_name = message.title if named else f"{message.title} ({message.external_id})"
            elif message.title:
                message.display_name = message.title
            elif message.kind == "alarm":
                where = message.stream_id.display_name or message.connection_id.display_name
                message.display_name = f"{about.get(message.alarm_about) or ''} {where}".strip()
            else:
                record = message.external_id or f"{message.res_model} {message.res_id}"
                message.display_name = f"{message.remote_object or ''} {record}".strip()

    @retention.batched
    def _gc_messages(self) -> retention.Progress:
        """Delete ended messages after the days of Settings; open ones stay."""
        limit = retention.before(self.env, "keep_messages_days", KEEP_DAYS)
        if not limit:
            return 0, 0
        ended = SQL("state IN ('done', 'ignored', 'superseded') AND resolved_at < %s", limit)
        return retention.delete_expired(self, ended, SQL("resolved_at"))

    @retention.batched
    def _gc_payloads(self) -> retention.Progress:
        """Empty what ended messages keep of their records before the messages themselves go."""
        limit = retention.before(self.env, "keep_payloads_days", KEEP_PAYLOADS_DAYS)
        if not limit:
            return 0, 0
        ids = retention.expired_ids(
            self,
            SQL("state IN ('done', 'ignored', 'superseded') AND resolved_at < %s AND %s", limit, SQL(HAS_PAYLOAD)),
            SQL("resolved_at"),
        )
        self.env.cr.execute(
            "UPDATE retail_sync_message SET payload = NULL, conflicts = NULL, candidates = NULL, intake = NULL"
            " WHERE id = ANY(%s)",
            [ids[: retention.BATCH]],
        )
        self.invalidate_model()
        return len(ids[: retention.BATCH]), int(len(ids) > retention.BATCH)


def shown(value: Any) -> Any:
    """Return a canonical value as people read it: a list as one line, nothing as a dash."""
    if isinstance(value, list):
        return ", ".join(str(part) for part in value if part) or "-"
    return "-" if value in (None, "", False) else str(value)
