"""Messages of tickets without mail, notification or follower."""

from datetime import datetime
from typing import Any

from odoo import fields, models
from odoo.api import Environment


def vals(
    ticket: models.BaseModel,
    body: Any,
    *,
    public: bool,
    author: models.BaseModel,
    at: datetime | None = None,
    attachment_ids: list[int] | None = None,
) -> dict[str, Any]:
    """Return the vals of a message. body: mark-up, or a text that is escaped; author: a partner, or none."""
    subtype = "mail.mt_comment" if public else "mail.mt_note"
    return {
        "model": ticket._name,
        "res_id": ticket.id,
        "body": body,
        "message_type": "comment",
        "subtype_id": ticket.env["ir.model.data"]._xmlid_to_res_id(subtype),
        "is_internal": not public,
        "author_id": author.id or False,
        "email_from": author.email_formatted or False,
        # Given, or each message would look for the address of its team.
        "reply_to": False,
        "date": at or fields.Datetime.now(),
        "attachment_ids": [(4, attachment_id) for attachment_id in attachment_ids or ()],
        "email_add_signature": False,
    }


def create(env: Environment, vals_list: list[dict[str, Any]]) -> models.BaseModel:
    """Create messages as they are: `message_post`, which notifies followers, is not part of it."""
    return env["mail.message"].sudo().create(vals_list)
