"""Writes ``docs/agent-api.v1.json`` from the agent API, and checks that the file is fresh and breaks no caller."""

import importlib
import json
import sys
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from . import paths
from .console import say

PAGE = paths.ROOT / "docs" / "agent-api.v1.json"
_METHODS = ("get", "put", "post", "delete", "patch")
Document = Mapping[str, Any]


class _NoAdmission:
    """Stands where an application has its admission: the document is made without a call."""


def published() -> dict[str, Any]:
    """Return the document as the code has it now."""
    stub = types.ModuleType("retail_sync_helpdesk")  # the addon's own __init__ imports its Odoo models
    stub.__path__ = [str(paths.ROOT / "retail_sync_helpdesk")]
    sys.modules.setdefault("retail_sync_helpdesk", stub)
    make_app = importlib.import_module("retail_sync_helpdesk.api.app").make_app
    found: dict[str, Any] = json.loads(json.dumps(make_app(_NoAdmission()).openapi()))
    return found


def problems(page: Path = PAGE) -> list[str]:
    """Return what is wrong with the published file, as sentences."""
    new = published()
    if not page.exists():
        return [f"{page.name} is missing"]
    old = json.loads(page.read_text())
    if old == new:
        return []
    return [*breaking_changes(old, new), f"{page.name} differs from the code"]


def breaking_changes(old: Document, new: Document) -> list[str]:
    """Return what a caller of the old document would stumble over in the new one, as sentences."""
    found: list[str] = []
    for path, operations in old["paths"].items():
        for method in (name for name in _METHODS if name in operations):
            after = new["paths"].get(path, {}).get(method)
            place = f"{method.upper()} {path}"
            found += [f"{place} is gone"] if after is None else _of_operation(place, operations[method], after)
    before, after = old["components"]["schemas"], new["components"]["schemas"]
    asked = set(_asked(old))
    for name, schema in before.items():
        if name in after:
            found += _of_schema(name, schema, after[name], asked=name in asked)
    return found


def _of_operation(place: str, old: Document, new: Document) -> Iterator[str]:
    if old.get("x-scope") != new.get("x-scope"):
        yield f"{place} needs the scope {new.get('x-scope')}"
    before = {(item["name"], item["in"]): item for item in old.get("parameters", [])}
    after = {(item["name"], item["in"]): item for item in new.get("parameters", [])}
    for key, item in before.items():
        if key not in after:
            yield f"{place}: the parameter {key[0]} is gone"
        else:
            yield from _of_value(f"{place}, {key[0]}", item.get("schema", {}), after[key].get("schema", {}), asked=True)
    for key, item in after.items():
        if item.get("required") and not before.get(key, {}).get("required"):
            yield f"{place}: the parameter {key[0]} is needed now"
    for status in old["responses"]:
        if status.startswith("2") and status not in new["responses"]:
            yield f"{place}: the answer {status} is gone"


def _of_schema(name: str, old: Document, new: Document, asked: bool) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for field, schema in before.items():
        if field not in after:
            yield f"{name}.{field} is gone"
        else:
            yield from _of_value(f"{name}.{field}", schema, after[field], asked)
    needed, present = set(old.get("required", ())), set(new.get("required", ()))
    for field in sorted((present - needed) if asked else (needed - present)):
        yield f"{name}.{field} is needed now" if asked else f"{name}.{field} may be missing now"


def _of_value(place: str, old: Document, new: Document, asked: bool) -> Iterator[str]:
    for key in ("type", "$ref", "format", "const"):
        if old.get(key) != new.get(key):
            yield f"{place}: {key} is {new.get(key)}, was {old.get(key)}"
    before, after = set(old.get("enum", ())), set(new.get("enum", ()))
    if asked and after and (before - after or not before):
        yield f"{place} takes no more: {', '.join(sorted(map(str, before - after))) or 'any text'}"
    gone = (
        old.get("discriminator", {}).get("mapping", {}).keys() - new.get("discriminator", {}).get("mapping", {}).keys()
    )
    if gone:
        yield f"{place} takes no more: {', '.join(sorted(gone))}"


def _kinds(schema: Document) -> set[str]:
    return set(schema.get("discriminator", {}).get("mapping", ()))


def _asked(document: Document) -> Iterator[str]:
    """Yield the names of the schemas that requests hold, however deep."""
    schemas = document["components"]["schemas"]
    ahead = [
        operation["requestBody"] for path in document["paths"].values() for operation in path.values()
        if "requestBody" in operation
    ]  # fmt: skip
    seen: set[str] = set()
    while ahead:
        for name in _references(ahead.pop()):
            if name not in seen and name in schemas:
                seen.add(name)
                ahead.append(schemas[name])
    yield from seen


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].rpartition("/")[2]
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def main() -> int:
    """Check the file, or write it with ``--write``; what breaks callers is written as another version only."""
    found = problems()
    breaking = [line for line in found if PAGE.name not in line]
    if "--write" in sys.argv[1:] and not breaking:
        PAGE.write_text(json.dumps(published(), indent=1, ensure_ascii=False) + "\n")
        return 0
    for line in found:
        say(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
