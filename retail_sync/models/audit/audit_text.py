from odoo import fields, models

from ...runtime.erasure import Erasure


class RetailSyncAuditText(models.Model):
    """Keep the words of people that belong to rows of the audit trail: they may be erased, the rows may not."""

    _name = "retail.sync.audit.text"
    _description = "Reasons in the audit trail"
    _erasure = Erasure(why="The trail itself removes the words about a record: a row of the trail has to say so.")
    _log_access = False

    audit_id = fields.Many2one("retail.sync.audit", required=True, readonly=True, ondelete="restrict")
    salt = fields.Char(required=True, readonly=True)
    text = fields.Text(required=True, readonly=True)

    _audit_uniq = models.UniqueIndex("(audit_id)")
