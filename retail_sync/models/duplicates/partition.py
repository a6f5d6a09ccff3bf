"""Cut connected customers into parts whose groups separate jobs can build.

A component is a set of customers that pairs connect; a part is a number of whole components.
"""

from collections.abc import Iterable, Mapping

from odoo.api import Environment
from odoo.tools import SQL

from ...domain.identity.decide.duplicate_groups import components, parts
from ...runtime.sql import execute_values

# Customers whose groups one job builds: one or two seconds of work.
PART = 1000


def cut(env: Environment, everything: bool) -> list[tuple[int, int]]:
    """Cut customers into parts, and delete groups whose customers no longer resemble any other customer.

    :param everything: cut all customers; otherwise only those whose pairs may have changed since the last search
    :return: [(part, number of customers)]
    """
    _prune(env)
    rows = env.execute_query(SQL("SELECT one, other FROM retail_sync_identity_pair WHERE joins"))
    component_of = components(rows)
    if everything:
        env.cr.execute("DELETE FROM retail_sync_identity_component")
    else:
        touched = _touched(env)
        reached = {component_of[partner_id] for partner_id in touched if partner_id in component_of}
        component_of = {partner_id: component for partner_id, component in component_of.items() if component in reached}
        env.cr.execute(
            "DELETE FROM retail_sync_identity_component WHERE partner_id = ANY(%s)",
            [sorted(touched | set(component_of))],
        )
    cut = _store(env, component_of)
    # A part stays noted until it is done: parts that this search does not reach are left for the next.
    env.cr.execute(
        "DELETE FROM retail_sync_identity_touched;"
        "INSERT INTO retail_sync_identity_touched"
        " SELECT partner_id FROM retail_sync_identity_component WHERE part = ANY(%s)"
        # A non-match created at this moment touches the same row: the job fails, and is retried.
        " ON CONFLICT DO NOTHING",
        [[part for part, _size in cut]],
    )
    _drop_groups(env)
    return cut


def done(env: Environment, part: int) -> None:
    """Note that the groups of a part are built."""
    env.cr.execute(
        "DELETE FROM retail_sync_identity_touched touched USING retail_sync_identity_component member"
        " WHERE member.part = %s AND touched.partner_id = member.partner_id",
        [part],
    )


def touch(env: Environment, ids: Iterable[int]) -> None:
    """Let the next search rebuild the groups of these customers."""
    env.cr.execute(
        "INSERT INTO retail_sync_identity_touched SELECT unnest(%s::int[]) ON CONFLICT DO NOTHING", [sorted(ids)]
    )


def members(env: Environment, part: int) -> list[int]:
    """Return the ids of those customers of a part that still exist."""
    rows = env.execute_query(
        SQL(
            "SELECT partner_id FROM retail_sync_identity_component JOIN retail_sync_identity_known"
            " USING (partner_id) WHERE part = %s",
            part,
        )
    )
    return [partner_id for (partner_id,) in rows]


def _prune(env: Environment) -> None:
    """Delete pairs of customers that no longer exist."""
    env.cr.execute(
        "DELETE FROM retail_sync_identity_pair WHERE"
        " NOT EXISTS (SELECT FROM retail_sync_identity_known known WHERE known.partner_id = one)"
        " OR NOT EXISTS (SELECT FROM retail_sync_identity_known known WHERE known.partner_id = other)"
    )


def _touched(env: Environment) -> set[int]:
    """Return customers whose pairs may have changed, with all customers of their former components."""
    rows = env.execute_query(
        SQL(
            "SELECT partner_id FROM retail_sync_identity_touched UNION SELECT other.partner_id"
            " FROM retail_sync_identity_touched JOIN retail_sync_identity_component member USING (partner_id)"
            " JOIN retail_sync_identity_component other ON other.component = member.component"
        )
    )
    return {partner_id for (partner_id,) in rows}


def _store(env: Environment, component_of: Mapping[int, int]) -> list[tuple[int, int]]:
    """Store components in parts with new numbers; return [(part, number of customers)]."""
    [(last,)] = env.execute_query(SQL("SELECT COALESCE(max(part), 0) FROM retail_sync_identity_component"))
    numbered = list(enumerate(parts(component_of, PART), last + 1))
    execute_values(
        env,
        "INSERT INTO retail_sync_identity_component (partner_id, component, part) VALUES %s",
        [
            (partner_id, component_of[partner_id], number)
            for number, partner_ids in numbered
            for partner_id in partner_ids
        ],
        page_size=10000,
    )
    return [(number, len(partner_ids)) for number, partner_ids in numbered]


def _drop_groups(env: Environment) -> None:
    """Delete open groups none of whose customers belongs to a component any more."""
    groups = env["retail.sync.duplicate.group"].sudo()
    groups.flush_model()
    env["retail.sync.duplicate.group.line"].flush_model()
    rows = env.execute_query(
        SQL(
            "SELECT id FROM retail_sync_duplicate_group stored WHERE state IN ('open', 'later') AND NOT EXISTS "
            "(SELECT"
            " FROM retail_sync_duplicate_group_line line JOIN retail_sync_identity_component USING (partner_id)"
            " WHERE line.duplicate_id = stored.id)"
        )
    )
    groups.browse([group_id for (group_id,) in rows]).unlink()
