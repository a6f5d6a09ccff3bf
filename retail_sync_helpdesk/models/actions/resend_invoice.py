"""Mail a posted invoice again, to the customer or to one of the customer's contacts."""

from __future__ import annotations

from typing import Any

from ...api.errors import ApiProblem
from ...domain.service.side_actions import RESEND_INVOICE
from .saying import effect, references_of
from .work import Done, Executor, Shown, Work

__all__ = ["RESEND", "recipient_of"]


def recipient_of(order: Any, request: Any) -> tuple[Any, Any]:
    """Return (invoice, partner who gets it) of a request.

    :raises ApiProblem: the order has no such invoice, the customer has no such contact, or the contact has no address
    """
    invoice = order.invoice_ids.filtered(lambda move: move.id == request.invoice and move.state == "posted")
    if not invoice:
        raise _invalid("invoice", "The order has no such posted invoice.")
    partner = invoice.partner_id
    if request.contact is not None:
        partner = order.env["res.partner"].browse(request.contact).exists()
        if partner.commercial_partner_id != order.partner_id.commercial_partner_id:
            raise _invalid("contact", "The customer has no such contact.")
    if not partner.email_normalized:
        raise _invalid("contact", "The contact has no e-mail address.")
    return invoice, partner


def _invalid(name: str, detail: str) -> ApiProblem:
    return ApiProblem("invalid_values", errors=[{"pointer": f"/body/request/{name}", "detail": detail}])


def _show(work: Work) -> Shown:
    env = work.env
    invoice, partner = recipient_of(work.order, work.request)
    text = env._("Invoice %(invoice)s is mailed to %(contact)s.", invoice=invoice.name, contact=partner.display_name)
    return Shown(
        effects=(effect("invoice_mailed", text, invoice),), options={"invoice": invoice.id, "contact": partner.id}
    )


def _carry_out(work: Work) -> Done:
    env = work.env
    invoice, partner = recipient_of(work.order, work.request)
    if not invoice.invoice_pdf_report_id and not _can_print(env):
        detail = env._("The server cannot make the PDF of the invoice: wkhtmltopdf is not installed.")
        raise ApiProblem("unavailable", detail)
    # Odoo commits while it makes and sends documents, which no transaction of an action survives.
    description = env._("Mail invoice %s again", invoice.name)
    jobs = env["retail.sync.actions.jobs"].with_delay(description=description)
    jobs._job_mail_invoice(invoice.id, partner.id)
    return Done(references_of([invoice]), note=env._("To: %s.", partner.display_name))


def _can_print(env: Any) -> bool:
    return env["ir.actions.report"].get_wkhtmltopdf_state() in ("ok", "upgrade", "workers")


RESEND = Executor(RESEND_INVOICE, _show, _carry_out)
