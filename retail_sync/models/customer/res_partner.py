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
