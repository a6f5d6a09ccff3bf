"""CSV as Bulk 2.0 reads and writes it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from .schema import NUMBER_TYPES
from .soql_paths import Column
from .table import Row

DELIMITERS = {"BACKQUOTE": "`", "CARET": "^", "COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "TAB": "\t"}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
_SHAPED_TYPES = NUMBER_TYPES | {"boolean", "int", "datetime"}
MAX_HEADER = 32_000
NULL = "#N/A"


class CsvError(Exception):
    """The file cannot be read at all; the job fails with this message."""


class CsvFile:
    """``header`` and ``rows``; a row that cannot be read is ``(raw text, None)``, else ``(raw text, cells)``."""

    def __init__(self, data: bytes, delimiter: str, line_ending: str) -> None:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise CsvError("InvalidBatch : Failed to parse CSV: the data is not UTF-8") from error
        records = list(_records(text, DELIMITERS[delimiter], LINE_ENDINGS[line_ending], line_ending))
        if not records or records[0][1] is None:
            raise CsvError("InvalidBatch : Failed to parse the CSV header")
        if len(records[0][0]) > MAX_HEADER:
            raise CsvError(f"InvalidBatch : The CSV header is longer than {MAX_HEADER} characters")
        self.header: list[str] = [cell.strip() for cell in records[0][1]]
        self.rows: list[tuple[str, list[str] | None]] = [
            (raw, cells if cells is not None and len(cells) == len(self.header) else None) for raw, cells in records[1:]
        ]


def _records(text: str, delimiter: str, ending: str, ending_name: str) -> Iterable[tuple[str, list[str] | None]]:
    mark = re.escape(delimiter)
    cell = re.compile(rf'(?:"((?:[^"]|"")*)"|([^"{mark}\r\n]*))({mark}|\r\n|\n|\r|\Z)', re.DOTALL)
    position, end = 0, len(text)
    while position < end:
        start, cells, broken = position, [], False
        while True:
            found = cell.match(text, position)
            if found is None:
                broken = True
                rest = text.find("\n", position)
                position = end if rest < 0 else rest + 1
                break
            quoted = found[1]
            cells.append(quoted.replace('""', '"') if quoted is not None else found[2])
            position = found.end()
            if found[3] != delimiter:
                if found[3] not in (ending, ""):
                    message = f"LineEnding is invalid on user data. Current LineEnding setting is {ending_name}"
                    raise CsvError(f"InvalidBatch : {message}")
                break
        raw = text[start:position].rstrip("\r\n")
        if raw or cells != [""]:
            yield raw, None if broken else cells


class CsvWriter:
    """Everything quoted, as result files are."""

    def __init__(self, delimiter: str = "COMMA", line_ending: str = "LF") -> None:
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(
            self._buffer,
            delimiter=DELIMITERS[delimiter],
            quoting=csv.QUOTE_ALL,
            lineterminator=LINE_ENDINGS[line_ending],
        )

    def rows(self, rows: Iterable[Iterable[Any]]) -> CsvWriter:
        self._writer.writerows(rows)
        return self

    def encoded(self) -> bytes:
        return self._buffer.getvalue().encode()


def render_columns(columns: list[list[str]], delimiter: str, line_ending: str) -> bytes:
    """Lines from whole columns: one pass a column, one join a row, which is what makes it quick."""
    between, ending = f'"{DELIMITERS[delimiter]}"', LINE_ENDINGS[line_ending]
    escaped = [
        [cell.replace('"', '""') for cell in column] if any('"' in cell for cell in column) else column
        for column in columns
    ]
    lines = map(between.join, zip(*escaped, strict=True))
    return ('"' + f'"{ending}"'.join(lines) + '"' + ending).encode()


def column_cells(column: Column, rows: list[Row], zulu: bool) -> list[str]:
    """The texts of one column: booleans in lower case, nulls empty. Parents are read once each."""
    name = column.field.name
    if column.hops:
        first, read = column.hops[0].name, column.read
        seen: dict[str | None, Any] = {}
        values = []
        for row in rows:
            parent = row.get(first)
            if parent not in seen:
                seen[parent] = read(row)
            values.append(seen[parent])
    elif column.field.type not in _SHAPED_TYPES:
        return [row.get(name) or "" for row in rows]
    else:
        values = [row.get(name) for row in rows]
    if column.field.type == "boolean":
        return ["true" if value else "false" for value in values]
    if column.field.type in NUMBER_TYPES or column.field.type == "int":
        return ["" if value is None else str(value) for value in values]
    if column.field.type == "datetime" and zulu:
        return [value.replace("+0000", "Z") if value else "" for value in values]
    return [value or "" for value in values]
