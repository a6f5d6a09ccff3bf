"""Which partners are no customers: those of internal users and of the companies that Odoo itself runs.

Inbound work has superuser rights, under which Odoo's own guard of such partners does not bite. `res.partner` asks here
before each write of inbound work, so that no way leads past it.
"""

from collections.abc import Iterable

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...runtime.inbound_scope import InboundScope, scope_of
from ..mapping.write_guard import ProtectedRecordError

# Visitors of the website share the partner of such a user; new portal users are copies of the template.
PUBLIC_GROUP, TEMPLATE_USER = "base.group_public", "base.template_portal_user_id"


def internal_ids(env: Environment, partner_ids: Iterable[int]) -> set[int]:
    """Return those of the partners that belong to an internal user or to a company of Odoo, or stand below such a one.

    Odoo sends password resets to the e-mail address of a user's partner, and prints a company's values on documents.
    An archived user counts: whoever activates the user again gives the address its power back. So do the users that
    visitors of the website share. Portal users do not: Odoo lets salespeople change the e-mail addresses of those too.

    What stands below counts, since Odoo writes the address of a contact, and the tax ID, into its parents.

    One query for any number of partners, none for what a page has asked before.
    """
    wanted = {int(partner_id) for partner_id in partner_ids if partner_id}
    scope = scope_of(env.context)
    if scope is None:
        return _protected(env, wanted)[0]
    ask = scope.unknown(wanted)
    if ask:
        note(scope, *_protected(env, ask))
    return {partner_id for partner_id in wanted if scope.protected[partner_id]}


def note(scope: InboundScope, protected: Iterable[int], free: Iterable[int]) -> None:
    """Note what was found about partners."""
    scope.protected.update(dict.fromkeys(free, False))
    scope.protected.update(dict.fromkeys(protected, True))


def _protected(env: Environment, partner_ids: set[int]) -> tuple[set[int], set[int]]:
    """Return (protected ones of the partners, the others and all that these stand below)."""
    if not partner_ids:
        return set(), set()
    env["res.users"].flush_model(["partner_id", "share", "group_ids"])
    env["res.company"].flush_model(["partner_id"])
    env["res.partner"].flush_model(["parent_id"])
    rows = env.execute_query(
        SQL(
            "WITH RECURSIVE line(asked, id, parent_id) AS ("
            " SELECT id, id, parent_id FROM res_partner WHERE id = ANY(%(ids)s)"
            " UNION SELECT line.asked, parent.id, parent.parent_id FROM line"
            " JOIN res_partner parent ON parent.id = line.parent_id)"
            " SELECT line.asked, array_agg(line.id), bool_or("
            " EXISTS (SELECT FROM res_company company WHERE company.partner_id = line.id)"
            " OR EXISTS (SELECT FROM res_users member WHERE member.partner_id = line.id"
            " AND (member.share IS NOT TRUE OR member.id = %(template)s OR EXISTS ("
            " SELECT FROM res_groups_users_rel held WHERE held.uid = member.id AND held.gid = %(public)s))))"
            " FROM line GROUP BY line.asked",
            ids=sorted(partner_ids),
            template=_id_of(env, TEMPLATE_USER),
            public=_id_of(env, PUBLIC_GROUP),
        )
    )
    protected = {asked for asked, _line, found in rows if found}
    # Whatever a free partner stands below is free: otherwise it would not be.
    free = {above for _asked, line, found in rows if not found for above in line}
    return protected, free | (partner_ids - protected)


def _id_of(env: Environment, name: str) -> int:
    record = env.ref(name, raise_if_not_found=False)
    return record.id if record else 0


def check(partners: models.BaseModel, parent_ids: Iterable[int | bool | None] = ()) -> None:
    """Check, for inbound work alone, that a platform may write these partners, and put partners below these parents.

    :raises ProtectedRecordError: one of them is protected
    """
    env = partners.env
    if scope_of(env.context) is None:
        return
    if internal_ids(env, {*partners.ids, *(int(parent_id) for parent_id in parent_ids if parent_id)}):
        raise ProtectedRecordError(reason(env))


def without(partners: models.BaseModel) -> models.BaseModel:
    """Return the partners, for inbound work without those that no platform may write."""
    if scope_of(partners.env.context) is None:
        return partners
    return partners - partners.browse(sorted(internal_ids(partners.env, partners.ids)))


def note_created(partners: models.BaseModel) -> None:
    """Note that partners that inbound work created are free: their parents were asked about."""
    scope = scope_of(partners.env.context)
    if scope is not None:
        note(scope, (), partners.ids)


def reason(env: Environment) -> str:
    """Return the sentence that explains a refusal, and what to do."""
    return env._(
        "This partner belongs to an internal user or to one of your own companies, or stands below such a partner. No "
        "platform may link to it or change it. If the person is a customer too, create a separate customer."
    )
