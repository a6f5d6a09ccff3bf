"""Splits SOQL text into tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .clock import parse_date, parse_datetime
from .errors import ApiError

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<datetime>\d{4}-\d{2}-\d{2}T[0-9:.]+(?:Z|[+-]\d{2}:?\d{2})?)
    | (?P<date>\d{4}-\d{2}-\d{2})
    | (?P<number>[+-]?\d+(?:\.\d+)?)
    | (?P<text>'(?:[^'\\]|\\.)*')
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\s*\.\s*[A-Za-z_][A-Za-z0-9_]*)*)
    | (?P<symbol><=|>=|!=|<>|[=<>(),:])
    )""",
    re.VERBOSE | re.DOTALL,
)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "'": "'", '"': '"', "\\": "\\"}


@dataclass(slots=True)
class Token:
    """``value`` is decoded, ``raw`` is what stands in the statement."""

    kind: str
    value: object
    position: int
    raw: str


def query_error(text: str, position: int, code: str, message: str) -> ApiError:
    """An error pointing into the statement, in the platform's layout."""
    before = text[:position]
    row = before.count("\n") + 1
    column = position - (before.rfind("\n") + 1) + 1
    start = max(0, position - 60)
    shown = text[start : position + 60].replace("\n", " ")
    pointer = " " * (position - start) + "^"
    return ApiError(code, f"\n{shown}\n{pointer}\nERROR at Row:{row}:Column:{column}\n{message}")


def tokens_of(text: str) -> list[Token]:
    """Tokens with an end marker. Raises ``MALFORMED_QUERY``."""
    tokens: list[Token] = []
    position = 0
    end = len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if not found:
            at = position + len(text[position:]) - len(text[position:].lstrip())
            raise query_error(text, at, "MALFORMED_QUERY", f"unexpected token: '{text[at : at + 1]}'")
        kind = found.lastgroup or ""
        raw = found.group(kind)
        tokens.append(Token(kind, _decode(text, kind, raw, found.start(kind)), found.start(kind), raw))
        position = found.end()
    tokens.append(Token("end", "<EOF>", end, ""))
    return tokens


def _decode(text: str, kind: str, raw: str, position: int) -> object:
    if kind == "text":
        return unescape(raw[1:-1], text, position)
    if kind == "number":
        return float(raw) if "." in raw else int(raw)
    if kind == "name":
        return re.sub(r"\s*\.\s*", ".", raw)
    if kind == "datetime":
        value = parse_datetime(raw)
        if value is None:
            raise query_error(text, position, "MALFORMED_QUERY", f"'{raw}' is not a valid datetime literal")
        return value
    if kind == "date":
        if parse_date(raw) is None:
            raise query_error(text, position, "MALFORMED_QUERY", f"'{raw}' is not a valid date literal")
        return raw
    return raw


def unescape(body: str, text: str, position: int) -> str:
    """Decode a string literal. ``\\%`` and ``\\_``, which only LIKE knows, are left as they are."""
    if "\\" not in body:
        return body
    return "".join(part for part, _ in decoded_parts(body, text, position))


def decoded_parts(body: str, text: str, position: int) -> Iterator[tuple[str, bool]]:
    """(decoded text, whether it was escaped) for each letter of a literal. Raises ``MALFORMED_QUERY``."""
    index = 0
    while index < len(body):
        letter = body[index]
        index += 1
        if letter != "\\":
            yield letter, False
            continue
        escaped = body[index : index + 1]
        index += 1
        if escaped in ("%", "_"):
            yield "\\" + escaped, True
        elif escaped.lower() in ESCAPES:
            yield ESCAPES[escaped.lower()], True
        elif escaped == "u" and re.match(r"[0-9A-Fa-f]{4}", body[index : index + 4]):
            yield chr(int(body[index : index + 4], 16)), True
            index += 4
        else:
            raise query_error(text, position, "MALFORMED_QUERY", f"Illegal escape sequence: \\{escaped}")
