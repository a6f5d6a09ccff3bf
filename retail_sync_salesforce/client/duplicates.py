"""Which records a duplicate rule found (API sheet section 6.3).

Collections name the rule's refusal only. Written alone, the same record is refused with the records it looks like.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from . import composite, ids, soql
from .collections import TIMEOUT, Record, SaveResult, key_of, save_result, write_headers
from .composite import Subrequest
from .errors import ClientError
from .session import SalesforceSession

DETECTED = "DUPLICATES_DETECTED"
#: A single row's own refusal has one of these; any other status is about the call.
_ROW_STATUS = frozenset((300, 400, 404))


def ask(
    session: SalesforceSession, object: str, key_field: str, records: Sequence[Record], single_calls: int = 10
) -> list[SaveResult]:
    """Write refused records once more, each as a row of its own; their `error.record_ids` name the look-alikes.

    25 rows a call. Where the server leaves the names out of a composite answer, up to `single_calls` rows are asked for
    in a call of their own. A record that is not refused this time is written: its result is ok. Raises ClientError when
    a call as a whole failed.
    """
    parts = [_row(object, key_field, record) for record in records]
    if len(parts) == 1:
        return [_alone(session, parts[0], records[0])]
    answers = composite.composite(session, parts, timeout=TIMEOUT, headers=write_headers(False))
    results = [
        SaveResult(False, error=answer.error) if answer.error else _saved(answer.body, record)
        for answer, record in zip(answers, records, strict=True)
    ]
    for index, result in enumerate(results):
        if single_calls and result.error and result.error.code == DETECTED and not result.error.record_ids:
            results[index] = _alone(session, parts[index], records[index])
            single_calls -= 1
    return results


def _row(object: str, key_field: str, record: Record) -> Subrequest:
    object = soql.object_name(object)
    if record.get("Id"):
        body = {name: value for name, value in record.items() if name != "Id"}
        return Subrequest("PATCH", f"sobjects/{object}/{ids.to_18(record['Id'])}", body, write_headers(True))
    key = quote(key_of(record, key_field), safe="")
    body = {name: value for name, value in record.items() if name != key_field}
    path = f"sobjects/{object}/{soql.object_name(key_field)}/{key}"
    return Subrequest("PATCH", path, body, write_headers(False))


def _alone(session: SalesforceSession, part: Subrequest, record: Record) -> SaveResult:
    try:
        answer = session.request(
            part.method, part.path, json=part.body, headers=part.headers, idempotent=True, timeout=TIMEOUT
        )
    except ClientError as error:
        if error.http_status not in _ROW_STATUS:
            raise
        return SaveResult(False, error=error)
    return _saved(answer.json() if answer.content else None, record)


def _saved(body: Any, record: Record) -> SaveResult:
    if isinstance(body, dict):
        return save_result({"success": True, **body})
    return SaveResult(True, ids.to_18(record["Id"]) if record.get("Id") else None)
