"""Journal entries under a hash: it covers whose they are, so they never change hands.

Core's merge moves them all the same, and the integrity report names a broken hash
from then on.
"""

from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.tools import SQL

SHOWN = 3


def refuse(env: Environment, losers):
    """Refuse a merge that would take sealed entries from a customer.

    :raises UserError: naming them, and what to do instead
    """
    if sentence := obstacle(env, losers):
        raise UserError(sentence)


def obstacle(env: Environment, losers):
    """Return why none of these may become part of another customer, or None."""
    env.flush_all()
    rows = env.execute_query(
        SQL(
            "SELECT line.partner_id, array_agg(DISTINCT move.name ORDER BY move.name)"
            " FROM account_move_line line JOIN account_move move ON move.id = line.move_id"
            " WHERE line.partner_id = ANY(%s) AND move.inalterable_hash IS NOT NULL"
            " GROUP BY line.partner_id ORDER BY line.partner_id LIMIT 1",
            losers.ids,
        )
    )
    for partner_id, names in rows:
        more = "" if len(names) <= SHOWN else ", …"
        return env._(
            "%(customer)s (#%(id)s) is named in journal entries that are sealed by a hash (%(entries)s). They "
            "cannot change hands: choose this customer as the one that remains. Two customers who both have sealed "
            "entries stay two.",
            customer=env["res.partner"].browse(partner_id).display_name,
            id=partner_id,
            entries=", ".join(names[:SHOWN]) + more,
        )
    return None


def rows(env: Environment, table, ids, partner_id):
    """Return the ids among these rows of a table that a seal keeps with a customer.

    An entry's own customer is under no hash, those of its lines are; an entry and its
    lines stay together.
    """
    if table == "account_move":
        query = SQL(
            "SELECT id FROM account_move move WHERE id = ANY(%s) AND inalterable_hash IS NOT NULL AND EXISTS ("
            "SELECT FROM account_move_line line WHERE line.move_id = move.id AND line.partner_id = %s)",
            ids,
            partner_id,
        )
    elif table == "account_move_line":
        query = SQL(
            "SELECT line.id FROM account_move_line line JOIN account_move move ON move.id = line.move_id"
            " WHERE line.id = ANY(%s) AND move.inalterable_hash IS NOT NULL",
            ids,
        )
    else:
        return set()
    return {row_id for (row_id,) in env.execute_query(query)}
