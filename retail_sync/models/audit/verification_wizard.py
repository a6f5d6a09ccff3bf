from typing import Any

from odoo import fields, models
from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...domain.security.audit import Damage
from ...runtime import actions
from . import verification


def damage_text(env: Environment, damage: Damage, at: int) -> str:
    """Return what was found in words of people; "" where nothing was found."""
    texts = {
        Damage.NONE: "",
        Damage.UNPROTECTED: env._(
            "The triggers that protect the audit trail are missing or switched off in the database. The next start of "
            "the server makes them again. Find out who switched them off."
        ),
        Damage.ROW_MISSING: env._("Row %s is missing. Compare the database with a backup.", at),
        Damage.ROW_CHANGED: env._("Row %s was changed after it was sealed. Compare the database with a backup.", at),
        Damage.TEXT_MISSING: env._(
            "The reason of row %s is missing, and no erasure says so. Compare the database with a backup.", at
        ),
        Damage.TEXT_CHANGED: env._(
            "The reason of row %s was changed after it was sealed. Compare the database with a backup.", at
        ),
        Damage.END_MISSING: env._("The last rows are missing, from row %s on. Compare the database with a backup.", at),
        Damage.HEAD_FORGED: env._(
            "The stored head of the audit trail does not belong to row %s. Compare it with the head in the log of the "
            "server.",
            at,
        ),
        Damage.HEAD_UNSIGNED: env._(
            "The stored head has no signature. If audit_key was added to the server configuration only now, the next "
            "sealed row signs it. Otherwise compare it with the head in the log of the server."
        ),
        Damage.WAITS_TOO_LONG: env._(
            "Rows have been waiting for their seal for more than an hour. Check the scheduled action that seals the "
            "audit trail."
        ),
    }
    return texts[damage]


def result_text(env: Environment, result: verification.Result) -> str:
    """Return the result of a verification in sentences."""
    lines = [damage_text(env, result.damage, result.at)] if result.damage else []
    if not result.damage:
        lines.append(env._("%s rows, unbroken.", result.seq))
    if result.sealed_at:
        lines.append(env._("Sealed until %s.", format_datetime(env, result.sealed_at)))
    if result.waiting:
        lines.append(env._("%s rows wait for their seal.", result.waiting))
    if result.without_text:
        lines.append(env._("%s reasons were erased; the audit trail says so.", result.without_text))
    return "\n".join(lines)


class RetailSyncAuditVerification(models.TransientModel):
    """Show the result of a verification, and compare the audit trail with a head that is kept elsewhere."""

    _name = "retail.sync.audit.verification"
    _description = "Verification of the audit trail"

    text = fields.Text(string="Result", readonly=True)
    is_damaged = fields.Boolean(readonly=True)
    seq = fields.Integer(string="Last row", readonly=True)
    hash = fields.Char(
        string="Hash of the last row",
        readonly=True,
        help="Keep number and hash outside of this database. A later comparison then shows whether an earlier row was "
        "changed.",
    )
    known_seq = fields.Integer(string="Row kept elsewhere", help="Number of a row whose hash was kept elsewhere.")
    known_hash = fields.Char(string="Hash kept elsewhere", help="Hash of that row, as it was kept.")
    comparison = fields.Char(readonly=True)

    def action_compare(self) -> dict[str, Any]:
        """Compare the audit trail with number and hash that were kept elsewhere."""
        self.ensure_one()
        if not self.known_seq or not self.known_hash:
            raise UserError(self.env._("Number and hash are missing. Enter both as they were kept elsewhere."))
        self.env["retail.sync.audit"].check_access("read")
        found = verification.hash_at(self.env, self.known_seq)
        if found is None:
            text = self.env._("Row %s does not exist any more. Compare the database with a backup.", self.known_seq)
        elif found == self.known_hash.strip().lower():
            text = self.env._("Row %s has the hash that was kept.", self.known_seq)
        else:
            text = self.env._("Row %s has another hash. Compare the database with a backup.", self.known_seq)
        self.comparison = text
        return self._open()

    def _open(self) -> dict[str, Any]:
        return actions.dialog(self.env._("Verification of the audit trail"), self)
