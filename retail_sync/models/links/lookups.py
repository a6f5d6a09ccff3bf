"""Which links stand for records of Odoo: the one look-up of primary links."""

from collections.abc import Collection, Iterable

from odoo import models
from odoo.api import Environment
from odoo.fields import Domain

from ...domain.canonical.schema import PART_MAIN


def primary_links(
    env: Environment,
    connection: models.BaseModel | None,
    res_model: str,
    res_ids: Iterable[int],
    role: str | None = None,
    main: bool = False,
) -> models.BaseModel:
    """Return the primary links of records on a connection, in one query.

    A record has one primary link per connection and role.

    :param connection: one or several; None for all of them
    :param role: only links of this role; None for any
    :param main: only links of records, none of parts
    """
    domain = [("res_model", "=", res_model), ("res_id", "in", list(res_ids)), ("is_primary", "=", True)]
    if connection is not None:
        domain.append(("connection_id", "in", connection.ids))
    if role:
        domain.append(("role", "=", role))
    if main:
        domain.append(("part", "=", PART_MAIN))
    return env["retail.sync.link"].search(Domain(domain))


def main_links(
    env: Environment,
    connection: models.BaseModel,
    res_model: str,
    res_ids: Iterable[int],
    role: str,
    other_roles: bool = False,
    not_roles: Collection[str] = (),
) -> dict[int, models.BaseModel]:
    """Return {record id: its main link on a connection} in a role; a secondary link only where there is no other.

    :param other_roles: a link of another role stands in where there is none of this one
    :param not_roles: roles that never stand in: those of other entities of the same model
    """
    domain = [
        ("connection_id", "=", connection.id),
        ("res_model", "=", res_model),
        ("res_id", "in", list(res_ids)),
        ("part", "=", PART_MAIN),
    ]
    if not other_roles:
        domain.append(("role", "=", role))
    elif not_roles:
        domain.append(("role", "not in", list(not_roles)))
    links = env["retail.sync.link"].search(domain, order="is_primary, id")
    if other_roles:
        links = links.sorted(lambda link: link.role == role)
    return {link.res_id: link for link in links}


def refs_of(
    env: Environment,
    connection: models.BaseModel,
    res_model: str,
    res_ids: Iterable[int],
    role: str | None = None,
    not_roles: Collection[str] = (),
) -> dict[int, str]:
    """Return {record id: "Object/id"} of records that are linked on a connection, in one query.

    Where a record has links of several roles, that of `role` counts; those of not_roles never do.
    """
    links = primary_links(env, connection, res_model, set(res_ids), main=True)
    links = links.filtered(lambda link: link.role not in not_roles)
    ordered = links.sorted(lambda link: link.role == role)
    return {link.res_id: f"{link.remote_object}/{link.external_id}" for link in ordered}
