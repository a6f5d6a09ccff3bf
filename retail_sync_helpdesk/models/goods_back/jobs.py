"""Queued jobs of the room goods_back."""

import logging

import psycopg2

from odoo import api, models

from . import label

_logger = logging.getLogger(__name__)


class RetailSyncGoodsBackJobs(models.AbstractModel):
    """What the queue calls in the room goods_back; the work is in the modules beside it."""

    _name = "retail.sync.goods_back.jobs"
    _description = "Queued jobs: returns"

    @api.model
    def _job_label(self, return_id: int) -> None:
        """Fetch the label of a return from its carrier; without one, its number stands for it."""
        header = self.env["retail.sync.return"].sudo().browse(return_id).exists()
        if not header:
            return
        try:
            with self.env.cr.savepoint():
                label.fetch(header)
        except psycopg2.OperationalError:
            raise
        except Exception:  # pylint: disable=broad-except  # addons of carriers raise what they like
            _logger.exception("Return %s: the carrier made no label", header.id)
            label.failed(header)
