"""Who may do what: the one check of methods that people start, and of values that only the engine writes.

No group may write the engine's own records field by field: access rights cannot say which field of which record in
which state. So a method checks the role of the user and the records, and then works with the right of the system.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from odoo.api import Environment
from odoo.exceptions import AccessError, UserError


class Roles(Enum):
    """Groups that methods ask for, by their external ids; an addon with groups of its own declares a class of them."""

    def refusal(self, env: Environment, names: str) -> str:
        """Return what a user reads who has none of the roles asked for, and whom to ask for one."""
        text: str = env._(
            "Your user lacks the role for this: %s. Ask a sync manager or the Odoo administrator for it.", names
        )
        return text


class Role(Roles):
    """The engine's roles. A steward is an operator too, and a manager is a steward."""

    operator = "retail_sync.group_operator"
    steward = "retail_sync.group_steward"
    manager = "retail_sync.group_manager"
    auditor = "retail_sync.group_auditor"


# Records that one call of a person may work on: as many as the web client lets a person select.
AT_ONCE = 20000


def has_role(env: Environment, *roles: Roles) -> bool:
    """Return whether the user has one of the roles; the system has all of them."""
    return env.su or any(env.user.has_group(role.value) for role in roles)


def require_role(env: Environment, *roles: Roles) -> None:
    """Check that the user has one of the roles.

    :raises AccessError: the user has none of them
    """
    if not has_role(env, *roles):
        names = [env.ref(role.value).sudo().display_name for role in roles]
        raise AccessError(roles[0].refusal(env, ", ".join(names)))


def require(records: Any, *roles: Roles, at_once: int = AT_ONCE) -> Any:
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


def refuse_too_many(records: Any, at_once: int) -> None:
    """Check that a call works on no more records than one call may.

    :raises UserError: there are more
    """
    if len(records) > at_once:
        raise UserError(
            records.env._(
                "%(count)s records were selected, and one call works on at most %(most)s. Select fewer of them. To "
                "read a whole stream again, a sync manager presses Load again on the stream.",
                count=len(records),
                most=at_once,
            )
        )


def managed_fields(records: Any, names: Any) -> list[str]:
    """Return those of the names that are fields of the engine: declared read-only, so that no person sets them.

    On a screen, read-only binds the screen alone. Magic columns are refused by the ORM or set by it.
    """
    fields = records._fields
    return sorted(name for name in names if name in fields and fields[name].readonly)


def refuse_managed(records: Any, vals: Mapping[str, Any]) -> None:
    """Check that a person writes nothing that only the engine writes: states, positions, counts, fingerprints.

    :raises AccessError: vals has such a value
    """
    if records.env.su:
        return
    if managed := managed_fields(records, vals):
        raise AccessError(
            records.env._(
                "Only the engine writes these fields: %s. Use the buttons of the form.",
                ", ".join(str(records._fields[name].string) for name in managed),
            )
        )


def without_managed(records: Any, vals: Mapping[str, Any]) -> dict[str, Any]:
    """Return vals of a new record without what only the engine writes: a copy begins anew."""
    if records.env.su:
        return dict(vals)
    managed = set(managed_fields(records, vals))
    return {name: value for name, value in vals.items() if name not in managed}
