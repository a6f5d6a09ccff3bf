import logging
from typing import Any

import psycopg2

from odoo import api, models
from odoo.exceptions import AccessError

from ...runtime.append_only import Guard

_logger = logging.getLogger(__name__)


class RetailSyncAppendOnly(models.AbstractModel):
    """Rows that are written by SQL alone, and never change: neither the ORM nor the database lets anyone change them.

    A model names its `_guard`, the triggers of its tables.
    """

    _name = "retail.sync.append.only"
    _description = "Rows that are only added"

    _guard: Guard

    def _register_hook(self) -> None:
        super()._register_hook()
        if self._abstract:
            return
        # After each load of the registry, so after each upgrade too: an upgrade or a restored dump may have lost them.
        try:
            with self.env.cr.savepoint():
                self._protect()
        except psycopg2.Error:
            _logger.exception("The protection of %s could not be checked", self._description)

    @api.model
    def _protect(self) -> None:
        if self._guard.is_due(self.env) and (made := self._guard.ensure(self.env)):
            _logger.info("%s: made the triggers %s", self._description, ", ".join(made))

    def _refusal(self) -> AccessError:
        title = self.env["ir.model"].sudo()._get(self._name).name
        return AccessError(
            self.env._("%s: rows are written by what they record. They are neither changed nor deleted.", title)
        )

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:  # pylint: disable=method-required-super
        raise self._refusal()

    def write(self, vals: dict[str, Any]) -> bool:  # pylint: disable=method-required-super
        raise self._refusal()

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self) -> None:
        raise self._refusal()
