import logging
from typing import Self

import psycopg2

from odoo import api, models

from ...runtime import error_texts

_logger = logging.getLogger(__name__)


class RetailSyncSourceMixin(models.AbstractModel):
    """A model whose rows are change sources: what changes in it triggers the router when the transaction commits.

    The triggers capture each change without it; without it the router comes at the next schedule.
    """

    _name = "retail.sync.source.mixin"
    _description = "Source of changes"

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> Self:
        self.env["retail.sync.change"]._schedule_routing()
        return super().create(vals_list)

    def write(self, vals: dict) -> bool:
        self.env["retail.sync.change"]._schedule_routing()
        return super().write(vals)

    def unlink(self) -> bool:
        self.env["retail.sync.change"]._schedule_routing()
        return super().unlink()


class RetailSyncMixin(models.AbstractModel):
    """A synced model triggers the router, and a deletion in it leaves its mark on the links."""

    _name = "retail.sync.mixin"
    _inherit = ["retail.sync.mixin", "retail.sync.source.mixin"]

    def unlink(self) -> bool:
        self._note_deletion()
        return super().unlink()

    def _note_deletion(self) -> None:
        """Note local deletions: a record deleted here must not be revived by the next change over there.

        Trouble with it is no reason to refuse the user: a link whose record is gone is found when it is read.
        """
        try:
            with self.env.cr.savepoint():
                self.env["retail.sync.link"].sudo()._remote_deletion(self._name, self.ids)
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            text = "Could not note that %s %s are being deleted"
            error_texts.log(_logger, logging.ERROR, error, text, self._name, self.ids)
