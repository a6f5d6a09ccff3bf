from typing import Any

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...domain.security.audit import LABELS
from ...runtime.fields import BigInteger


class RetailSyncAudit(models.Model):
    """Keep what people did: who, when, to which records. Rows are written by ``trail.add`` alone and never change.

    A row holds codes, ids and names of fields. Words of people are kept in another table, from which an erasure can
    remove them; the row keeps a digest of them.
    """

    _name = "retail.sync.audit"
    _description = "Audit trail"
    _log_access = False
    _order = "id desc"
    _rec_name = "kind"

    at = fields.Datetime(required=True, readonly=True, string="Time")
    kind = fields.Selection([(kind.value, label) for kind, label in LABELS.items()], required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="User", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")
    # Without a foreign key: a connection can be deleted, its rows cannot be changed.
    connection_ref = fields.Integer(string="Id of the connection", readonly=True)
    model = fields.Char(readonly=True, string="Model of the records")
    res_ids = fields.Json(readonly=True, string="Ids of the records")
    details = fields.Json(readonly=True)
    text_digest = fields.Char(readonly=True, help="Salted digest of the reason, which is kept in another table.")
    seq = BigInteger(string="Number", readonly=True, help="Empty until the row is sealed.")
    sealed_at = fields.Datetime(string="Sealed on", readonly=True)
    hash = fields.Char(readonly=True)

    _seq_uniq = models.UniqueIndex("(seq) WHERE seq IS NOT NULL")
    _waiting_idx = models.Index("(id) WHERE seq IS NULL")
    _kind_idx = models.Index("(kind, id)")
    _user_idx = models.Index("(user_id, id)")
    _at_idx = models.Index("(at)")
    _records_idx = models.Index("USING gin (res_ids jsonb_path_ops)")

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:  # pylint: disable=method-required-super
        raise UserError(self.env._("Rows of the audit trail are written by the actions that they record."))

    def write(self, vals: dict[str, Any]) -> bool:  # pylint: disable=method-required-super
        raise UserError(self.env._("Rows of the audit trail cannot be changed."))

    def unlink(self) -> bool:  # pylint: disable=method-required-super
        raise UserError(self.env._("Rows of the audit trail cannot be deleted."))
