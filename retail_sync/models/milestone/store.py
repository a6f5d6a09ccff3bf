"""The rows of the milestone journal: read and added for many orders at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from psycopg2.errors import UniqueViolation
from psycopg2.extras import Json

from odoo.api import Environment
from odoo.tools import SQL

from ...domain.commerce.entries import Document, Entry, NewEntry, Parts
from ...domain.commerce.facts import OrderFacts
from ...runtime.sql import execute_values
from ...runtime.transactions import LostRaceError

RES_MODEL = "sale.order"
# Key of the advisory locks under which the journal of an order is read and added to.
LOCK_SPACE = 728_342
# Of locks whose second key is an id: the transaction that holds one may commit rows with later ids.
WRITER_SPACE = 728_343


def lock(env: Environment, order_ids: Collection[int]) -> None:
    """Wait until no other transaction adds to the journals of these orders; they are locked until this one ends."""
    # In the order of the ids, or two transactions with the same orders could wait for each other.
    env.cr.execute(
        "SELECT pg_advisory_xact_lock(%s, order_id) FROM unnest(%s::int[]) AS order_id",
        [LOCK_SPACE, sorted(order_ids)],
    )


def entries(env: Environment, order_ids: Collection[int]) -> dict[int, list[Entry]]:
    """Return {order id: entries in the order in which they were written}."""
    rows = env.execute_query(
        SQL(
            "SELECT res_id, id, kind, document_model, document_id, document_name, ordinal, at, reversal, cause,"
            " signature, quantities, amount::text, assumed FROM retail_sync_milestone"
            " WHERE res_model = %s AND res_id = ANY(%s) ORDER BY id",
            RES_MODEL,
            list(order_ids),
        )
    )
    found: dict[int, list[Entry]] = defaultdict(list)
    for (
        order_id,
        id_,
        kind,
        model,
        document_id,
        name,
        ordinal,
        at,
        reversal,
        cause,
        signature,
        parts,
        amount,
        rest,
    ) in rows:
        entry = Entry(
            id_,
            kind,
            Document(model, document_id, name or ""),
            ordinal,
            at,
            reversal,
            cause or "",
            signature or "",
            as_parts(parts),
            None if amount is None else Decimal(amount),
            bool(rest),
        )
        found[order_id].append(entry)
    return found


def add(
    env: Environment, due: Mapping[int, Iterable[NewEntry]], facts: Mapping[int, OrderFacts], correlation: str
) -> dict[int, int]:
    """Add entries to the journals of orders, in the given order; return {order id: number of its new rows}.

    :raises LostRaceError: another transaction said one of them, and this one cannot see it
    """
    codes = {entry.currency for found in due.values() for entry in found if entry.currency}
    currencies = dict(
        env.execute_query(SQL("SELECT name, id FROM res_currency WHERE name = ANY(%s)", sorted(codes))) if codes else ()
    )
    units = {order_id: {line.id: line.unit for line in facts[order_id].lines} for order_id in due}
    rows = [
        (
            RES_MODEL,
            order_id,
            facts[order_id].company_id or None,
            entry.kind,
            entry.ordinal,
            entry.reversal,
            entry.reverses or None,
            *entry.document[:2],
            entry.document.name or None,
            entry.at,
            entry.cause or None,
            entry.signature or None,
            entry.user_id or None,
            Json(as_json(entry.quantities, units[order_id])) if entry.quantities else None,
            entry.amount,
            currencies.get(entry.currency),
            entry.assumed,
            entry.rank,
            correlation,
        )
        for order_id, found in due.items()
        for entry in found
    ]
    if not rows:
        return {}
    announce(env)
    try:
        with env.cr.savepoint(flush=False):
            execute_values(
                env,
                "INSERT INTO retail_sync_milestone (res_model, res_id, company_id, kind, ordinal, reversal,"
                " reverses_id, document_model, document_id, document_name, at, cause, signature, user_id, quantities,"
                " amount, currency_id, assumed, rank, correlation, seen_at) VALUES %s",
                rows,
                template=f"({', '.join(['%s'] * len(rows[0]))}, clock_timestamp() AT TIME ZONE 'UTC')",
            )
    except UniqueViolation as error:
        raise LostRaceError("Another transaction has just added the same milestone.") from error
    env["retail.sync.milestone"].invalidate_model()
    env["sale.order"].invalidate_model(["milestone_ids"])
    counts: dict[int, int] = defaultdict(int)
    for row in rows:
        counts[row[1]] += 1
    return dict(counts)


def as_json(parts: Parts, units: Mapping[int, str]) -> dict[str, list[str]]:
    """Return quantities by line as the journal keeps them: [quantity, of, unit], exact and readable by any program.

    :param units: {order line id: name of its unit}. A line that the order has no more has none
    """
    return {
        str(line_id): [f"{part:f}", f"{of:f}", *filter(None, [units.get(line_id)])]
        for line_id, (part, of) in sorted(parts.items())
    }


def as_parts(kept: Mapping[str, list[str]] | None) -> Parts:
    """Return quantities by line of what the journal keeps."""
    return {int(line_id): (Decimal(kept_of[0]), Decimal(kept_of[1])) for line_id, kept_of in (kept or {}).items()}


def announce(env: Environment) -> None:
    """Let readers know, until this transaction ends, that it may commit rows with ids after the present last one."""
    env.cr.execute(
        "SELECT pg_advisory_xact_lock_shared(%s, (last_value - (NOT is_called)::int)::int)"
        " FROM retail_sync_milestone_id_seq",
        [WRITER_SPACE],
    )


def finished_until(env: Environment) -> int:
    """Return the id up to which no other transaction can commit a row any more."""
    # In this order: who announces itself after the look at the locks gets ids after this one.
    last: int = env.execute_query(SQL("SELECT last_value - (NOT is_called)::int FROM retail_sync_milestone_id_seq"))[0][
        0
    ]
    writing = env.execute_query(
        SQL(
            "SELECT min(objid::bigint) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND pid <> pg_backend_pid()",
            WRITER_SPACE,
        )
    )[0][0]
    return last if writing is None else min(last, writing)
