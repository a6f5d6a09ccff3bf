"""Says what became of a return: to colleagues, to the ticket, and once to the customer where the company mails."""

from __future__ import annotations

from typing import Any

from ..ticket.notes import note as note_on_ticket

__all__ = ["mail_customer", "note"]

# State -> (setting of the company, template): the settings of OCA rma decide, and the return sends one mail.
_MAILS = {
    "expected": ("send_rma_confirmation", "retail_sync_helpdesk.mail_return_announced"),
    "received": ("send_rma_receipt_confirmation", "retail_sync_helpdesk.mail_return_received"),
}


def note(header: Any, text: str) -> None:
    """Write an internal note on a return and on its ticket; it mails no customer."""
    header._message_log(body=text)
    if header.ticket_id:
        note_on_ticket(header.env, header.ticket_id.id, f"{header.name}: {text}")


def mail_customer(header: Any, event: str) -> None:
    """Queue the mail about an event of a return, once, where the company's settings ask for it."""
    setting, xmlid = _MAILS[event]
    if not header.company_id[setting] or header[f"{event}_mailed"]:
        return
    template = header.env.ref(xmlid, raise_if_not_found=False)
    if template:
        header[f"{event}_mailed"] = True
        template.sudo().send_mail(header.id, force_send=False)
