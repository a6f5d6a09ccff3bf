"""Statements about few records, planned once for a connection of the database: planning takes longer than running them.

They are planned for indexes and nested loops, whatever statistics say: rows of known ids are found so in a moment, in a
table that was empty when it was analyzed and holds a million rows now, too.
"""

import hashlib
import os
import weakref
from functools import partial
from itertools import count
from typing import Any

from psycopg2 import Error
from psycopg2.errors import InvalidSqlStatementName

from odoo.api import Environment
from odoo.tools import SQL

from .transactions import LostRaceError

# Of one connection. What differs with each call would fill the memory of its server process.
_MOST = 100
_SETTINGS = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
}
_SET = " ".join(f"SET LOCAL {name} = {value};" for name, value in _SETTINGS.items())
_RESET = "; ".join(f"SET LOCAL {name} TO DEFAULT" for name in _SETTINGS)
_KNOWN = "_retail_sync_prepared"
# DISCARD ALL, without DEALLOCATE ALL and DISCARD PLANS.
_DISCARD = (
    "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *; SELECT pg_advisory_unlock_all();"
    " DISCARD TEMP; DISCARD SEQUENCES"
)
_numbers = count(1)


def rows(env: Environment, query: SQL) -> list[tuple[Any, ...]]:
    """Return the rows of a query about few records, which indexes find. Two statements are sent.

    :param query: whatever changes from call to call is a parameter of it: its text is what is prepared
    :raises LostRaceError: something else has emptied the connection: the transaction is to be repeated
    """
    cr = env.cr
    known = _known(cr.connection)
    name = known.get(query.code)
    prepare = ""
    if name is None:
        if len(known) >= _MOST:
            return list(env.execute_query(query))
        # Of this process alone: behind a proxy of connections, processes share what is prepared.
        name = f"retail_sync_{hashlib.sha256(query.code.encode()).hexdigest()[:16]}_{os.getpid()}_{next(_numbers)}"
        prepare = f"PREPARE {name} AS {_numbered(query.code)};"
    places = ", ".join(["%s"] * len(query.params))
    text = f"{prepare} {_SET} EXECUTE {name}{f'({places})' if places else ''}"
    env.flush_query(query)
    try:
        # The text is the query's own, with numbers in the places of its values; the values are passed beside it.
        cr.execute(SQL(text, *query.params))  # pylint: disable=sql-injection
    except InvalidSqlStatementName as error:
        known.clear()
        raise LostRaceError("The prepared statements of the connection are gone.") from error
    except Error:
        # Whether it is prepared now is not known: the next time it gets another name.
        known.pop(query.code, None)
        raise
    known[query.code] = name
    found: list[tuple[Any, ...]] = list(cr.fetchall())
    cr.execute(_RESET)
    return found


def _known(connection: Any) -> dict[str, str]:
    """Return {text: name} of what is prepared on a connection, which keeps it from now on.

    Odoo empties a connection whenever a cursor takes it from the pool, plans included: all else is still emptied.
    """
    known: dict[str, str] | None = getattr(connection, _KNOWN, None)
    if known is None:
        known = {}
        setattr(connection, _KNOWN, known)
        connection.reset = partial(_reset, weakref.proxy(connection))
    return known


def _reset(connection: Any) -> None:
    """Do what psycopg2 does to reset a connection, and leave its prepared statements."""
    connection.rollback()
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(_DISCARD)
    connection.autocommit = False
    connection.isolation_level = connection.readonly = connection.deferrable = None


def _numbered(code: str) -> str:
    """Return the text of a query with $1, $2 and so on in the places of its values."""
    parts = code.split("%s")
    return "".join(f"{part}${number}" for number, part in enumerate(parts[:-1], 1)) + parts[-1]
