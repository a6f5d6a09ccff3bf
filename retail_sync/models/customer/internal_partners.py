"""Which partners are no customers: those of internal users and of the companies that Odoo itself runs."""

from collections.abc import Iterable

from odoo.api import Environment
from odoo.tools import SQL

# The system's own user is archived, and is an internal user nevertheless.
SYSTEM_USER = 1


def internal_ids(env: Environment, partner_ids: Iterable[int]) -> set[int]:
    """Return those of the partners that belong to an active internal user, or to an own company and its addresses.

    Odoo sends password resets to the e-mail address of such a partner, and prints its values on every document: no
    platform may change it. One query for any number of partners.
    """
    ids = sorted(set(partner_ids))
    if not ids:
        return set()
    env["res.users"].flush_model(["partner_id", "share", "active"])
    env["res.company"].flush_model(["partner_id"])
    env["res.partner"].flush_model(["commercial_partner_id"])
    rows = env.execute_query(
        SQL(
            "SELECT partner.id FROM res_partner partner WHERE partner.id = ANY(%s) AND ("
            " EXISTS (SELECT FROM res_users member WHERE member.partner_id = partner.id AND NOT member.share"
            " AND (member.active OR member.id = %s))"
            " OR EXISTS (SELECT FROM res_company company WHERE company.partner_id IN"
            " (partner.id, partner.commercial_partner_id)))",
            ids,
            SYSTEM_USER,
        )
    )
    return {partner_id for (partner_id,) in rows}


def reason(env: Environment) -> str:
    """Return the sentence that explains a refusal, and what to do."""
    return env._(
        "This partner belongs to an internal user or to one of your own companies. No platform may link to it or "
        "change it. If the person is a customer too, create a separate customer."
    )
