"""Stored values before and after a merge: of the survivor's family, and of what is computed from customers."""

from odoo.api import Environment
from odoo.tools import SQL

from ...domain.merge.journal import changed


def rows_of(env: Environment, table, ids, names=None):
    """Return {id: the stored row, or these columns of it, as JSON has them}."""
    env.flush_all()
    columns = SQL(", ").join(SQL.identifier(name) for name in names or ())
    return dict(
        env.execute_query(
            SQL(
                "SELECT id, %s FROM %s held WHERE id = ANY(%s)",
                SQL("(SELECT to_jsonb(part) FROM (SELECT %s) part)", columns) if names else SQL("to_jsonb(held)"),
                SQL.identifier(table),
                list(ids),
            )
        )
    )


def note_followers(env: Environment, journal, table, ids):
    """Write down stored values that are computed from customers': the merge writes the survivor's."""
    known = {row["id"] for row in journal.computed if row["table"] == table}
    names = env["retail.sync.merging.tables"]._followers(table, "res.partner")
    fresh = sorted(set(ids) - known)
    if names and fresh:
        journal.computed += [
            {"table": table, "id": row_id, "before": {name: row.get(name) for name in names}}
            for row_id, row in rows_of(env, table, fresh, names).items()
        ]


def close_followers(env: Environment, journal):
    """Keep of the computed values those that the merge changed."""
    kept = []
    for table in sorted({row["table"] for row in journal.computed}):
        own = [row for row in journal.computed if row["table"] == table]
        now = rows_of(env, table, [row["id"] for row in own], tuple(own[0]["before"]))
        for row in own:
            if row["id"] in now and (difference := changed(row["before"], now[row["id"]])):
                kept.append({"table": table, "id": row["id"], **difference})
    journal.computed = kept


def note_people(journal, before, after):
    """Write down what became of rows that live on."""
    for row_id, row in before.items():
        if row_id in after and (difference := changed(row, after[row_id])):
            journal.people[str(row_id)] = difference
