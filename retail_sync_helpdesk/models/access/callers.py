"""Who calls: a key of the agent API, or a user of Odoo on a screen."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from odoo.api import Environment

from ...api.operations import SCOPES
from ...domain.control.caller import SCREEN, Caller
from ...domain.service.eligibility import ACTIONS
from . import key_lookup
from .roles import ServiceRole

# Actions beside those that eligibility tells of.
FURTHER_ACTIONS = ("adjust_loyalty", "resend_invoice")
ALL_ACTIONS = (*ACTIONS, *FURTHER_ACTIONS)
_FINANCE_SCOPES = frozenset({"orders.read", "finance.read", "actions.read", "customers.read"})


def caller_of_user(
    env: Environment, user: Any, ticket: Any = None, *, verified_by: str = "", verified_at: datetime | None = None
) -> Caller:
    """Return a user of the screens as a caller: scopes by group, companies that are switched on.

    :param ticket: ``helpdesk.ticket`` that the user works on, if any: what it says of a verified customer counts
    :param verified_by: how the user has verified the customer, where the screen asks
    :param verified_at: naive UTC
    """
    system = user.sudo()
    if not verified_by and ticket and "sync_verified_by" in ticket._fields:
        verified_by, verified_at = ticket.sudo().sync_verified_by or "", ticket.sudo().sync_verified_at or None
    return Caller(
        reference=f"user/{user.id}",
        name=system.name or "",
        user_id=user.id,
        scopes=_scopes_of_user(system),
        companies=frozenset(env.companies.ids) & frozenset(system.company_ids.ids),
        verified_by=verified_by,
        verified_at=verified_at,
        language=env.lang or system.lang or "",
        channel=SCREEN,
        may_override=system.has_group(ServiceRole.override.value),
    )


def caller_of_key(
    env: Environment,
    key: Any,
    *,
    correlation_id: str = "",
    verified_by: str = "",
    verified_at: datetime | None = None,
    language: str = "",
) -> Caller:
    """Return a key as a caller, whether or not it is accepted now.

    :param key: ``retail.sync.api.key``
    :param verified_by: dropped where the key may not report this way of verifying
    :param language: code of a language of Odoo
    """
    return with_call(key_lookup.by_id(env, key.id), correlation_id, verified_by, verified_at, language)


def with_call(
    entry: "key_lookup.Entry",
    correlation_id: str = "",
    verified_by: str = "",
    verified_at: datetime | None = None,
    language: str = "",
) -> Caller:
    """Return the caller of a key with what one request says."""
    known = verified_by if verified_by in entry.verification_methods else ""
    return replace(
        entry.caller,
        correlation_id=correlation_id,
        verified_by=known,
        verified_at=verified_at if known else None,
        language=language,
    )


def _scopes_of_user(user: Any) -> frozenset[str]:
    if user.has_group(ServiceRole.agent.value):
        return frozenset((*SCOPES, *ALL_ACTIONS))
    return _FINANCE_SCOPES if user.has_group(ServiceRole.finance.value) else frozenset()
