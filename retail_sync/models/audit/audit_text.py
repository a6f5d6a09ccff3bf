from odoo import fields, models


class RetailSyncAuditText(models.Model):
    """Keep the words of people that belong to rows of the audit trail: they may be erased, the rows may not."""

    _name = "retail.sync.audit.text"
    _description = "Reasons in the audit trail"
    _log_access = False

    audit_id = fields.Many2one("retail.sync.audit", required=True, readonly=True, ondelete="restrict")
    salt = fields.Char(required=True, readonly=True)
    text = fields.Text(required=True, readonly=True)

    _audit_uniq = models.UniqueIndex("(audit_id)")
