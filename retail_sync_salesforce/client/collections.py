"""Writing many records: up to 1,000 in one API call (API sheet sections 4.1, 4.2, 6.3).

A record that carries an `Id` is updated; any other is upserted by the external-id field. Both may be repeated: a lost
answer that is asked for again leaves no duplicate.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from . import composite, errors, ids, replies, soql
from .composite import Subrequest
from .errors import ClientError
from .session import SalesforceSession
from .transport import CONNECT_SECONDS, WRITE_SECONDS

BATCH = 200
#: What one call holds.
MAX_RECORDS = BATCH * composite.MAX_HEAVY_PARTS

TIMEOUT = (CONNECT_SECONDS, WRITE_SECONDS)
#: The server could not read the request, so one bad value keeps all records of a batch from being tried.
_UNREADABLE = frozenset(("JSON_PARSER_ERROR",))

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SaveResult:
    """What became of one record. id: 18 characters, None where the server named none. error: None when ok.

    before: the record as it stood just before it was written, where that was asked for.
    """

    ok: bool
    id: str | None = None
    created: bool = False
    error: ClientError | None = None
    before: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class _Batch:
    """Records that go into one collection: indexes into the caller's list. update: by id; else upsert by key."""

    update: bool
    indexes: list[int]

    def split(self) -> list["_Batch"]:
        # five parts fit into one call, so a bad record among 200 is found in four calls
        size = -(-len(self.indexes) // composite.MAX_HEAVY_PARTS)
        return [_Batch(self.update, self.indexes[i : i + size]) for i in range(0, len(self.indexes), size)]


def write_headers(allow: bool) -> dict[str, str]:
    """The headers of each write. allow: whether alert rules let a look-alike pass; rules that block refuse it anyhow.

    Assignment rules do not run: they would give the owner that Odoo has written to another user.
    """
    text = f"allowSave={str(allow).lower()}; includeRecordDetails=false; runAsCurrentUser=true"
    return {"Sforce-Duplicate-Rule-Header": text, "Sforce-Auto-Assign": "FALSE"}


def save(
    session: SalesforceSession,
    object: str,
    key_field: str,
    records: Sequence[Record],
    allow_duplicates: bool = False,
    look: Sequence[str] = (),
) -> Iterator[dict[int, SaveResult]]:
    """Write the records; yields {index: result} after each API call, so that a later failure loses no answer.

    Values are JSON: None clears a field, a mapping under a relationship's name refers to a parent by external id. Two
    records of one Id or one key go into different collections, in their order. allow_duplicates: let new records pass
    the org's alert rules; records that exist pass them always, since nothing is doubled by changing them. Only then do
    both kinds share calls. look: fields
    of records with an Id that are read in the same call, just before it writes them; such a call holds 800 records.

    Raises ClientError when a call as a whole failed (its outcome may be unknown; all of it may be repeated), ValueError
    for a record with neither Id nor key.
    """
    object = soql.object_name(object)
    pending = _calls(_batches(key_field, records), bool(look), allow_duplicates)
    while pending:
        group = pending.pop(0)
        parts = [_part(object, key_field, records, batch, allow_duplicates) for batch in group]
        wanted = [records[index]["Id"] for batch in group if batch.update for index in batch.indexes] if look else []
        look_part = _look(object, look, wanted) if wanted else None
        answers, rows = _send(session, parts, [len(batch.indexes) for batch in group], look_part)
        done: dict[int, SaveResult] = {}
        unread: list[_Batch] = []
        for batch, answer in zip(group, answers, strict=True):
            if not isinstance(answer, ClientError):
                done.update(zip(batch.indexes, answer, strict=True))
            elif answer.code in _UNREADABLE and len(batch.indexes) > 1:
                unread.extend(batch.split())
            else:
                done.update(dict.fromkeys(batch.indexes, SaveResult(False, error=answer)))
        if rows:
            done = {index: _with_before(result, records[index], rows) for index, result in done.items()}
        if done:
            yield done
        pending = _calls(unread, bool(look), allow_duplicates) + pending


def _look(object: str, fields: Sequence[str], record_ids: Sequence[str]) -> Subrequest:
    """The part of a call that reads records before the next parts write them."""
    statement = soql.select(object, ("Id", *fields), f"Id IN {soql.literal(sorted(set(record_ids)))}")
    return Subrequest("GET", f"query/?q={quote(statement, safe='')}")


def _with_before(result: SaveResult, record: Record, rows: Mapping[str, Mapping[str, Any]]) -> SaveResult:
    before = rows.get(ids.to_18(record["Id"])) if record.get("Id") else None
    return replace(result, before=before) if before is not None else result


def delete(session: SalesforceSession, record_ids: Sequence[str]) -> list[SaveResult]:
    """Move records to the recycle bin, 1,000 a call; the results in the order of the ids.

    Raises ClientError when a call as a whole failed, ValueError for text that is no id.
    """
    wanted = [ids.to_18(value) for value in record_ids]
    chunks = [wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH)]
    parts = [
        Subrequest("DELETE", f"composite/sobjects?ids={quote(','.join(chunk), safe='')}&allOrNone=false")
        for chunk in chunks
    ]
    results: list[SaveResult] = []
    for start in range(0, len(parts), composite.MAX_HEAVY_PARTS):
        group = slice(start, start + composite.MAX_HEAVY_PARTS)
        answers, _rows = _send(session, parts[group], [len(chunk) for chunk in chunks[group]])
        for chunk, answer in zip(chunks[group], answers, strict=True):
            if isinstance(answer, ClientError):
                results.extend([SaveResult(False, error=answer)] * len(chunk))
            else:
                results.extend(answer)
    return results


def create(session: SalesforceSession, object: str, records: Sequence[Record]) -> list[SaveResult]:
    """Create records that have no key of ours, 200 a call; the results in their order.

    A lost answer must not be asked for again blindly: the caller looks whether the records are there.
    Raises ClientError when a call as a whole failed.
    """
    object = soql.object_name(object)
    results: list[SaveResult] = []
    for start in range(0, len(records), BATCH):
        rows = [{"attributes": {"type": object}, **record} for record in records[start : start + BATCH]]
        answer = session.request(
            "POST",
            "composite/sobjects",
            json={"allOrNone": False, "records": rows},
            headers=write_headers(True),
            idempotent=False,
            timeout=TIMEOUT,
        )
        results.extend(_results(answer.json(), len(rows)))
    return results


def key_of(record: Record, key_field: str) -> str:
    """The external id of a record to be upserted. Raises ValueError when it has none."""
    key = record.get(key_field)
    if key is None or key == "":
        raise ValueError(f"a record without Id needs {key_field}")
    return str(key)


def _batches(key_field: str, records: Sequence[Record]) -> list[_Batch]:
    # the server refuses all records of a collection that share a key: the n-th record of a key goes into layer n
    layers: dict[tuple[int, bool], list[int]] = {}
    seen: dict[tuple[bool, str], int] = {}
    for index, record in enumerate(records):
        update = bool(record.get("Id"))
        key = ids.to_18(record["Id"]) if update else key_of(record, key_field).casefold()
        layer = seen.get((update, key), 0)
        seen[update, key] = layer + 1
        layers.setdefault((layer, not update), []).append(index)
    return [
        _Batch(not upsert, indexes[start : start + BATCH])
        for (_layer, upsert), indexes in sorted(layers.items())
        for start in range(0, len(indexes), BATCH)
    ]


def _calls(batches: list[_Batch], look: bool, allow_duplicates: bool) -> list[list[_Batch]]:
    # Where updates and upserts differ in the duplicate-rule header they go in calls of their own: whether that of a
    # part or that of the call counts is not documented, so both say the same.
    most = composite.MAX_HEAVY_PARTS
    updates, upserts = ([batch for batch in batches if batch.update is kind] for kind in (True, False))
    kinds = [(batches, most - look)] if allow_duplicates else [(updates, most - look), (upserts, most)]
    return [kind[start : start + size] for kind, size in kinds for start in range(0, len(kind), size)]


def _part(object: str, key_field: str, records: Sequence[Record], batch: _Batch, allow: bool) -> Subrequest:
    rows = []
    for index in batch.indexes:
        row = {"attributes": {"type": object}, **records[index]}
        if batch.update:
            row["id"] = row.pop("Id")
        rows.append(row)
    path = "composite/sobjects" if batch.update else f"composite/sobjects/{object}/{soql.object_name(key_field)}"
    body = {"allOrNone": False, "records": rows}
    return Subrequest("PATCH", path, body, write_headers(allow or batch.update))


def _send(
    session: SalesforceSession, parts: list[Subrequest], sizes: list[int], look: Subrequest | None = None
) -> tuple[list[list[SaveResult] | ClientError], dict[str, Mapping[str, Any]]]:
    """The results of each part, or what kept the server from trying it; and {id: row} of what look has read."""
    try:
        if len(parts) == 1 and look is None:
            [part] = parts
            answer = session.request(
                part.method, part.path, json=part.body, headers=part.headers, idempotent=True, timeout=TIMEOUT
            )
            return [_results(answer.json(), sizes[0])], {}
        asked = [look, *parts] if look else parts
        found = composite.composite(session, asked, timeout=TIMEOUT, headers=parts[0].headers)
    except ClientError as error:
        if error.code not in _UNREADABLE:
            raise
        return [error] * len(parts), {}
    rows = _rows(found.pop(0)) if look else {}
    if all(result.error and result.error.code not in _UNREADABLE for result in found):
        raise found[0].error  # type: ignore[misc]
    return [result.error or _results(result.body, size) for result, size in zip(found, sizes, strict=True)], rows


def _rows(result: composite.CompositeResult) -> dict[str, Mapping[str, Any]]:
    """{id: row} of an answered query; nothing where it failed or was not answered in full: the writes count."""
    rows = result.body.get("records") if isinstance(result.body, dict) and not result.error else None
    return {ids.to_18(row["Id"]): row for row in rows or () if isinstance(row, dict) and row.get("Id")}


def _results(body: Any, size: int) -> list[SaveResult]:
    if not isinstance(body, list) or len(body) != size or not all(isinstance(item, dict) for item in body):
        raise errors.odd_answer(body, f"a collection of {size} records was answered with something else")
    return [save_result(item) for item in body]


def save_result(item: Mapping[str, Any]) -> SaveResult:
    """The result in one item of a collection's answer, or in the body of a single upsert."""
    record_id = item.get("id")
    known = ids.to_18(str(record_id)) if ids.is_id(record_id) else None
    if item.get("success") is True:
        return SaveResult(True, known, item.get("created") is True)
    return SaveResult(False, known, error=replies.from_body(400, item.get("errors") or []))
