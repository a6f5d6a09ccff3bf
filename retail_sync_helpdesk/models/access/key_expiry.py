from datetime import timedelta
from typing import Any

from odoo import api, fields, models

from .roles import ServiceRole

# How long before its end a key is announced: time to agree on a later date with whoever runs the program.
NOTICE = timedelta(days=14)
_ACTIVITY = "retail_sync_helpdesk.activity_key_expires"


class RetailSyncApiKey(models.Model):
    """Announce that a key is about to expire: to its responsible person, before calls are refused."""

    _name = "retail.sync.api.key"
    # The chatter keeps who closed an announcement.
    _inherit = ["retail.sync.api.key", "mail.thread", "mail.activity.mixin"]

    near_expiry = fields.Boolean(
        compute="_compute_near_expiry",
        search="_search_near_expiry",
        help="The key is accepted now and expires within two weeks.",
    )

    @api.depends("active", "expires_at", "revoked_at")
    def _compute_near_expiry(self) -> None:
        now = fields.Datetime.now()
        for key in self:
            ends = key.active and not key.revoked_at and key.expires_at
            key.near_expiry = bool(ends) and now < ends <= now + NOTICE

    def _search_near_expiry(self, operator: str, _value: object) -> Any:
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        return [("revoked_at", "=", False), ("expires_at", ">", now), ("expires_at", "<=", now + NOTICE)]

    @api.model
    def _cron_announce_expiry(self) -> None:
        """Announce each key that expires soon, once, and take back what no longer holds."""
        ending = self.search([("near_expiry", "=", True)])
        open_ones = self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("activity_type_id", "=", self.env.ref(_ACTIVITY).id)]
        )
        open_ones.filtered(lambda activity: activity.res_id not in ending.ids).unlink()
        for key in ending.filtered(lambda key: key.id not in open_ones.mapped("res_id")):
            person = key._announced_to()
            note = self.env._(
                "The key %(key)s expires on %(day)s; then calls are refused. Enter a later date, or let it end.",
                key=key.name,
                day=fields.Date.to_string(key.expires_at),
            )
            key.activity_schedule(_ACTIVITY, date_deadline=key.expires_at.date(), note=note, user_id=person.id)

    def _announced_to(self) -> Any:
        """Return who is asked: the responsible person, or a service manager where that one may not open keys."""
        managers = self.env.ref(ServiceRole.manager.value).all_user_ids.filtered("active")
        person = self.owner_id & managers or self.create_uid & managers
        return person or managers.filtered(lambda user: not user._is_superuser())[:1] or managers[:1]

    def write(self, vals: dict[str, Any]) -> bool:
        result = super().write(vals)
        if {"expires_at", "active", "revoked_at"} & vals.keys():
            over = self.filtered(lambda key: not key.near_expiry)
            over.sudo().activity_unlink([_ACTIVITY])
        return result
