"""The rows of a bulk result page, parsed as they arrive (API sheet sections 5.1, 5.2)."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import requests
import urllib3

from . import errors
from .errors import ClientError
from .session import ApiResponse

#: Characters of one cell. The csv module stops at 131,072, which a rich text field can reach.
MAX_CELL = 4_000_000
_BUFFER = 1 << 18

Cell = str | None


@dataclass(slots=True)
class BulkPage:
    """A page of a query job's result, to be read once.

    header: column names, parents dotted (`Owner.Email`). rows: lists in that order, None for an empty cell (the
    remote knows no empty texts); booleans are 'true' or 'false', datetimes end in Z. count: rows announced.
    next_locator: None on the last page. Reading raises ClientError (transient) when the stream breaks or ends short
    of `count`.
    """

    header: list[str]
    rows: Iterator[list[Cell]] = field(repr=False)
    count: int
    next_locator: str | None
    _response: ApiResponse = field(repr=False)

    @classmethod
    def open(cls, response: ApiResponse) -> "BulkPage":
        """The page of a streamed answer.

        Raises ClientError when its paging headers are missing: contract, and transient for the page of an outage.
        """
        announced = response.headers.get("Sforce-NumberOfRecords", "")
        if not announced.isdigit():
            response.close()
            if "html" in response.headers.get("Content-Type", "").lower():
                raise broken("the answer is a page of an outage")
            raise ClientError(errors.CONTRACT, "ODD_ANSWER", "a bulk result lacks the header Sforce-NumberOfRecords")
        locator = response.headers.get("Sforce-Locator")
        lines = csv_rows(response)
        try:
            header = next(lines, [])
        except ClientError:
            response.close()
            raise
        count = int(announced)
        if count and not header:
            response.close()
            raise broken("the result is empty")
        # Salesforce marks the end by the literal text null
        next_locator = locator if locator and locator != "null" else None
        return cls(header, _checked(lines, len(header), count, response), count, next_locator, response)

    def dicts(self) -> Iterator[dict[str, Cell]]:
        """The rows as dicts, flat: a parent's field is under its dotted name."""
        header = self.header
        for row in self.rows:
            yield dict(zip(header, row))  # noqa: B905 - widths are checked as the rows are read

    def close(self) -> None:
        """Gives the connection up, whatever is left unread."""
        self._response.close()

    def __enter__(self) -> "BulkPage":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


class _Body(io.RawIOBase):
    """The decoded body of an answer as a raw byte stream, for the io module's buffering and decoding in C."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._raw.read(len(buffer), decode_content=True)
        buffer[: len(chunk)] = chunk
        return len(chunk)


def csv_rows(response: ApiResponse) -> Iterator[list[str]]:
    """The lines of a streamed CSV answer, header included, parsed as they arrive.

    Raises ClientError transient/BULK_RESULT_BROKEN when the stream breaks or is no CSV. The caller closes the answer.
    """
    if csv.field_size_limit() < MAX_CELL:
        csv.field_size_limit(MAX_CELL)
    # newline="\n": a quoted cell keeps its own line ends, and no other character ends a line
    text = io.TextIOWrapper(io.BufferedReader(_Body(response.raw), _BUFFER), encoding="utf-8-sig", newline="\n")
    try:
        # strict: a cell cut off by a broken connection must not pass for a whole one
        yield from csv.reader(text, strict=True)
    except (urllib3.exceptions.HTTPError, requests.RequestException, OSError) as exc:
        raise broken(f"the connection broke off ({type(exc).__name__})") from None
    except (csv.Error, UnicodeDecodeError) as exc:
        raise broken(f"the result is not whole ({type(exc).__name__})") from None


def _checked(lines: Iterator[list[str]], width: int, count: int, response: ApiResponse) -> Iterator[list[Cell]]:
    read = 0
    try:
        for line in lines:
            if len(line) != width:
                raise broken(f"row {read + 1} has {len(line)} cells instead of {width}")
            read += 1
            yield [cell or None for cell in line]
        if read != count:
            raise broken(f"{read} rows came, {count} were announced")
    finally:
        response.close()


def broken(reason: str) -> ClientError:
    """The error of a result that did not come whole: to be read again."""
    return ClientError(errors.TRANSIENT, "BULK_RESULT_BROKEN", reason)
