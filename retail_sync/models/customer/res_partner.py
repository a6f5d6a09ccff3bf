import logging

import psycopg2

from odoo import api, fields, models

_logger = logging.getLogger(__name__)


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "retail.sync.mixin"]

    email_opt_out = fields.Boolean(
        help="The customer does not want e-mail from us. A platform can set this, but never clear it by itself."
    )
    phone_opt_out = fields.Boolean(
        string="Do not call",
        help="The customer does not want calls. A platform can set this, but never clear it by itself.",
    )

    # Look-ups of incoming customers: a page of unknown records asks for all its addresses
    # and numbers at once, and must not read the whole table for it.
    _retail_sync_email_idx = models.Index("(lower(btrim(email))) WHERE email IS NOT NULL")
    _retail_sync_phone_idx = models.Index(
        "(\"right\"(regexp_replace(phone, '\\D', '', 'g'), 9)) WHERE phone IS NOT NULL"
    )
    _retail_sync_vat_idx = models.Index("(upper(regexp_replace(vat, '[^0-9A-Za-z]', '', 'g'))) WHERE vat IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):
        self.env["retail.sync.change"]._schedule_routing()
        return super().create(vals_list)

    def write(self, vals):
        self.env["retail.sync.change"]._schedule_routing()
        return super().write(vals)

    def unlink(self):
        self.env["retail.sync.change"]._schedule_routing()
        self._note_deletion()
        return super().unlink()

    def _note_deletion(self):
        """Leave remote deletions: a customer deleted here must not be revived by the next change over there.

        Trouble with it is no reason to refuse the user: a link whose customer is gone is
        found when it is read.
        """
        try:
            with self.env.cr.savepoint():
                self.env["retail.sync.link"].sudo()._remote_deletion("res.partner", self.ids)
        except psycopg2.OperationalError:
            raise
        except Exception:
            _logger.exception("Could not note that customers %s are being deleted", self.ids)
