"""Who is let in: a key that is accepted, within its limits, with the scope of the operation, while a place is free."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from odoo.api import Environment

from odoo.addons.fastapi.context import odoo_env_ctx

from ...api.errors import ApiProblem
from ...api.guard import headers_of
from ...api.operations import Operation
from ...api.service import Call, Session
from ...domain.api import quota
from ...domain.api.language import language_of
from ...domain.control.caller import Caller
from ..access import callers, places
from ..access.key_lookup import Entry
from .service import AgentService
from .visit import CURRENT, Visit

__all__ = ["OdooAdmission", "let_in"]

_COME_AGAIN = {"Retry-After": "1"}


class OdooAdmission:
    """Lets callers of the agent API in, in the environment of the request."""

    @contextmanager
    def enter(self, operation: Operation, call: Call) -> Iterator[Session]:
        """Return a context with the service for the caller.

        The place among the look-ups is a lock of the transaction, which is free again at its end.
        """
        visit, env = CURRENT.get(), odoo_env_ctx.get()
        entry, limits = let_in(visit, operation)
        if operation.looks_up and not places.take_place(env):
            raise ApiProblem("busy", headers=_COME_AGAIN)
        language = language_of(call.language, [code for code, _name in env["res.lang"].get_installed()])
        known = callers.with_call(entry, visit.correlation_id, call.verified_by, call.verified_at, language=language)
        yield Session(AgentService(_env_for(env, known), known, visit), limits)


def let_in(visit: Visit, operation: Operation) -> tuple[Entry, dict[str, str]]:
    """Return (the key of a request that may do an operation, the headers about its limits).

    :raises ApiProblem: not_authenticated, scope_missing, read_only, rate_limited, quota_used_up
    """
    visit.headers = headers_of(operation, visit.correlation_id)
    limits = _within_limits(visit)
    visit.headers.update(limits)
    if visit.entry is None:
        raise ApiProblem("not_authenticated")
    caller = visit.entry.caller
    if operation.scope and operation.scope not in caller.scopes:
        raise ApiProblem("scope_missing", f"The scope {operation.scope} is missing.")
    if operation.acts and caller.read_only:
        raise ApiProblem("read_only")
    return visit.entry, limits


def _within_limits(visit: Visit) -> dict[str, str]:
    """Return the headers about the limits.

    :raises ApiProblem: rate_limited, quota_used_up
    """
    if visit.entry is None or visit.taken is None:
        return {}
    verdict = visit.taken.verdict
    found = quota.headers(verdict, visit.entry.limits)
    if not verdict.allowed:
        used_up = verdict.limit is not None and verdict.limit.shape == quota.FIXED
        raise ApiProblem("quota_used_up" if used_up else "rate_limited", headers=found)
    return found


def _env_for(env: Environment, caller: Caller) -> Environment:
    """Return the environment of a service: the technical user with the right of the system.

    What a caller sees is decided by its reach, which access rights cannot say: brands, regions, masked fields.
    """
    context = {**env.context, "allowed_company_ids": sorted(caller.companies)}
    if caller.language:
        context["lang"] = caller.language
    return env(su=True, context=context)
