from odoo import fields, models

from odoo.addons.retail_sync.runtime.erasure import Erasure


class RetailSyncApiKeyJournal(models.Model):
    """Keep what a machine has given away within the windows of its caps: one row that each action locks and writes."""

    _name = "retail.sync.api.key.journal"
    _description = "What a machine has spent of its caps"
    _erasure = Erasure(why="Holds codes of actions, times and amounts.")
    _log_access = False
    _rec_name = "key_id"

    key_id = fields.Many2one("retail.sync.api.key", required=True, readonly=True, ondelete="cascade")
    entries = fields.Text(readonly=True, help="Actions with their times and amounts.")

    _key_uniq = models.UniqueIndex("(key_id)")
