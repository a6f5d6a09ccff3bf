"""Environments for another user, company or context, exactly as recordsets make them."""

from typing import Any

from odoo.api import Environment

from .inbound_scope import CONTEXT_KEY, InboundScope


def as_user(env: Environment, user: Any) -> Environment:
    """Return env for a user (record or id), without superuser rights; env itself for no user."""
    return env["base"].with_user(user).env


def as_company(env: Environment, company: Any) -> Environment:
    """Return env with a company (record or id) as the current one, before the other allowed ones."""
    return env["base"].with_company(company).env


def of_connection(env: Environment, connection: Any) -> Environment:
    """Return env as the user of a connection and in its company, with superuser rights: that of what it takes in.

    Its context says that the work comes from outside, so that models guard what no platform may write.
    """
    found = as_company(as_user(env, connection.user_id), connection.company_id or connection.user_id.company_id)
    return with_context(found, **{CONTEXT_KEY: InboundScope()})(su=True)


def with_context(env: Environment, *args: Any, **values: Any) -> Environment:
    """Return env with these context values; a dictionary given first replaces the context."""
    return env["base"].with_context(*args, **values).env
