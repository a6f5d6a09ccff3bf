"""Notes on tickets: short lines about actions and about what became of orders."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from odoo.api import Environment

from . import comments_out, quiet_messages


def note(env: Environment, ticket_id: int, text: str, public: bool = False) -> None:
    """Write a note on a ticket, as the user; the desk that has the ticket gets it too.

    Internal notes notify no one. A public one reaches the customer once: by the desk, or by Odoo where Odoo mails.
    """
    notes(env, [(ticket_id, text)], public=public)


def notes(env: Environment, texts: Sequence[tuple[int, str]], public: bool = False) -> None:
    """Write notes on tickets, all at once. texts: (ticket id, text), which are no mark-up."""
    tickets = {ticket.id: ticket for ticket in env["helpdesk.ticket"].sudo().browse(t for t, _x in texts).exists()}
    wanted = [(tickets[ticket_id], text) for ticket_id, text in texts if ticket_id in tickets]
    if not wanted:
        return
    mailed = env["helpdesk.ticket"].browse()
    if public:
        mailed = env["helpdesk.ticket"].sudo().union(*tickets.values()).filtered(lambda found: not found._desk_mails())
    quiet = [(ticket, text) for ticket, text in wanted if ticket not in mailed]
    messages = quiet_messages.create(
        env,
        [
            quiet_messages.vals(ticket, _body(text), public=public, author=env.user.sudo().partner_id)
            for ticket, text in quiet
        ],
    )
    comments_out.queue(env, messages, to_closed=False)
    for ticket, text in wanted:
        if ticket in mailed:
            ticket.message_post(body=_body(text), message_type="comment", subtype_xmlid="mail.mt_comment")


def _body(text: str) -> Markup:
    return Markup("<p>%s</p>") % Markup("<br>").join(escape(line) for line in text.splitlines())
