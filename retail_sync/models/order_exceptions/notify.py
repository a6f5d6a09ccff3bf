"""Notices about new exceptions: once per rule and evaluation, however many orders there are."""

from odoo import models
from odoo.tools import plaintext2html

# Orders that a notification names; the list has the others.
NAMED = 10


def opened(exceptions: models.BaseModel) -> None:
    """Notify the group of each rule about exceptions that have just opened."""
    for rule, same in exceptions.grouped("rule_id").items():
        if not rule.notify_group_id:
            continue
        for company, of_company in same.grouped("company_id").items():
            _notify(rule, company, of_company)


def _notify(rule: models.BaseModel, company: models.BaseModel, exceptions: models.BaseModel) -> None:
    users = rule.notify_group_id.sudo().all_user_ids.filtered(
        lambda user: user.active and not user.share and (not company or company in user.company_ids)
    )
    if not users:
        return
    env = exceptions.env
    names = exceptions.order_id.mapped("name")
    more = len(names) - NAMED
    lines = [", ".join(names[:NAMED]), *([env._("and %s more", more)] if more > 0 else [])]
    if rule.next_step:
        lines.append(rule.next_step)
    order = exceptions.order_id[:1]
    order.message_notify(
        partner_ids=users.partner_id.ids,
        subject=env._("%(rule)s: %(count)s new", rule=rule.name, count=len(exceptions)),
        body=plaintext2html("\n".join(lines)),
    )
