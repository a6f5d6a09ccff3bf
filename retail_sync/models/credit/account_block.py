from typing import Any

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, plaintext2html

from ...runtime.erasure import Erasure, Ids
from .constants import BANNER_GROUPS, BLOCK_GROUP, REASON_GROUPS

BLOCK_FIELDS = (
    "account_block",
    "account_block_reason",
    "account_block_uid",
    "account_block_since",
    "account_block_until",
)
# Key of the survivor's ids during a merge. The transaction holds them, because any caller can set a context.
SURVIVOR = "retail_sync.merge_survivor"
# What decides to which commercial entity a contact belongs, and so under which block.
PLACE = frozenset(("parent_id", "is_company"))
NOTHING = dict.fromkeys(BLOCK_FIELDS, False)


class ResPartner(models.Model):
    """Block customers, so that their orders cannot be confirmed until a person lifts the block.

    A block is set on the commercial entity and applies to all its contacts. Every way to set a block (dialog, form,
    import, code) checks the right of the user and logs a note.
    """

    _inherit = "res.partner"
    _erasure = Erasure(rows=(Ids("id"),), blank=("account_block_reason",))

    account_block = fields.Boolean(
        string="Account block",
        copy=False,
        groups=REASON_GROUPS,
        help="Stops the confirmation of sale orders of this customer.",
    )
    account_block_reason = fields.Char(string="Reason for the block", copy=False, groups=REASON_GROUPS)
    account_block_uid = fields.Many2one(
        "res.users",
        string="Blocked by",
        copy=False,
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups=REASON_GROUPS,
    )
    account_block_since = fields.Datetime(string="Blocked since", copy=False, readonly=True, groups=REASON_GROUPS)
    account_block_until = fields.Date(
        string="Blocked until",
        copy=False,
        groups=REASON_GROUPS,
        help="Last day of the block. If empty, the block lasts until a user lifts it.",
    )
    account_blocked = fields.Boolean(
        string="Blocked",
        compute="_compute_account_blocked",
        compute_sudo=True,
        search="_search_account_blocked",
        groups="base.group_user",
        help="Whether a block on this contact or on its company is in force today.",
    )
    account_block_banner = fields.Text(compute="_compute_account_blocked", compute_sudo=True, groups=BANNER_GROUPS)

    _retail_sync_block_reason = models.Constraint(
        "CHECK (account_block IS NOT TRUE OR COALESCE(account_block_reason, '') <> '')",
        "A block needs a reason. Enter the reason.",
    )
    _retail_sync_block_idx = models.Index("(commercial_partner_id) WHERE account_block")

    # -- blocks in force today

    def _account_blocks(self, company: models.BaseModel | None = None) -> dict[int, models.BaseModel]:
        """Return {partner id: partner that carries the block in force today}; partners without a block are left out.

        A block on the contact itself counts too, so that moving a blocked customer under another company does not lift
        its block.

        :param company: company whose time zone decides when a day ends; by default the current company
        """
        today = (company or self.env.company)._retail_sync_today()
        blocks = {}
        for partner in self.sudo():
            for holder in (partner.commercial_partner_id, partner):
                until = holder.account_block_until
                if holder.account_block and not (until and until < today):
                    blocks[partner.id] = holder
                    break
        return blocks

    @api.depends(
        "account_block",
        "account_block_reason",
        "account_block_until",
        "account_block_uid",
        "commercial_partner_id.account_block",
        "commercial_partner_id.account_block_reason",
        "commercial_partner_id.account_block_until",
        "commercial_partner_id.account_block_uid",
    )
    @api.depends_context("company", "lang")
    def _compute_account_blocked(self) -> None:
        blocks = self._account_blocks()
        for partner in self:
            holder = blocks.get(partner.id)
            partner.account_blocked = bool(holder)
            partner.account_block_banner = holder._account_block_text() if holder else False

    @api.model
    def _search_account_blocked(self, operator: str, value: Any) -> Any:
        # Odoo asks for the right to a field before it reads it, and not before it searches by a method.
        self._check_field_access(self._fields["account_blocked"], "read")
        if operator != "in":
            return NotImplemented
        today = self.env.company._retail_sync_today()
        # The fields of a block are closed to most users, who may still search by whether there is one.
        partners = self.sudo().with_context(active_test=False)
        blocked = fields.Domain(
            "id",
            "in",
            partners._search(
                fields.Domain.OR(
                    fields.Domain(f"{path}account_block", "=", True)
                    & (fields.Domain(f"{path}account_block_until", "=", False) | self._until_domain(path, today))
                    for path in ("", "commercial_partner_id.")
                )
            ),
        )
        values = set(value)
        if values == {True}:
            return blocked
        return ~blocked if values == {False} else fields.Domain(bool(values))

    @api.model
    def _until_domain(self, path: str, today: Any) -> fields.Domain:
        return fields.Domain(f"{path}account_block_until", ">=", today)

    def _account_block_text(self) -> str:
        """Return the sentence who blocked this partner, when, until when and why."""
        self.ensure_one()
        until = self.account_block_until
        return self.env._(
            "%(customer)s was blocked by %(user)s on %(since)s, %(until)s. Reason: %(reason)s",
            customer=self.display_name,
            user=self.account_block_uid.name or self.env._("a deleted user"),
            since=format_date(self.env, self.account_block_since) if self.account_block_since else "?",
            until=self.env._("until %s", format_date(self.env, until))
            if until
            else self.env._("until the block is lifted"),
            reason=self.account_block_reason,
        )

    # -- blocking and lifting

    def _block_account(self, reason: str, until: Any = False) -> bool:
        """Block the commercial entities of these partners.

        :param until: last day of the block, or False
        :raises AccessError: the user has no right to block customers
        """
        self._check_may_block()
        self.check_access("read")
        # The right to block customers is enough; it needs no right to edit customers.
        return self.commercial_partner_id.sudo().write(
            {"account_block": True, "account_block_reason": reason, "account_block_until": until}
        )

    def _lift_account_block(self, reason: str) -> bool:
        """Lift the blocks on these partners and on their companies.

        :raises AccessError: the user has no right to lift blocks
        """
        self._check_may_block()
        self.check_access("read")
        blocked = (self | self.commercial_partner_id).sudo().filtered("account_block")
        return blocked.with_context(account_block_note=reason).write({"account_block": False})

    def _is_merged_into(self) -> bool:
        """Return whether this partner is the survivor of a merge in progress, which takes over a block unchanged."""
        return bool(self) and self.env.cr.precommit.data.get(SURVIVOR) == self.ids

    def _may_block(self) -> bool:
        return self.env.su or self.env.user.has_group(BLOCK_GROUP) or self._is_merged_into()

    def _check_may_block(self) -> None:
        if not self._may_block():
            raise AccessError(
                self.env._(
                    "Only users with the right 'Account blocks' can block a customer or lift a block. Ask one of them."
                )
            )

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        stamped = [self._block_stamp(vals, fresh=True) if vals.get("account_block") else vals for vals in vals_list]
        if any(vals.get(name) for vals in vals_list for name in BLOCK_FIELDS):
            self._check_may_block()
        partners = super().create(stamped)
        partners.sudo().filtered("account_block").sudo(self.env.su)._note_block()
        return partners

    def write(self, vals: dict[str, Any]) -> bool:
        if not any(name in vals for name in BLOCK_FIELDS):
            if PLACE.isdisjoint(vals) or self._may_block():
                return super().write(vals)
            # A contact that leaves a blocked company leaves its block: an order could be confirmed in between.
            family = self.sudo().with_context(active_test=False).search([("id", "child_of", self.ids)])
            before = family._account_blocks().keys()
            result = super().write(vals)
            if before - family._account_blocks().keys():
                self._check_may_block()
            return result
        self._check_may_block()
        blocked = self.filtered("account_block")
        if "account_block" in vals and not vals["account_block"]:
            notes = blocked._lift_notes()
            result = super().write({**vals, **NOTHING})
            blocked._message_log_batch(notes)
            return result
        others = self - blocked
        fresh = bool(vals.get("account_block"))
        if blocked:
            super(ResPartner, blocked).write(self._block_stamp(vals))
        if others:
            super(ResPartner, others).write(self._block_stamp(vals, fresh=True) if fresh else vals)
        self.filtered("account_block")._note_block()
        return True

    def _block_stamp(self, vals: dict[str, Any], fresh: bool = False) -> dict[str, Any]:
        """Return vals with the user and the time of the block; only superuser code may set other ones.

        :param fresh: whether the block is new
        :raises UserError: a new block has no reason
        """
        vals = dict(vals)
        if fresh and not (vals.get("account_block_reason") or "").strip():
            raise UserError(self.env._("The reason is missing. Enter why this customer is blocked."))
        stamp = {"account_block_uid": self.env.uid}
        if fresh:
            stamp["account_block_since"] = fields.Datetime.now()
        for name in ("account_block_uid", "account_block_since"):
            if not (vals.get(name) and (self.env.su or self._is_merged_into())):
                vals.pop(name, None)
        return {**stamp, **vals}

    def _note_block(self) -> None:
        self._message_log_batch({partner.id: partner.sudo()._account_block_text() for partner in self})

    def _lift_notes(self) -> dict[int, Any]:
        """Return {partner id: note as HTML} for blocks that are about to be lifted, by a person or at their end."""
        today = self.env.company._retail_sync_today()
        reason = self.env.context.get("account_block_note")
        notes = {}
        for partner in self.sudo():
            until = partner.account_block_until
            if until and until < today:
                text = self.env._("The account block ended on %s.", format_date(self.env, until))
            else:
                text = self.env._("%s lifted the account block.", self.env.user.name)
            lines = [text, self.env._("Reason: %s", reason)] if reason else [text]
            lines.append(self.env._("Reason for the block: %s", partner.account_block_reason))
            notes[partner.id] = plaintext2html("\n".join(lines))
        return notes

    def action_account_block(self) -> dict[str, Any]:
        return self._block_dialog("block")

    def action_account_lift(self) -> dict[str, Any]:
        return self._block_dialog("lift")

    def _block_dialog(self, mode: str) -> dict[str, Any]:
        self._check_may_block()
        wizard = self.env["retail.sync.block"].create({"mode": mode, "partner_ids": self.commercial_partner_id.ids})
        return wizard._open()

    # -- the end of a block

    @api.model
    def _lift_ended_blocks(self) -> models.BaseModel:
        """Lift blocks that have ended, log a note on each, and return the partners.

        The block of a customer that several companies share ends when its last day has ended in all of them.
        """
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        today = {company.id: company._retail_sync_today() for company in companies}
        ended = (
            self.sudo()
            .with_context(active_test=False)
            .search([("account_block", "=", True), ("account_block_until", "<", max(today.values()))])
            .filtered(
                lambda partner: partner.account_block_until < today.get(partner.company_id.id, min(today.values()))
            )
        )
        if ended:
            ended.write({"account_block": False})
        return ended
