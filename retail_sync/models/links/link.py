from odoo import api, fields, models
from odoo.exceptions import UserError

from ...runtime import actions, rights
from ...runtime.erasure import Erasure, Record, Remote
from ...runtime.fields import BigInteger
from ...runtime.rights import Role
from ..audit import trail
from ..runs import refresh_queue
from . import reasons


class RetailSyncLink(models.Model):
    """Remote record <-> Odoo record.

    Rows are written set-based by apply; the unique indexes below are the
    truth about "once": locks and queue identities only reduce noise.
    """

    _name = "retail.sync.link"
    _inherit = ["retail.sync.bounded.read"]
    _description = "Link"
    _erasure = Erasure(rows=(Record(), Remote()), quotes=("reason", "warnings"), values=("base", "divergent", "pushed"))
    _order = "id desc"

    connection_id = fields.Many2one("retail.sync.connection", required=True, ondelete="cascade", index=True)
    platform_name = fields.Char(related="connection_id.platform_name")
    stream_id = fields.Many2one("retail.sync.stream", ondelete="set null", index="btree_not_null")
    company_id = fields.Many2one(related="connection_id.company_id")
    remote_object = fields.Char(required=True, string="Object")
    external_id = fields.Char(required=True, string="External id", index="trigram")
    part = fields.Char(
        required=True,
        default="main",
        help="Which part of the remote record this is: the record itself, or a further one that it shows.",
    )
    res_model = fields.Char(required=True, string="Odoo model")
    res_id = fields.Many2oneReference(model_field="res_model", string="Odoo id", required=True)
    is_primary = fields.Boolean(
        default=True,
        help="One Odoo record may have several remote ids (after a merge). Only the primary one writes to it.",
        string="Primary link",
    )
    version = BigInteger(readonly=True, help="Remote version last seen: milliseconds since 1970, remote clock.")
    remote_modified_at = fields.Datetime(readonly=True, string="Changed remotely")
    content_hash = fields.Char(
        readonly=True, help="Hash of the decoded record: unchanged while no mapped field changes."
    )
    raw_hash = fields.Char(readonly=True, help="Hash of the raw record: unchanged records are not decoded again.")
    base = fields.Json(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Values on which both sides last agreed, in canonical form.",
    )
    divergent = fields.Json(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Fields in which the platform has another value and the ownership rule kept Odoo's value.",
    )
    base_values = fields.Json(
        compute="_compute_shown_values",
        groups="retail_sync.group_steward",
        string="Last agreed values",
        help="Values on which both sides last agreed. The audit trail notes who looks at them.",
    )
    divergent_values = fields.Json(
        compute="_compute_shown_values",
        groups="retail_sync.group_steward",
        string="Kept values",
        help="Fields in which the platform has another value and the ownership rule kept Odoo's value.",
    )
    carries_our_id = fields.Boolean(
        readonly=True, string="Knows our id", help="The platform's record carries the id of the record in Odoo."
    )
    id_refusal = fields.Char(
        readonly=True,
        string="Our id refused",
        help="Code by which the platform refused to keep the id of the record in Odoo. Nothing else is missing there.",
    )
    pushed = fields.Json(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="Values sent to the platform, and the values it keeps instead. A value that the platform keeps replacing "
        "is not sent again.",
    )
    provenance = fields.Json(
        readonly=True,
        groups="retail_sync.group_steward",
        help="Per field: which side gave the value, by which rule, when.",
    )
    provenance_text = fields.Json(
        compute="_compute_provenance_text",
        groups="retail_sync.group_steward",
        string="Where values came from",
        help="Per field: which side gave the value, by which rule, when.",
    )
    warnings = fields.Json(readonly=True)
    warning_text = fields.Text(compute="_compute_warning_text", string="Warnings")
    has_warnings = fields.Boolean(readonly=True, string="Has warnings")
    role = fields.Char(
        compute="_compute_role",
        store=True,
        precompute=True,
        required=True,
        readonly=False,
        help="Role in which the record is linked. A record may be linked once in each role, such as order and "
        "opportunity.",
    )
    deferred_ids = fields.One2many("retail.sync.deferred.reference", "link_id")
    waits_for = fields.Char(
        compute="_compute_waits_for",
        search="_search_waits_for",
        string="Waits for",
        help="Records on the platform to which this record refers and which were not received yet.",
    )
    state = fields.Selection(
        [
            ("in_sync", "In sync"),
            ("attention", "Needs attention"),
            ("excluded", "Excluded"),
            ("deleted", "Deleted remotely"),
            ("merged", "Merged into another"),
            ("missing", "Not visible remotely"),
        ],
        default="in_sync",
        required=True,
        help="Not visible remotely: the record left the scope, was removed for good, or is hidden from the platform "
        "user of the connection. The customer in Odoo does not change.",
    )
    rule = fields.Char(readonly=True, help="Rule that linked the two records.", string="How linked")
    reason = fields.Char(readonly=True, help="Why the two records are the same.", string="Why")
    linked_at = fields.Datetime(readonly=True, string="Linked on")
    synced_at = fields.Datetime(
        readonly=True,
        string="Last in sync",
        help="When the two records last exchanged values, on the database's clock. Older reads that disagree are "
        "repeated.",
    )
    deleted_at = fields.Datetime(readonly=True, string="Deleted on")
    archived_by_sync = fields.Boolean(readonly=True, string="Archived by the sync")
    url = fields.Char(compute="_compute_url", string="Link")

    _remote_uniq = models.UniqueIndex(
        "(connection_id, remote_object, external_id, part, role)", "This remote record is linked already."
    )
    _local_uniq = models.UniqueIndex(
        "(connection_id, res_model, res_id, role) WHERE is_primary",
        "This record has a primary link of that role on that connection.",
    )
    _res_idx = models.Index("(res_model, res_id)")
    # Of a million links, nearly all are in sync, and have a stream and no warnings.
    _other_state_idx = models.Index("(state) WHERE state <> 'in_sync'")
    _warnings_idx = models.Index("(stream_id) WHERE has_warnings IS TRUE")
    _secondary_idx = models.Index("(id) WHERE is_primary IS NOT TRUE")
    _without_stream_idx = models.Index("(connection_id) WHERE stream_id IS NULL")

    @api.depends("stream_id.role", "res_model")
    def _compute_role(self):
        for link in self:
            entities = self.env["retail.sync.entity"]._of_model(link.res_model)
            link.role = link.stream_id.role or link.role or (entities and entities[0]) or link.res_model

    @api.depends("deferred_ids.ref")
    def _compute_waits_for(self):
        for link in self:
            link.waits_for = ", ".join(sorted(set(link.sudo().deferred_ids.mapped("ref")))) or False

    @api.model
    def _search_waits_for(self, operator, value):
        return [("deferred_ids.ref", operator, value)]

    @api.depends("warnings")
    def _compute_warning_text(self):
        for link in self:
            link.warning_text = "\n".join(link.warnings or []) or False

    def _compute_url(self):
        for link in self:
            connection = link.connection_id.sudo()
            link.url = connection._adapter().record_url(connection, link.remote_object, link.external_id)

    @api.depends("provenance")
    @api.depends_context("lang")
    def _compute_provenance_text(self):
        for link in self:
            link.provenance_text = reasons.in_words(self.env, link.provenance) or False

    @api.depends("base", "divergent")
    @api.depends_context("uid")
    def _compute_shown_values(self) -> None:
        """Compute the values unmasked. The look is a row of the audit trail."""
        trail.shown(self.filtered(lambda link: link.sudo().base or link.sudo().divergent), "base")
        for link in self:
            link.base_values, link.divergent_values = link.sudo().base, link.sudo().divergent

    @api.depends("remote_object", "external_id", "part")
    def _compute_display_name(self):
        for link in self:
            part = "" if link.part == "main" else f" ({link.part})"
            link.display_name = f"{link.remote_object} {link.external_id}{part}"

    @api.model
    def _remote_deletion(self, res_model, res_ids):
        """Note that records were deleted in Odoo: the linked remote records are not taken in again.

        A part that was deleted is a change of its record: the platform is to hear of it.
        """
        links = self.search([("res_model", "=", res_model), ("res_id", "in", res_ids), ("part", "=", "main")])
        if not links:
            return
        parts = self.search(
            [
                ("connection_id", "in", links.connection_id.ids),
                ("external_id", "in", links.mapped("external_id")),
                ("res_model", "=", res_model),
                ("part", "!=", "main"),
            ]
        )
        of_them = {(link.connection_id, link.remote_object, link.external_id, link.role) for link in links}
        links += parts.filtered(
            lambda link: (link.connection_id, link.remote_object, link.external_id, link.role) in of_them
        )
        links.write({"state": "excluded", "reason": self.env._("Deleted in Odoo"), "deleted_at": fields.Datetime.now()})

    @api.model
    def _not_visible(self, stream, external_ids, reason):
        """Note that the platform no longer shows records; what became of them is unknown, so nothing else changes."""
        self.search(
            [
                ("stream_id", "=", stream.id),
                ("remote_object", "=", stream.remote_object),
                ("external_id", "in", list(external_ids)),
                ("state", "in", ["in_sync", "attention"]),
            ]
        ).write({"state": "missing", "reason": reason})

    def action_open_remote(self):
        self.ensure_one()
        if not self.url:
            raise UserError(self.env._("This connection has no URL to open records at."))
        return actions.open_url(self.url)

    def action_open_record(self):
        self.ensure_one()
        return actions.open_record(self.env[self.res_model].browse(self.res_id))

    def action_sync_now(self):
        """Read these records again, in the standard lane; a record that already waits for it is read once."""
        refresh_queue.ask(rights.require(self, Role.operator, at_once=refresh_queue.ASKED_AT_ONCE), self.env.user)
        return True
