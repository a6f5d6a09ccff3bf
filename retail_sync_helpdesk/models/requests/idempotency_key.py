from datetime import datetime

from odoo import api, fields, models

from odoo.addons.retail_sync.runtime.erasure import Erasure

from ...domain.api.idempotency import StoredKey

_AT_ONCE = 5000


class RetailSyncIdempotencyKey(models.Model):
    """The key of a request that happens once, with its answer as it was sent, byte for byte."""

    _name = "retail.sync.idempotency.key"
    _description = "Idempotency key"
    _order = "id desc"
    _rec_name = "key"
    _erasure = Erasure(why="Holds a hash of the request, and an answer of codes, amounts and numbers of documents.")

    scope = fields.Char(required=True, readonly=True, help="The actor that the key belongs to.")
    key = fields.Char(required=True, readonly=True)
    request_hash = fields.Char(required=True, readonly=True)
    status = fields.Integer(readonly=True, help="HTTP status of the answer; 0 while there is none.")
    answer = fields.Text(readonly=True)
    expires_at = fields.Datetime(required=True, readonly=True, index=True)
    action_id = fields.Many2one("retail.sync.action", readonly=True, index="btree_not_null", ondelete="restrict")

    _once_uniq = models.UniqueIndex("(scope, key)", "A key stands for a single request.")

    def _stored(self) -> StoredKey | None:
        """Return the key as decisions read it; None of no record."""
        if not self:
            return None
        return StoredKey(self.request_hash, self.expires_at, self.status, self.answer or "")

    @api.model
    def _cron_delete_expired(self) -> None:
        """Delete what is past its time; of money that time is 400 days, as ``domain.api.idempotency.lifetime`` says."""
        self._delete_expired(fields.Datetime.now())

    @api.model
    def _delete_expired(self, now: datetime) -> int:
        """Delete the keys that expired before a moment, and return their number."""
        expired = self.sudo().search([("expires_at", "<", now)], limit=_AT_ONCE, order="expires_at, id")
        count = len(expired)
        expired.unlink()
        return count
