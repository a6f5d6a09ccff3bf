"""CSV files for Bulk 2.0 ingest jobs, and what their result files say (API sheet section 5.1)."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import ids, replies
from .collections import SaveResult

#: Bytes of one upload: 100 MB are allowed.
MAX_BYTES = 95_000_000
NULL = "#N/A"

_FIELDS = re.compile(r"[\w.]+(?:\s*,\s*[\w.]+)*")


@dataclass(frozen=True, slots=True)
class IngestFile:
    """One upload. keys: the values of its key column, in order."""

    data: bytes = field(repr=False)
    keys: list[str] = field(repr=False)


def build(records: Sequence[Mapping[str, Any]], key_column: str, max_bytes: int = MAX_BYTES) -> Iterator[IngestFile]:
    """Files of at most `max_bytes`, each with a header of its own and LF line ends.

    A field that a record lacks is an empty cell: it stays as it is. None, and text that is empty, become #N/A and
    clear it. A mapping under a relationship's name becomes a column such as `Account.Odoo_External_Id__c`. A key that
    comes again goes into a later file: a job runs its rows in no order.

    Raises ValueError for a record without key, or one that alone is too large.
    """
    flat = [_flat(record) for record in records]
    header = list(dict.fromkeys([key_column, *(name for row in flat for name in row)]))
    rest = flat
    while rest:
        rows, rest = _once(rest, key_column)
        yield from _files(header, rows, key_column, max_bytes)


def _once(rows: list[dict[str, str]], key_column: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The first row of each key, and the others."""
    seen: set[str] = set()
    first: list[dict[str, str]] = []
    again: list[dict[str, str]] = []
    for row in rows:
        key = row.get(key_column)
        if not key or key == NULL:
            raise ValueError(f"a row of a bulk job needs {key_column}")
        (again if key in seen else first).append(row)
        seen.add(key)
    return first, again


def _files(header: list[str], rows: list[dict[str, str]], key_column: str, max_bytes: int) -> Iterator[IngestFile]:
    head = _line(header)
    keys: list[str] = []
    lines, size = [head], len(head)
    for row in rows:
        line = _line([row.get(name, "") for name in header])
        if len(head) + len(line) > max_bytes:
            raise ValueError("a record is too large for a bulk job")
        if size + len(line) > max_bytes:
            yield IngestFile(b"".join(lines), keys)
            lines, keys, size = [head], [], len(head)
        lines.append(line)
        keys.append(row[key_column])
        size += len(line)
    yield IngestFile(b"".join(lines), keys)


def _line(cells: list[str]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(cells)
    return buffer.getvalue().encode("utf-8")


def _flat(record: Mapping[str, Any]) -> dict[str, str]:
    row: dict[str, str] = {}
    for name, value in record.items():
        if isinstance(value, Mapping):
            row.update((f"{name}.{key}", _cell(part)) for key, part in value.items())
        else:
            row[name] = _cell(value)
    return row


def _cell(value: Any) -> str:
    if value is None or value == "":
        return NULL
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    # a blank at the end of a text is not stored, and keeps this one from being read as a command
    return f"{NULL} " if text == NULL else text


def read_result(row: Mapping[str, str]) -> SaveResult:
    """The result in one line of successfulResults or failedResults."""
    record_id = row.get("sf__Id")
    known = ids.to_18(str(record_id)) if ids.is_id(record_id) else None
    if "sf__Error" in row:
        return SaveResult(False, known, error=replies.from_body(400, [read_error(row["sf__Error"])]))
    return SaveResult(True, known, row.get("sf__Created") == "true")


def record_of(row: Mapping[str, str]) -> dict[str, Any]:
    """What a line of a result file says was uploaded, as a record to be written in JSON; values stay texts."""
    record: dict[str, Any] = {}
    for name, cell in row.items():
        relationship, _, key = name.partition(".")
        if not cell or name.startswith("sf__"):
            continue
        value = None if cell == NULL else cell
        if key:
            record.setdefault(relationship, {})[key] = value
        else:
            record[name] = value
    return record


def read_error(text: str) -> dict[str, Any]:
    """`CODE:message:field list --` as an entry of an error body. The message may hold colons itself."""
    code, _, rest = text.removesuffix("--").rstrip().partition(":")
    message, colon, names = rest.rpartition(":")
    if not colon or (names.strip() and not _FIELDS.fullmatch(names.strip())):
        message, names = rest, ""
    fields = [name.strip() for name in names.split(",") if name.strip()]
    return {"statusCode": code.strip(), "message": message.strip(), "fields": fields}
