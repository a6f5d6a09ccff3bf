"""The identity of a message is compared as a whole: what a message is about stands in its kind and subject fields."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ("retail_sync", "retail_sync_salesforce")
TEXT_METHODS = {
    "startswith",
    "endswith",
    "removeprefix",
    "removesuffix",
    "split",
    "rsplit",
    "partition",
    "rpartition",
    "replace",
    "find",
    "index",
}
# SQL that looks into a key: key LIKE ..., message.key ~ ..., split_part(message.key, ...).
SQL_LOOK = re.compile(
    r"\bkey\s+(NOT\s+)?(I?LIKE|~)|(split_part|starts_with|substring|left)\((\w+\.)?key\b", re.IGNORECASE
)
OPERATORS = {"=", "!=", "in", "not in", "like", "ilike", "=like", "=ilike", "not like", "not ilike"}
# Its key is that of a system parameter.
PARAMETERS = "retail_sync/models/identity/index_schema.py"
# The only place that looks a message up by its identity.
LOOK_UP = "retail_sync/models/exceptions/exception_queue.py"


def looks(source: str, path: str = "x.py") -> list[str]:
    """Return "path:line: what" of each place of a source text that reads what stands in a message's key."""
    found = []
    for node in ast.walk(ast.parse(source)):
        what = ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TEXT_METHODS:
            if _is_key(node.func.value):
                what = f"key.{node.func.attr}"
        elif isinstance(node, ast.Subscript) and _is_key(node.value) and isinstance(node.slice, ast.Slice):
            what = "a part of a key"
        elif isinstance(node, ast.Tuple) and len(node.elts) == 3 and _text(node.elts[0]) == "key":
            operator = _text(node.elts[1])
            if operator in OPERATORS and (operator not in ("=", "in") or path != LOOK_UP):
                what = "a domain on key"
        elif isinstance(node, ast.Attribute) and node.attr == "key" and getattr(node.value, "id", "") == "message":
            # A claimed delivery hands its identity on as a whole.
            what = (
                ""
                if path == LOOK_UP or path.startswith("retail_sync/models/delivery/")
                else "a key taken for the id of a record"
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_LOOK.search(node.value):
            what = "SQL that looks into a key"
        if what:
            found.append(f"{path}:{node.lineno}: {what}")
    return found


def _is_key(node: ast.expr) -> bool:
    """Tell whether an expression is a message's key, or (message.key or "")."""
    if isinstance(node, ast.BoolOp):
        return any(_is_key(value) for value in node.values)
    return isinstance(node, ast.Attribute) and node.attr == "key" and getattr(node.value, "id", "") != "record"


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _sources() -> list[Path]:
    return [path for addon in ADDONS for path in (ROOT / addon / "models").rglob("*.py")]


def test_no_code_reads_what_stands_in_a_key():
    sources = _sources()
    assert len(sources) > 100
    found = []
    for path in sources:
        name = str(path.relative_to(ROOT))
        if name != PARAMETERS and not name.startswith("retail_sync_salesforce/models/adapter/"):
            found += looks(path.read_text(), name)
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        'message.key.startswith("stream/")',
        '(message.key or "").removeprefix("twin/")',
        "message.key[5:]",
        "keys = [message.key for message in messages]",
        '[("key", "=like", "worker/%")]',
        '[("key", "=", "stream/3")]',
        "cr.execute(\"SELECT id FROM retail_sync_message WHERE key LIKE 'stream/%'\")",
        "cr.execute(\"SELECT split_part(message.key, '/', 1) FROM retail_sync_message message\")",
    ],
)
def test_each_way_to_look_into_a_key_is_found(line: str):
    assert looks(line)


def test_a_key_may_be_compared_as_a_whole():
    assert looks('[("key", "=", subject.key())]', LOOK_UP) == []
    assert looks("newer.key == subject.key()") == []
