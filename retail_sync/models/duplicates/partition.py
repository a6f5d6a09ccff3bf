"""What the pairs connect, cut into parts that jobs can make groups of apart from each other."""

from odoo.api import Environment
from odoo.tools import SQL

from ...domain.identity.decide.duplicate_groups import components, parts
from ...runtime.sql import execute_values

# Customers that one job makes groups of: one or two seconds of work.
PART = 1000


def cut(env: Environment, everything):
    """Cut into parts those whose pairs may have changed since the last time, or all.

    Groups of which no customer resembles anybody any more go.

    :return: [(part, customers in it)]
    """
    _prune(env)
    rows = env.execute_query(SQL("SELECT one, other FROM retail_sync_identity_pair WHERE joins"))
    found = components(rows)
    if everything:
        env.cr.execute("DELETE FROM retail_sync_identity_component")
    else:
        touched = _touched(env)
        reached = {found[one] for one in touched if one in found}
        found = {one: first for one, first in found.items() if first in reached}
        env.cr.execute(
            "DELETE FROM retail_sync_identity_component WHERE partner_id = ANY(%s)", [sorted(touched | set(found))]
        )
    cut = _store(env, found)
    # Each part is noted until it is done: what a search does not come to, the next one does.
    env.cr.execute(
        "DELETE FROM retail_sync_identity_touched;"
        "INSERT INTO retail_sync_identity_touched"
        " SELECT partner_id FROM retail_sync_identity_component WHERE part = ANY(%s)"
        # Of somebody told apart at this moment: the job fails as one to be tried again.
        " ON CONFLICT DO NOTHING",
        [[part for part, _size in cut]],
    )
    _drop_groups(env)
    return cut


def done(env: Environment, part):
    """Note that the groups of a part are made."""
    env.cr.execute(
        "DELETE FROM retail_sync_identity_touched touched USING retail_sync_identity_component mine"
        " WHERE mine.part = %s AND touched.partner_id = mine.partner_id",
        [part],
    )


def touch(env: Environment, ids):
    """Have the next search make the groups of these customers anew."""
    env.cr.execute(
        "INSERT INTO retail_sync_identity_touched SELECT unnest(%s::int[]) ON CONFLICT DO NOTHING", [sorted(ids)]
    )


def members(env: Environment, part):
    """Return the customers of a part who are there still."""
    rows = env.execute_query(
        SQL(
            "SELECT partner_id FROM retail_sync_identity_component JOIN retail_sync_identity_known"
            " USING (partner_id) WHERE part = %s",
            part,
        )
    )
    return [partner_id for (partner_id,) in rows]


def _prune(env: Environment):
    """Forget pairs of customers who are gone."""
    env.cr.execute(
        "DELETE FROM retail_sync_identity_pair WHERE"
        " NOT EXISTS (SELECT FROM retail_sync_identity_known known WHERE known.partner_id = one)"
        " OR NOT EXISTS (SELECT FROM retail_sync_identity_known known WHERE known.partner_id = other)"
    )


def _touched(env: Environment):
    """Return those whose pairs may have changed, and those whom pairs connected them with until now."""
    rows = env.execute_query(
        SQL(
            "SELECT partner_id FROM retail_sync_identity_touched UNION SELECT other.partner_id"
            " FROM retail_sync_identity_touched JOIN retail_sync_identity_component mine USING (partner_id)"
            " JOIN retail_sync_identity_component other ON other.component = mine.component"
        )
    )
    return {partner_id for (partner_id,) in rows}


def _store(env: Environment, found):
    """Store components in parts with numbers of their own; return [(part, size)]."""
    [(last,)] = env.execute_query(SQL("SELECT COALESCE(max(part), 0) FROM retail_sync_identity_component"))
    numbered = list(enumerate(parts(found, PART), last + 1))
    execute_values(
        env,
        "INSERT INTO retail_sync_identity_component (partner_id, component, part) VALUES %s",
        [(one, found[one], number) for number, some in numbered for one in some],
        page_size=10000,
    )
    return [(number, len(some)) for number, some in numbered]


def _drop_groups(env: Environment):
    duplicates = env["retail.sync.duplicate.group"].sudo()
    duplicates.flush_model()
    env["retail.sync.duplicate.group.line"].flush_model()
    rows = env.execute_query(
        SQL(
            "SELECT id FROM retail_sync_duplicate_group found WHERE state IN ('open', 'later') AND NOT EXISTS "
            "(SELECT"
            " FROM retail_sync_duplicate_group_line line JOIN retail_sync_identity_component USING (partner_id)"
            " WHERE line.duplicate_id = found.id)"
        )
    )
    duplicates.browse([group_id for (group_id,) in rows]).unlink()
