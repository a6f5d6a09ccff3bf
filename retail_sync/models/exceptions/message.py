from odoo import _, api, fields, models

from ...domain.security.masking import mask_payload
from ...runtime.constants import EXCEPTION_STATES, LANES
from ...runtime.fields import BigInteger
from .fault_rule import FAULT_CLASSES


class RetailSyncMessage(models.Model):
    """One record that could not simply go through. Those that need a person are the exception queue."""

    _name = "retail.sync.message"
    _description = "Sync message"
    _order = "id desc"

    connection_id = fields.Many2one(
        "retail.sync.connection", required=True, ondelete="cascade", index=True, string="Connection"
    )
    stream_id = fields.Many2one("retail.sync.stream", ondelete="cascade", index=True, string="Stream")
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    run_id = fields.Many2one("retail.sync.run", ondelete="set null", index="btree_not_null")
    direction = fields.Selection([("in", "From the platform"), ("out", "To the platform")], default="in", required=True)
    lane = fields.Selection(LANES, default="standard")
    remote_object = fields.Char(string="Object")
    key = fields.Char(required=True, index=True, string="Record", help="The record's id on the platform.")
    title = fields.Char(help="The record's name, as far as it is known.")
    version = BigInteger()
    payload = fields.Json(
        groups="base.group_system", help="The record as it came. Shown masked; revealing it is a right, and is logged."
    )
    masked_payload = fields.Text(compute="_compute_masked_payload", compute_sudo=True, string="Record as it came")
    state = fields.Selection(
        [
            ("open", "Needs a person"),
            ("review", "Who is this?"),
            ("retrying", "Will be tried again"),
            ("pending", "Waits to be sent"),
            ("parked", "Waits for another record"),
            ("sending", "Being sent"),
            ("done", "Solved"),
            ("ignored", "Ignored"),
            ("superseded", "Overtaken by a newer version"),
        ],
        default="open",
        required=True,
        index=True,
        help="A message to the platform waits, is sent, and is solved when the platform has taken it.",
    )
    op = fields.Selection(
        [("write", "Write"), ("delete", "Delete")], default="write", help="What is to be done on the platform."
    )
    changes = fields.Json(
        groups="retail_sync.group_steward",
        help="Fields that changed in Odoo since the platform last took the record, and when (ms since 1970).",
    )
    change_text = fields.Char(compute="_compute_change_text", compute_sudo=True, string="Changed")
    coalesced = fields.Integer(
        readonly=True, string="Merged changes", help="Later changes that were taken into this message."
    )
    waits_for = fields.Char(readonly=True, string="Waits for", help="The record that has to be there first.")
    claim = fields.Char(readonly=True, help="Job that is sending this message.")
    claimed_at = fields.Datetime(readonly=True, string="Sending since")
    is_exception = fields.Boolean(compute="_compute_is_exception", search="_search_is_exception")
    fault_class = fields.Selection(FAULT_CLASSES)
    fault_code = fields.Char(string="Code", index=True)
    fault_message = fields.Text(string="What happened")
    rule_id = fields.Many2one("retail.sync.fault.rule", string="Cause", ondelete="set null", index="btree_not_null")
    next_step = fields.Text(related="rule_id.next_step", string="What to do")
    team = fields.Selection([("technical", "Technical"), ("business", "Business")], default="business", index=True)
    attempts = fields.Integer(string="Tries")
    next_try_at = fields.Datetime(index="btree_not_null", help="When it is tried again by itself.", string="Next try")
    conflicts = fields.Json(
        groups="retail_sync.group_steward",
        help="Fields both sides changed: [{part, field, odoo, remote}].",
    )
    conflict_text = fields.Text(
        compute="_compute_has_conflicts",
        compute_sudo=True,
        groups="retail_sync.group_steward",
        string="Both values",
        help="What each side has, for the person who decides.",
    )
    has_conflicts = fields.Boolean(compute="_compute_has_conflicts", compute_sudo=True)
    candidates = fields.Json(help="Customers it may be: [{id, name, reasons}].")
    candidate_text = fields.Text(compute="_compute_candidate_text", string="May be")
    correlation_id = fields.Char(index=True, string="Correlation id")
    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model", string="Odoo record")
    partner_id = fields.Many2one("res.partner", compute="_compute_partner_id", string="Customer")
    user_id = fields.Many2one("res.users", string="Assigned to", index="btree_not_null")
    resolution = fields.Char(readonly=True, help="How it ended.", string="How it ended")
    resolved_at = fields.Datetime(readonly=True, string="Ended on")
    resolved_by = fields.Many2one("res.users", readonly=True, string="Ended by")
    url = fields.Char(compute="_compute_url")

    _open_uniq = models.UniqueIndex(
        "(stream_id, key) WHERE state IN ('open', 'review', 'retrying', 'pending', 'parked')",
        "This record has an open message on that stream.",
    )
    _sending_uniq = models.UniqueIndex(
        "(stream_id, key) WHERE state = 'sending'", "This record is being sent on that stream."
    )
    _due_idx = models.Index("(stream_id, lane, id) WHERE state = 'pending'")
    _parked_idx = models.Index("(connection_id, waits_for) WHERE state = 'parked'")

    @api.depends("state")
    def _compute_is_exception(self):
        for message in self:
            message.is_exception = message.state in EXCEPTION_STATES

    def _search_is_exception(self, operator, value):
        if operator != "in":
            return NotImplemented
        if True in value and False in value:
            return []
        return [("state", "in" if True in value else "not in", list(EXCEPTION_STATES))]

    @api.depends("payload")
    def _compute_masked_payload(self):
        for message in self:
            if not message.payload:
                message.masked_payload = False
                continue
            masked = mask_payload(message.payload, {})
            message.masked_payload = "\n".join(
                f"{name}: {value}" for name, value in masked.items() if value not in (None, "", False)
            )

    @api.depends("changes")
    def _compute_change_text(self):
        labels = dict(self.env["retail.sync.field.map"]._selection_canonical_field())
        for message in self:
            message.change_text = ", ".join(sorted(labels.get(name, name) for name in message.changes or {})) or False

    @api.depends("conflicts", "state")
    def _compute_has_conflicts(self):
        labels = dict(self.env["retail.sync.ownership.rule"]._selection_canonical_field())
        for message in self:
            message.has_conflicts = bool(message.conflicts) and message.state in EXCEPTION_STATES
            message.conflict_text = "\n".join(
                _(
                    "%(field)s: Odoo has %(odoo)s, the platform has %(remote)s.",
                    field=labels.get(found["field"], found["field"]),
                    odoo=_shown(found["odoo"]),
                    remote=_shown(found["remote"]),
                )
                for found in message.conflicts or []
            )

    @api.depends("candidates")
    def _compute_candidate_text(self):
        for message in self:
            message.candidate_text = (
                "\n".join(
                    f"#{found['id']} {found.get('name') or ''}: {', '.join(found.get('reasons') or [])}"
                    for found in message.candidates or []
                )
                or False
            )

    @api.depends("res_model", "res_id")
    def _compute_partner_id(self):
        for message in self:
            message.partner_id = message.res_id if message.res_model == "res.partner" else False

    def _compute_url(self):
        for message in self:
            connection = message.connection_id.sudo()
            message.url = connection._adapter().record_url(connection, message.remote_object, message.key)

    @api.depends("title", "key")
    def _compute_display_name(self):
        for message in self:
            message.display_name = message.title or f"{message.remote_object or ''} {message.key}".strip()

    @api.autovacuum
    def _gc_messages(self):
        """Drop solved messages after the days of Settings; open ones stay for ever."""
        days = int(self.env["ir.config_parameter"].sudo().get_param("retail_sync.keep_messages_days") or 180)
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        self.search(
            [("state", "in", ["done", "ignored", "superseded"]), ("resolved_at", "<", limit)], limit=10000
        ).unlink()


def _shown(value):
    """Return a canonical value as people read it: an address as one line, nothing as a dash."""
    if isinstance(value, list):
        return ", ".join(str(part) for part in value if part) or "-"
    return "-" if value in (None, "", False) else str(value)
