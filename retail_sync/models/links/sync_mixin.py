from odoo import api, fields, models
from odoo.exceptions import UserError

from ...runtime import actions, rights
from ...runtime.constants import UNCLOSED_STATES
from ...runtime.rights import Role
from ..runs import refresh_queue
from . import lookups, record_search

# Who works with the sync reads its texts; a customer in the portal reads nothing that staff wrote.
SYNC_STAFF = "retail_sync.group_operator,retail_sync.group_auditor"
INTERNAL = "base.group_user"

BADGES = [
    ("none", "Not linked"),
    ("in_sync", "In sync"),
    ("attention", "Needs attention"),
    ("deleted", "Deleted remotely"),
    ("missing", "Not visible remotely"),
]


class RetailSyncMixin(models.AbstractModel):
    """Links, badge and actions on a business record.

    Everything is computed from links and messages: the business table gets no
    column, and showing a list of records costs two queries.
    """

    _name = "retail.sync.mixin"
    _inherit = ["retail.sync.bounded.read"]
    _description = "Record that is kept in step"

    sync_link_ids = fields.One2many(
        "retail.sync.link",
        "res_id",
        string="Links",
        domain=lambda self: [("res_model", "=", self._name)],
        groups=SYNC_STAFF,
    )
    sync_state = fields.Selection(
        BADGES,
        compute="_compute_sync_state",
        compute_sudo=True,
        search="_search_sync_state",
        string="Sync",
        groups=INTERNAL,
        help="Whether this record is in sync with the platforms it is linked to.",
    )
    sync_external_ids = fields.Char(
        compute="_compute_sync_state",
        compute_sudo=True,
        search="_search_sync_external_ids",
        string="External ids",
        groups=SYNC_STAFF,
    )
    sync_platform_name = fields.Char(
        compute="_compute_sync_platform_name", compute_sudo=True, string="Platforms", groups=INTERNAL
    )
    sync_error = fields.Text(compute="_compute_sync_error", compute_sudo=True, string="Last error", groups=SYNC_STAFF)
    sync_next_step = fields.Text(
        compute="_compute_sync_error", compute_sudo=True, string="What to do", groups=SYNC_STAFF
    )
    sync_waiting = fields.Char(
        compute="_compute_sync_error",
        compute_sudo=True,
        string="Being sent",
        groups=SYNC_STAFF,
        help="Changes made in Odoo that the platform has not accepted yet.",
    )
    sync_message_count = fields.Integer(
        compute="_compute_sync_error", compute_sudo=True, string="Sync messages", groups=SYNC_STAFF
    )

    @api.model
    def _is_bounded(self, domain):
        """Bound only those reads of Odoo's own records that ask for what this addon adds."""
        return "sync_" in repr(domain)

    def _sync_links(self):
        """Return {record id: links}, in one query."""
        found = self.env["retail.sync.link"].search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
        return found.grouped("res_id")

    def _compute_sync_state(self):
        links_of = self._sync_links()
        failing = self._sync_failing_ids()
        for record in self:
            links = links_of.get(record.id)
            if not links:
                record.sync_state, record.sync_external_ids = "none", False
                continue
            states = set(links.mapped("state"))
            record.sync_external_ids = ", ".join(sorted(set(links.mapped("external_id"))))
            if "attention" in states or record.id in failing:
                record.sync_state = "attention"
            elif states - set(record_search.GONE):
                record.sync_state = "in_sync"
            else:
                record.sync_state = "missing" if "missing" in states else "deleted"

    def _compute_sync_platform_name(self) -> None:
        links_of = self._sync_links()
        for record in self:
            links = links_of.get(record.id, self.env["retail.sync.link"]).filtered("is_primary")
            record.sync_platform_name = ", ".join(sorted(set(links.connection_id.mapped("platform_name")))) or False

    def _sync_failing_ids(self):
        rows = self.env["retail.sync.message"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids), ("is_exception", "=", True)], ["res_id"]
        )
        return {res_id for (res_id,) in rows}

    @api.model
    def _search_sync_state(self, operator, value):
        # Odoo asks for the right to a field before it reads it, and not before it searches by a method.
        self._check_field_access(self._fields["sync_state"], "read")
        if operator != "in":
            return NotImplemented
        return record_search.with_badges(self.env, set(value))

    @api.model
    def _search_sync_external_ids(self, operator, value):
        self._check_field_access(self._fields["sync_external_ids"], "read")
        if operator not in ("in", "ilike", "=ilike", "like", "=like"):
            return NotImplemented
        ids = (
            self.env["retail.sync.link"]
            .sudo()
            ._search([("res_model", "=", self._name), ("external_id", operator, value)])
        )
        return [("id", "in", ids.subselect("res_id"))]

    def _compute_sync_error(self):
        """Count all messages, and read only those that are not closed: of the others a record may have thousands."""
        of_records = fields.Domain("res_model", "=", self._name) & fields.Domain("res_id", "in", self.ids)
        messages = self.env["retail.sync.message"]
        counts = dict(messages._read_group(of_records, ["res_id"], ["__count"]))
        unclosed = messages.search_fetch(
            of_records & fields.Domain("state", "in", list(UNCLOSED_STATES)), ["res_id", "state"], order="id desc"
        )
        by_record = unclosed.grouped("res_id")
        for record in self:
            related = by_record.get(record.id, messages)
            last = related.filtered("is_exception")[:1]
            record.sync_message_count = counts.get(record.id, 0)
            record.sync_error = last.fault_message or False
            record.sync_next_step = last.next_step or False
            waiting = related.filtered(lambda message: message.state in ("pending", "sending", "parked"))
            record.sync_waiting = ", ".join(text for text in waiting.mapped("change_text") if text) or False

    def action_sync_now(self):
        """Read the linked remote records again and apply them, in the standard lane.

        :raises AccessError: the user is no operator, or may not read one of the records
        :raises UserError: too many records, or none of them is linked
        """
        records = rights.require(self, Role.operator, at_once=refresh_queue.ASKED_AT_ONCE)
        links = records.env["retail.sync.link"].search(
            [("res_model", "=", self._name), ("res_id", "in", records.ids), ("part", "=", "main")]
        )
        if not links:
            raise UserError(self.env._("None of these records is linked to a platform yet."))
        asked = refresh_queue.ask(links, self.env.user)
        if not asked:
            return self.env["retail.sync.message"]._notify(
                self.env._("These records already wait to be read. They are read once.")
            )
        return self.env["retail.sync.message"]._notify(
            self.env._("%s records are being refreshed from the platform.", asked)
        )

    def action_sync_open_remote(self):
        """Open the linked record on the platform's own screen.

        :raises AccessError: the user has no role in Retail Sync, or may not read the record
        """
        rights.require(self, Role.operator, Role.auditor)
        self.ensure_one()
        # With the rights of the user: a link of another company's connection is none that this user may open.
        link = lookups.primary_links(self.env, None, self._name, self.ids)[:1]
        if not link:
            raise UserError(self.env._("This record is not linked to a platform yet."))
        return link.action_open_remote()

    def action_sync_messages(self):
        """List the messages about this record."""
        rights.require(self, Role.operator, Role.auditor)
        self.ensure_one()
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        return actions.list_of(self.env, "retail_sync.action_message", domain)
