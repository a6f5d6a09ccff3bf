from odoo import fields, models

from ...runtime.erasure import Erasure
from ...runtime.fields import BigInteger


class RetailSyncAuditHead(models.Model):
    """Keep number and hash of the last sealed row, beside the rows: rows taken off the end do not go unnoticed."""

    _name = "retail.sync.audit.head"
    _description = "Head of the audit trail"
    _erasure = Erasure(why="Holds a number and a hash.")
    _log_access = False

    seq = BigInteger(required=True, readonly=True)
    hash = fields.Char(required=True, readonly=True)
    signature = fields.Char(readonly=True, help="Signed with audit_key of the server configuration, if there is one.")
    sealed_at = fields.Datetime(required=True, readonly=True)
