"""Remove what hangs on rows of a table, set by set: the database's own cascade does it row by row."""

from collections.abc import Sequence
from typing import NamedTuple

from odoo.api import Environment
from odoo.tools import SQL


class Reference(NamedTuple):
    """A foreign key on the id of another table. cascades: rows go with what they refer to."""

    table: str
    column: str
    target: str
    cascades: bool


def references(env: Environment) -> list[Reference]:
    """Return all foreign keys of one column of the database."""
    rows = env.execute_query(
        SQL(
            "SELECT found.relname, attribute.attname, target.relname, refers.confdeltype = 'c'"
            " FROM pg_constraint refers JOIN pg_class found ON found.oid = refers.conrelid"
            " JOIN pg_class target ON target.oid = refers.confrelid"
            " JOIN pg_attribute attribute ON attribute.attrelid = refers.conrelid"
            " AND attribute.attnum = refers.conkey[1]"
            " WHERE refers.contype = 'f' AND found.relnamespace = 'public'::regnamespace"
            " AND array_length(refers.conkey, 1) = 1 ORDER BY 1, 2"
        )
    )
    return [Reference(*row) for row in rows]


def dependents(table: str, keys: Sequence[Reference]) -> list[str]:
    """Return the tables whose rows go with rows of a table, such that each comes before what it refers to."""
    order: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        for key in keys:
            if key.cascades and key.target == name and key.table not in path:
                visit(key.table, (*path, key.table))
        if name != table and name not in order:
            order.append(name)

    visit(table, (table,))
    return order


def empty(env: Environment, table: str, ids: Sequence[int], truncate: bool = False) -> set[str]:
    """Delete the rows of all tables that go with rows of a table; return the tables that were emptied as a whole.

    :param truncate: empty a table at once where all its rows go: it locks the table against every reader, so that it is
        for an uninstallation, in which nothing else works
    """
    keys = references(env)
    conditions: dict[str, SQL] = {table: SQL("id = ANY(%s)", list(ids))}
    order = dependents(table, keys)
    for name in reversed(order):
        # A row may go by more than one of its foreign keys.
        ways = [key for key in keys if key.table == name and key.cascades and key.target in conditions]
        conditions[name] = SQL("(%s)", SQL(" OR ").join(_of(key, table, ids, conditions) for key in ways))
    emptied: set[str] = set()
    for name in order:
        if truncate and _truncate(env, name, conditions[name], keys):
            emptied.add(name)
        else:
            env.cr.execute(SQL("DELETE FROM %s WHERE %s", SQL.identifier(name), conditions[name]))
    return emptied


def _of(key: Reference, table: str, ids: Sequence[int], conditions: dict[str, SQL]) -> SQL:
    """Return the condition of rows that go by one foreign key."""
    column = SQL.identifier(key.column)
    if key.target == table:
        return SQL("%s = ANY(%s)", column, list(ids))
    return SQL("%s IN (SELECT id FROM %s WHERE %s)", column, SQL.identifier(key.target), conditions[key.target])


def _truncate(env: Environment, table: str, condition: SQL, keys: Sequence[Reference]) -> bool:
    """Empty a table at once if all its rows go and no row refers to it any more; return whether that was done."""
    referring, todo = {table}, [table]
    while todo:
        name = todo.pop()
        for key in keys:
            if key.target == name and key.table not in referring:
                referring.add(key.table)
                todo.append(key.table)
    for name in sorted(referring - {table}):
        if env.execute_query(SQL("SELECT 1 FROM %s LIMIT 1", SQL.identifier(name))):
            return False
    stays = SQL("SELECT 1 FROM %s WHERE (%s) IS NOT TRUE LIMIT 1", SQL.identifier(table), condition)
    if env.execute_query(stays):
        return False
    env.cr.execute(SQL("TRUNCATE %s", SQL(", ").join(map(SQL.identifier, sorted(referring)))))
    return True
