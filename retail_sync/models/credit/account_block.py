from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, plaintext2html

from .constants import BLOCK_GROUP

BLOCK_FIELDS = (
    "account_block",
    "account_block_reason",
    "account_block_uid",
    "account_block_since",
    "account_block_until",
)
# Ids of the survivor, for the time of a merge. Kept with the transaction: a context can come from anywhere.
SURVIVOR = "retail_sync.merge_survivor"
NOTHING = dict.fromkeys(BLOCK_FIELDS, False)


class ResPartner(models.Model):
    """A customer whose orders must wait, by decision of a person.

    The block stands on the commercial entity and holds for all its contacts. Each way
    to set one (dialog, form, import, code) asks for the right and leaves a note.
    """

    _inherit = "res.partner"

    account_block = fields.Boolean(
        string="Account block", copy=False, help="Sale orders of this customer cannot be confirmed."
    )
    account_block_reason = fields.Char(string="Reason of the block", copy=False)
    account_block_uid = fields.Many2one(
        "res.users", string="Blocked by", copy=False, readonly=True, ondelete="set null", index="btree_not_null"
    )
    account_block_since = fields.Datetime(string="Blocked since", copy=False, readonly=True)
    account_block_until = fields.Date(
        string="Blocked until", copy=False, help="Last day of the block. Empty: until somebody lifts it."
    )
    account_blocked = fields.Boolean(
        string="Blocked",
        compute="_compute_account_blocked",
        compute_sudo=True,
        search="_search_account_blocked",
        help="Blocked today: by a block of its own or of its company that has not ended.",
    )
    account_block_banner = fields.Text(compute="_compute_account_blocked", compute_sudo=True)

    _retail_sync_block_reason = models.Constraint(
        "CHECK (account_block IS NOT TRUE OR COALESCE(account_block_reason, '') <> '')", "A block needs a reason."
    )
    _retail_sync_block_idx = models.Index("(commercial_partner_id) WHERE account_block")

    # -- what holds now

    def _account_blocks(self, company=None):
        """Return {partner id: the partner whose block stops it today}; the unblocked are left out.

        A block on the contact itself counts too: a blocked customer who is put under
        another company must not come free by it.

        :param company: in whose time zone days end; the current one by default
        """
        today = (company or self.env.company)._retail_sync_today()
        found = {}
        for partner in self.sudo():
            for holder in (partner.commercial_partner_id, partner):
                until = holder.account_block_until
                if holder.account_block and not (until and until < today):
                    found[partner.id] = holder
                    break
        return found

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
    def _compute_account_blocked(self):
        blocks = self._account_blocks()
        for partner in self:
            holder = blocks.get(partner.id)
            partner.account_blocked = bool(holder)
            partner.account_block_banner = holder._account_block_text() if holder else False

    @api.model
    def _search_account_blocked(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self.env.company._retail_sync_today()
        blocked = fields.Domain.OR(
            fields.Domain(f"{path}account_block", "=", True)
            & (fields.Domain(f"{path}account_block_until", "=", False) | self._until_domain(path, today))
            for path in ("", "commercial_partner_id.")
        )
        wanted = set(value)
        if wanted == {True}:
            return blocked
        return ~blocked if wanted == {False} else fields.Domain(bool(wanted))

    @api.model
    def _until_domain(self, path, today):
        return fields.Domain(f"{path}account_block_until", ">=", today)

    def _account_block_text(self):
        """Say who blocked this partner, since and until when, and why."""
        self.ensure_one()
        until = self.account_block_until
        return self.env._(
            "%(customer)s is blocked by %(user)s since %(since)s, %(until)s. Reason: %(reason)s",
            customer=self.display_name,
            user=self.account_block_uid.name or self.env._("somebody"),
            since=format_date(self.env, self.account_block_since) if self.account_block_since else "?",
            until=self.env._("until %s", format_date(self.env, until)) if until else self.env._("until it is lifted"),
            reason=self.account_block_reason,
        )

    # -- blocking and lifting

    def _block_account(self, reason, until=False):
        """Block the commercial entities of these partners.

        :param until: last day of the block, or False
        """
        self._check_may_block()
        self.check_access("read")
        # The right to block is enough: it asks for no right to edit customers.
        return self.commercial_partner_id.sudo().write(
            {"account_block": True, "account_block_reason": reason, "account_block_until": until}
        )

    def _lift_account_block(self, reason):
        """Lift the blocks that hold these partners, own ones and those of their companies."""
        self._check_may_block()
        self.check_access("read")
        blocked = (self | self.commercial_partner_id).sudo().filtered("account_block")
        return blocked.with_context(account_block_note=reason).write({"account_block": False})

    def _is_merged_into(self):
        """Tell whether these are the survivor of a merge under way, that takes over a block as it stands."""
        return bool(self) and self.env.cr.precommit.data.get(SURVIVOR) == self.ids

    def _check_may_block(self):
        if not (self.env.su or self.env.user.has_group(BLOCK_GROUP) or self._is_merged_into()):
            raise AccessError(
                self.env._("Only users with the right 'Account blocks' may block a customer or lift a block.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        stamped = [self._block_stamp(vals, fresh=True) if vals.get("account_block") else vals for vals in vals_list]
        if any(vals.get(name) for vals in vals_list for name in BLOCK_FIELDS):
            self._check_may_block()
        partners = super().create(stamped)
        partners.filtered("account_block")._note_block()
        return partners

    def write(self, vals):
        if not any(name in vals for name in BLOCK_FIELDS):
            return super().write(vals)
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

    def _block_stamp(self, vals, fresh=False):
        """Return vals with who and when; only code that runs with all rights may say something else."""
        vals = dict(vals)
        if fresh and not (vals.get("account_block_reason") or "").strip():
            raise UserError(self.env._("Please say why this customer is to be blocked."))
        stamp = {"account_block_uid": self.env.uid}
        if fresh:
            stamp["account_block_since"] = fields.Datetime.now()
        for name in ("account_block_uid", "account_block_since"):
            if not (vals.get(name) and (self.env.su or self._is_merged_into())):
                vals.pop(name, None)
        return {**stamp, **vals}

    def _note_block(self):
        self._message_log_batch({partner.id: partner.sudo()._account_block_text() for partner in self})

    def _lift_notes(self):
        """Return {partner id: note} for blocks that are about to be lifted: by a person, or because they ended."""
        today = self.env.company._retail_sync_today()
        reason = self.env.context.get("account_block_note")
        notes = {}
        for partner in self.sudo():
            until = partner.account_block_until
            if until and until < today:
                text = self.env._("The account block ended on %s and is lifted.", format_date(self.env, until))
            else:
                text = self.env._("%s lifted the account block.", self.env.user.name)
            lines = [text, self.env._("Why: %s", reason)] if reason else [text]
            lines.append(self.env._("It was blocked for this reason: %s", partner.account_block_reason))
            notes[partner.id] = plaintext2html("\n".join(lines))
        return notes

    def action_account_block(self):
        return self._block_dialog("block")

    def action_account_lift(self):
        return self._block_dialog("lift")

    def _block_dialog(self, mode):
        self._check_may_block()
        wizard = self.env["retail.sync.block"].create({"mode": mode, "partner_ids": self.commercial_partner_id.ids})
        return wizard._open()

    # -- the end of a block

    @api.model
    def _lift_ended_blocks(self):
        """Lift the blocks that have ended, with a note; return the partners.

        A customer of several companies is free when the day has ended for all of them.
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
