from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...domain.mapping.decoding import Decoder, MapRow, compile_decoder
from ...domain.mapping.encoding import Encoder, compile_encoder
from ...domain.resilience.faults import FaultError
from ...runtime import actions, rights
from ...runtime.constants import DIRECTIONS, LANES
from ...runtime.erasure import Erasure
from ...runtime.rights import Role


class RetailSyncStream(models.Model):
    _name = "retail.sync.stream"
    _description = "Stream"
    _erasure = Erasure(quotes=("stop_reason",))
    _order = "connection_id, sequence, id"

    name = fields.Char(required=True, translate=True, help="What staff call this stream, e.g. 'Accounts'.")
    connection_id = fields.Many2one("retail.sync.connection", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10, help="Lower numbers are loaded first, so that references find their records.")
    entity = fields.Selection(
        lambda self: self._selection_entity(),
        required=True,
        default="customer",
        help="What the records are to Odoo.",
        string="Becomes",
    )
    role = fields.Char(
        compute="_compute_role",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Role in which this stream links records. A record may be linked once in each role.",
    )
    remote_object = fields.Char(required=True, help="Name of the object on the platform's side.", string="Object")
    direction = fields.Selection(
        DIRECTIONS, default="in", required=True, help="Which way values travel. Each mapping line may narrow it."
    )
    lane = fields.Selection(
        LANES,
        default="standard",
        required=True,
        help="Queue of scheduled changes. Bulk loads use the bulk lane.",
    )
    state = fields.Selection(
        [
            ("draft", "Not loaded"),
            ("loading", "First load"),
            ("live", "Live"),
            ("paused", "Paused"),
            ("stopped", "Stopped by a fault"),
        ],
        default="draft",
        required=True,
        readonly=True,
        help="Stopped: the platform's schema or permissions no longer fit the mapping. See the reason.",
    )
    stop_reason = fields.Text(readonly=True, help="Why the stream was stopped, and what to do.", string="Why stopped")
    unavailable_reason = fields.Char(
        "Not available",
        readonly=True,
        copy=False,
        help="What the platform lacks for this stream, as the last connection test found it. Until it is there, the "
        "stream is neither loaded nor offered at go-live.",
    )
    filter_text = fields.Char(
        string="Scope filter",
        help="Only records that meet this condition take part, in the platform's own query words. "
        "Records that leave the scope are kept in Odoo and no longer updated.",
    )
    delete_policy = fields.Selection(
        [("archive", "Archive the customer"), ("keep", "Keep the customer as it is")],
        default="archive",
        required=True,
        help="What happens in Odoo when a record is deleted on the platform. Nothing is ever deleted in Odoo.",
        string="Deleted on the platform",
    )
    create_policy = fields.Selection(
        [("create", "Create"), ("review", "Ask first")],
        default="create",
        required=True,
        help="What happens with a record that no customer in Odoo matches.",
        string="No match",
    )
    export_policy = fields.Selection(
        [("never", "Never"), ("order", "With their first order"), ("always", "At once")],
        default="order",
        required=True,
        help="When customers made in Odoo (by staff, shop, till or import) are created on the platform.",
        string="New customers of Odoo",
    )
    unlink_policy = fields.Selection(
        [("keep", "Keep the record"), ("delete", "Delete the record")],
        default="keep",
        required=True,
        help="What happens on the platform when a customer is deleted in Odoo.",
        string="Deleted in Odoo",
    )
    planned_direction = fields.Selection(
        DIRECTIONS,
        default="both",
        help="Which way values travel once the stream goes live. Until then it only reads.",
        string="After go-live",
    )
    live_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="When it was agreed that the stream writes to the platform.",
        string="Writes since",
    )
    live_user_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        help="Who agreed that the stream writes to the platform.",
        string="Agreed by",
    )
    may_empty = fields.Boolean(
        "May empty parts of values",
        help="At a first meeting of two records, a composed value may be replaced by one that lacks a part of it."
        " Without this consent, such a value waits as a conflict.",
    )
    bulk_threshold = fields.Integer(
        default=2000,
        help="First loads of more records than this use the platform's bulk interface.",
        string="Bulk from",
    )
    bulk_write_threshold = fields.Integer(
        default=10000,
        help="When so many changes of a lane wait to be sent, they go by the platform's bulk interface, if it has one."
        " 0 for never. Urgent changes never do: they would wait for the others.",
        string="Bulk writes from",
    )
    page_size = fields.Integer(
        default=500,
        help="Records a job handles at a time. Adapts automatically so that a job ends within about 2 seconds.",
        string="Page size",
    )
    cursor = fields.Json(readonly=True, copy=False, help="How far changes were read, in the platform's own clock.")
    watermark = fields.Char(
        compute="_compute_watermark", help="Changes up to this moment were read.", string="Read up to"
    )
    deleted_until = fields.Char(
        readonly=True, help="Deletions up to this moment were read.", string="Deletions read up to"
    )
    map_ids = fields.One2many("retail.sync.field.map", "stream_id", copy=True)

    _object_uniq = models.UniqueIndex(
        "(connection_id, remote_object, entity) WHERE active", "This object has a stream of that kind already."
    )
    _sizes_positive = models.Constraint(
        "CHECK (page_size > 0 AND bulk_threshold >= 0 AND bulk_write_threshold >= 0)",
        "Page size and bulk thresholds must be positive.",
    )

    @api.model
    def _selection_entity(self):
        """Return the entities that have a model in Odoo, by name and label."""
        return [(name, entity._spec().label) for name, entity in self.env["retail.sync.entity"]._all().items()]

    @api.depends("entity")
    def _compute_role(self):
        for stream in self:
            stream.role = stream.entity

    @api.depends("cursor")
    def _compute_watermark(self):
        for stream in self:
            stream.watermark = stream.connection_id.system and stream._adapter().cursor_time(stream.cursor or {})

    @api.model_create_multi
    def create(self, vals_list):
        """Create records; what only the engine writes begins anew, also in a copy."""
        return super().create([rights.without_managed(self, vals) for vals in vals_list])

    def write(self, vals):
        """Write what people may write; states, positions and counts are the engine's."""
        rights.refuse_managed(self, vals)
        return super().write(vals)

    @api.constrains("filter_text", "remote_object")
    def _check_filter(self):
        for stream in self:
            if stream.filter_text:
                try:
                    stream._adapter().check_filter(stream, stream.filter_text)
                except FaultError as fault:
                    raise ValidationError(self.env._("Scope filter: %s", fault.message)) from fault

    def _scope_text(self):
        """Return the scope filter; while a filter is tried out, that one."""
        self.ensure_one()
        return self.env.context.get("retail_sync_scope_text", self.filter_text)

    def check_scope(self, text):
        """Try a scope filter out on the platform, which counts the records that meet it.

        :return: {"ok": bool, "count": int, "text": what people read}
        """
        self.ensure_one()
        stream = rights.require(self, Role.manager).with_context(retail_sync_scope_text=(text or "").strip() or False)
        try:
            if stream._scope_text():
                stream._adapter().check_filter(stream, stream._scope_text())
            count = stream._adapter().count(stream)
        except FaultError as fault:
            advice = self.env._("Correct the filter: it is the condition alone, in the platform's own query words.")
            return {"ok": False, "count": 0, "text": f"{fault.message} {advice}"}
        text = self.env._("1 record matches") if count == 1 else self.env._("%s records match", count)
        return {"ok": True, "count": count, "text": text}

    @api.constrains("unlink_policy")
    def _check_unlink_policy(self):
        for stream in self.filtered(lambda stream: stream.unlink_policy == "delete"):
            if not stream._adapter().capabilities().delete:
                platform = stream.connection_id.name
                raise ValidationError(self.env._("%s cannot delete records. Choose to keep the record.", platform))

    def _adapter(self):
        return self.connection_id._adapter()

    def _entity(self):
        """Return the model that knows how this entity lives in Odoo."""
        self.ensure_one()
        return self.env["retail.sync.entity"]._of_name(self.entity)

    def _map_rows(self):
        """Return the active field mappings as plain rows, in order."""
        self.ensure_one()
        return [line._row() for line in self.sudo().map_ids if line.active]

    @api.model
    def _sending(self):
        """Return the streams that send to their platform, whatever their state."""
        streams = self.sudo().search([("direction", "in", ["out", "both"]), ("connection_id.active", "=", True)])
        return streams.filtered(lambda stream: stream._adapter().capabilities().write and stream._outbound_fields())

    def _beside_fields(self):
        """Return the canonical names that the adapter needs though no line maps them: their changes are sent too."""
        self.ensure_one()
        adapter = f"retail.sync.adapter.{self.connection_id.system}"
        # Also asked while an addon goes: the adapter may be gone before its streams.
        return set(self.env[adapter].beside_fields(self)) if adapter in self.env else set()

    def _outbound_fields(self):
        """Return the canonical names that active lines send, and those that the adapter needs besides."""
        self.ensure_one()
        if self.direction == "in":
            return set()
        lines = self.sudo().map_ids.filtered(lambda line: line.active and line.direction in ("out", "both"))
        return set(lines.mapped("canonical_field")) | self._beside_fields() if lines else set()

    def _planned_fields(self):
        """Return the canonical names that active lines send once the stream is live."""
        self.ensure_one()
        if self.direction == "in" and self.planned_direction == "in":
            return set()
        lines = self.sudo().map_ids.filtered(lambda line: line.active and line.direction in ("out", "both"))
        return set(lines.mapped("canonical_field"))

    def _read_fields(self):
        """Return the canonical names that active lines read."""
        self.ensure_one()
        lines = self.sudo().map_ids.filtered(lambda line: line.active and line.direction in ("in", "both"))
        return set(lines.mapped("canonical_field"))

    def _mapped_fields(self):
        """Return the canonical names that active lines map, either way, and those that the adapter needs besides."""
        self.ensure_one()
        return set(self.sudo().map_ids.filtered("active").mapped("canonical_field")) | self._beside_fields()

    def _delivers(self, lane):
        """Tell whether messages of a lane may be sent now.

        A stream that is loaded again goes on sending: the block of a customer must not wait
        for the load's end. Bulk work does: it would take the load's place.
        """
        if self.direction == "in":
            return False
        if self.connection_id.state == "loading" and lane != "bulk":
            return self.state == "live" or (self.state == "loading" and bool(self.cursor))
        return self.connection_id.state == "running" and self.state == "live"

    def _decoder(self) -> Decoder:
        """Return the compiled decoder of this stream.

        :raises UserError: if the mapping has no lines, or one that makes no sense.
        """
        rows: list[MapRow] = self._map_rows()
        if not rows:
            raise UserError(
                self.env._("%s has no field mappings. Restore the shipped mappings or add new ones.", self.display_name)
            )
        return compile_decoder(rows, self.entity)

    def _encoder(self) -> Encoder:
        """Return the compiled encoder of this stream."""
        return compile_encoder(self._map_rows(), self.entity)

    @api.depends("name", "connection_id.name")
    @api.depends_context("retail_sync_stream_only")
    def _compute_display_name(self):
        """Name the connection too, except in lists that show it elsewhere."""
        alone = self.env.context.get("retail_sync_stream_only")
        for stream in self:
            stream.display_name = (
                f"{stream.connection_id.name} / {stream.name}" if stream.connection_id and not alone else stream.name
            )

    def action_pause(self):
        """Leave this stream out of polls until it is resumed."""
        rights.require(self, Role.manager).write({"state": "paused"})
        return True

    def action_links(self):
        self.ensure_one()
        self.check_access("read")
        return actions.list_of(self.env, "retail_sync.action_link", [("stream_id", "=", self.id)])

    def action_exceptions(self):
        self.ensure_one()
        self.check_access("read")
        domain = [("stream_id", "=", self.id), ("is_exception", "=", True)]
        return actions.list_of(self.env, "retail_sync.action_exception", domain)
