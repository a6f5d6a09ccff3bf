import json
import logging
from typing import Any

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.retail_sync.runtime.append_only import Guard, Trigger
from odoo.addons.retail_sync.runtime.erasure import Erasure

from ...domain.service.policy import Policy
from ...domain.service.policy_text import changes_between, policy_of

_logger = logging.getLogger(__name__)
_NAME = "retail_sync_policy_version_guard"
_BODY = """
BEGIN
    RAISE EXCEPTION 'Versions of policies are append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
"""
GUARD = Guard(
    7_283_411_913,
    {f"{_NAME}_v1": _BODY},
    (
        Trigger(_NAME, "retail_sync_policy_version", "UPDATE OR DELETE", f"{_NAME}_v1"),
        Trigger(f"{_NAME}_truncate", "retail_sync_policy_version", "TRUNCATE", f"{_NAME}_v1"),
    ),
)


class RetailSyncPolicyVersion(models.Model):
    """What a policy was at a time. A decision names it, so it never changes."""

    _name = "retail.sync.policy.version"
    _description = "Version of a policy"
    _order = "policy_id, number desc"
    _rec_name = "reference"
    _log_access = False
    _erasure = Erasure(why="Configuration as it was, with the user who changed it: kept to explain decisions.")

    policy_id = fields.Many2one("retail.sync.policy", required=True, readonly=True, ondelete="restrict", index=True)
    number = fields.Integer("Version", required=True, readonly=True)
    reference = fields.Char(compute="_compute_reference", help="As decisions and audits name it.")
    content = fields.Text(required=True, readonly=True, help="The policy as JSON.")
    changed_at = fields.Datetime(required=True, readonly=True)
    changed_by_id = fields.Many2one("res.users", "Changed by", required=True, readonly=True, ondelete="restrict")
    difference = fields.Text(compute="_compute_difference", string="What changed")

    _number_uniq = models.UniqueIndex("(policy_id, number)", "A policy has one version of a number.")

    @api.depends("policy_id", "number")
    def _compute_reference(self) -> None:
        for version in self:
            version.reference = f"{version.policy_id.id}/{version.number}"

    @api.depends("content", "number", "policy_id")
    def _compute_difference(self) -> None:
        before = {(row.policy_id.id, row.number): row.content for row in self.policy_id.version_ids}
        for version in self:
            last = before.get((version.policy_id.id, version.number - 1))
            version.difference = "\n".join(
                f"{name}: {_word(old)} → {_word(new)}" for name, old, new in changes_between(last, version.content)
            )

    def _policy(self) -> Policy:
        """Return the policy that this version was."""
        self.ensure_one()
        return policy_of(self.policy_id.id, self.number, self.content)

    @api.model
    def _register_hook(self) -> None:
        super()._register_hook()
        # After each load of the registry: an upgrade or a restored dump may have lost the triggers.
        try:
            with self.env.cr.savepoint():
                if GUARD.is_due(self.env) and (made := GUARD.ensure(self.env)):
                    _logger.info("Versions of policies: made the triggers %s", ", ".join(made))
        except psycopg2.Error:
            _logger.exception("The protection of versions of policies could not be checked")

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> models.BaseModel:
        if not self.env.su:
            raise AccessError(self.env._("Versions are kept by the policies themselves: change the policy."))
        return super().create(vals_list)

    def write(self, vals: dict[str, Any]) -> bool:  # pylint: disable=method-required-super
        raise UserError(self.env._("A version of a policy never changes."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self) -> None:
        raise UserError(self.env._("A version of a policy never changes."))


def _word(value: Any) -> str:
    """Return a value of a policy as JSON writes it; nothing where there is none."""
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str).strip('"')
