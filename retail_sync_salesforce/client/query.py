"""Reading rows by REST query (API sheet sections 2.1-2.4).

Rows are the remote's own dicts: nested parents, `attributes` at each level, null for an empty field.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from . import composite, errors, soql
from .errors import ClientError
from .session import SalesforceSession

#: An address longer than this goes into /composite instead: the server ends at 16,384 bytes with all headers.
MAX_ADDRESS = 8000

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class QueryPage:
    """One answer of a query.

    total_size: rows that match in all, not rows here. next_url: path of the next answer, None on the last. The server
    keeps it for two days; a lost one is transient/INVALID_QUERY_LOCATOR, and the caller starts again from its own
    cursor.
    """

    rows: list[Row]
    total_size: int
    done: bool
    next_url: str | None


def parse_page(body: Any) -> QueryPage:
    """The page in a query's answer. Raises ClientError (contract, ODD_ANSWER) for a body of another shape."""
    rows = body.get("records") if isinstance(body, dict) and "done" in body else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise errors.odd_answer(body, "a query was answered with something else than rows")
    total = body.get("totalSize")
    done = bool(body["done"])
    next_url = None if done else body.get("nextRecordsUrl")
    if not done and not next_url:
        raise ClientError(errors.CONTRACT, "ODD_ANSWER", "an unfinished query names no next page")
    return QueryPage(rows, total if isinstance(total, int) else 0, done, next_url)


def query_path(statement: str, include_deleted: bool = False) -> str:
    """`queryAll/?q=…` or `query/?q=…`, relative to the API version; also fit for a composite part."""
    return f"{'queryAll' if include_deleted else 'query'}/?q={quote(statement, safe='')}"


def first(
    session: SalesforceSession, statement: str, *, include_deleted: bool = False, batch_size: int | None = None
) -> QueryPage:
    """The first answer. batch_size: rows an answer should hold, 200-2000, only a hint to the server."""
    return _open(session, query_path(statement, include_deleted), batch_size)


def follow(session: SalesforceSession, page: QueryPage, *, batch_size: int | None = None) -> Iterator[list[Row]]:
    """The rows of the answers after this one; nothing is fetched before it is asked for."""
    while page.next_url:
        page = parse_page(session.request("GET", page.next_url, headers=_batch_size(batch_size)).json())
        yield page.rows


def page(
    session: SalesforceSession, statement: str, *, include_deleted: bool = False, batch_size: int | None = None
) -> Iterator[list[Row]]:
    """The rows of a query, answer by answer; the server may give fewer than 2,000 at a time."""
    opening = first(session, statement, include_deleted=include_deleted, batch_size=batch_size)
    yield opening.rows
    yield from follow(session, opening, batch_size=batch_size)


def count(session: SalesforceSession, object: str, where: str | None = None) -> int:
    """Number of live rows, those a user's filter (validated here) lets through."""
    condition = f" WHERE ({soql.validate_filter(where)})" if where and where.strip() else ""
    return first(session, f"SELECT COUNT() FROM {soql.object_name(object)}{condition}").total_size


def by_ids(
    session: SalesforceSession,
    object: str,
    fields: Sequence[str],
    ids: Iterable[str],
    include_deleted: bool = False,
    where: str | None = None,
) -> list[Row]:
    """The rows of these ids, in no particular order; what is gone or not visible is absent.

    200 ids a query, 5 queries a call. include_deleted: also soft-deleted rows and merged losers (queryAll).
    where: a user's filter, validated here; rows that do not meet it are absent too.
    """
    scope = f" AND ({soql.validate_filter(where)})" if where and where.strip() else ""
    return _all(session, object, fields, [f"{part}{scope}" for part in soql.id_conditions(ids)], include_deleted)


def by_values(
    session: SalesforceSession, object: str, fields: Sequence[str], field: str, values: Iterable[str]
) -> list[Row]:
    """The live rows whose field holds one of these texts, in no particular order; 200 a query, 5 queries a call."""
    name = soql.field_list([field])
    return _all(session, object, fields, [f"{name} IN {soql.literal(chunk)}" for chunk in soql.chunks(values)], False)


def by_conditions(
    session: SalesforceSession, object: str, fields: Sequence[str], conditions: Sequence[str]
) -> list[Row]:
    """The live rows that meet any of the conditions, trusted texts built here; five of them a call."""
    return _all(session, object, fields, conditions, False) if conditions else []


def _all(
    session: SalesforceSession, object: str, fields: Sequence[str], conditions: Sequence[str], include_deleted: bool
) -> list[Row]:
    """All rows of one object that meet any of the conditions."""
    columns = ("Id", *fields)
    paths = [query_path(soql.select(object, columns, condition), include_deleted) for condition in conditions]
    pages = [_open(session, paths[0])] if len(paths) == 1 else _in_composite(session, paths)
    rows: list[Row] = []
    for answer in pages:
        rows.extend(answer.rows)
        for later in follow(session, answer):
            rows.extend(later)
    return rows


def _open(session: SalesforceSession, path: str, batch_size: int | None = None) -> QueryPage:
    if len(path) > MAX_ADDRESS:
        return _in_composite(session, [path])[0]
    return parse_page(session.request("GET", path, headers=_batch_size(batch_size)).json())


def _in_composite(session: SalesforceSession, paths: Sequence[str]) -> list[QueryPage]:
    results = composite.composite(session, [composite.Subrequest("GET", path) for path in paths])
    for result in results:
        if result.error:
            raise result.error
    return [parse_page(result.body) for result in results]


def _batch_size(size: int | None) -> dict[str, str] | None:
    return {"Sforce-Query-Options": f"batchSize={size}"} if size else None
