"""All streams of a connection asked in one call: their changed rows, their deleted ids and their latest merges (API
sheet sections 3.5, 4.2).
"""

from collections.abc import Mapping

from . import query, replication
from .composite import MAX_HEAVY_PARTS, Subrequest, composite
from .errors import ClientError
from .query import QueryPage
from .replication import DeletedPage
from .session import SalesforceSession
from .times import When

PollAnswer = QueryPage | DeletedPage | ClientError


def poll(
    session: SalesforceSession,
    queries: Mapping[str, str],
    deleted: Mapping[str, tuple[str, When, When]] | None = None,
    merged: Mapping[str, str] | None = None,
) -> dict[str, PollAnswer]:
    """Answers by name: up to 5 queries and 20 deleted requests cost one API call.

    queries: name -> SOQL. deleted: name -> (object, start, end), see `replication.deleted`. merged: name -> SOQL over
    deleted records too, for merges of this very minute, of which `deleted` tells in the next one only; left out where
    the call has no room for it. A name belongs to one of them (ValueError otherwise). One stream's refusal is its own
    ClientError in the result; a failure of the call is raised. A page that is not done is continued with
    `query.follow`. Deletions are asked for before rows: what their answer says to be covered is then in the rows, too,
    whatever is committed in between.
    """
    deleted = deleted or {}
    room = max(0, MAX_HEAVY_PARTS - len(queries))
    merged = dict(list((merged or {}).items())[:room])
    shared = (queries.keys() & deleted.keys()) | (merged.keys() & (queries.keys() | deleted.keys()))
    if shared:
        raise ValueError(f"used for a query and for deletions: {', '.join(sorted(shared))}")
    windows = {name: replication.window(start, end) for name, (_, start, end) in deleted.items()}
    parts = [Subrequest("GET", replication.deleted_path(deleted[name][0], *windows[name])) for name in deleted]
    parts += [Subrequest("GET", query.query_path(statement, include_deleted=True)) for statement in merged.values()]
    parts += [Subrequest("GET", query.query_path(statement)) for statement in queries.values()]
    answers: dict[str, PollAnswer] = {}
    for name, result in zip([*deleted, *merged, *queries], composite(session, parts), strict=True):
        try:
            if result.error:
                raise result.error
            if name in windows:
                answers[name] = replication.parse_deleted(result.body, windows[name][0])
            else:
                answers[name] = query.parse_page(result.body)
        except ClientError as error:
            answers[name] = replication.window_lost(error, *windows[name]) if name in windows else error
    return answers
