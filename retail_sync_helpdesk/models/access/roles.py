"""Which role of the service desk a method asks for, by the same check as the engine's methods."""

from enum import Enum
from typing import Any

from odoo.api import Environment
from odoo.exceptions import AccessError

from odoo.addons.retail_sync.runtime.rights import AT_ONCE, refuse_too_many


class ServiceRole(Enum):
    """Groups that methods ask for. A supervisor is an agent too, and a manager is a supervisor."""

    agent = "retail_sync_helpdesk.group_agent"
    supervisor = "retail_sync_helpdesk.group_supervisor"
    manager = "retail_sync_helpdesk.group_service_manager"
    finance = "retail_sync_helpdesk.group_refund_finance"
    override = "retail_sync_helpdesk.group_override"
    stock = "stock.group_stock_user"


def has_role(env: Environment, *roles: ServiceRole) -> bool:
    """Return whether the user has one of the roles; the system has all of them."""
    return env.su or any(env.user.has_group(role.value) for role in roles)


def require_role(env: Environment, *roles: ServiceRole) -> None:
    """Check that the user has one of the roles.

    :raises AccessError: the user has none of them
    """
    if not has_role(env, *roles):
        names = [env.ref(role.value).sudo().display_name for role in roles]
        raise AccessError(
            env._(
                "Your user lacks the role for this: %s. Ask a service manager or the Odoo administrator for it.",
                ", ".join(names),
            )
        )


def require(records: Any, *roles: ServiceRole, at_once: int = AT_ONCE) -> Any:
    """Return records with the right of the system, once the user has a role and may read each of them.

    The user stays the same, so that notes and the audit name the person.

    :param at_once: how many records one call may work on
    :raises AccessError: the user has none of the roles, or may not read one of the records
    :raises UserError: there are too many records
    """
    if records.env.su:
        return records
    require_role(records.env, *roles)
    refuse_too_many(records, at_once)
    records.check_access("read")
    return records.sudo()
