"""A small part of SOSL: ``FIND {term} [IN x FIELDS] RETURNING T(fields), …``."""

from __future__ import annotations

import re
from typing import Any

from .errors import ApiError
from .messages import Request, Response
from .org import Org

_STATEMENT = re.compile(
    r"^\s*FIND\s*\{((?:[^}\\]|\\.)+)\}\s*(?:IN\s+(ALL|EMAIL|NAME|PHONE)\s+FIELDS)?\s*(?:RETURNING\s+(.+))?$",
    re.IGNORECASE | re.DOTALL,
)
_TARGET = re.compile(r"\s*(\w+)\s*(?:\(\s*([^()]*)\))?\s*(?:,|$)")
_TYPES = {
    "ALL": ("string", "email", "phone", "textarea"), "EMAIL": ("email",), "NAME": ("string",), "PHONE": ("phone",),
}  # fmt: skip
MAX_FOUND = 2000


def run_search(org: Org, request: Request) -> Response:
    text = request.query.get("q", "")
    found = _STATEMENT.match(text)
    if not found:
        raise ApiError(
            "MALFORMED_SEARCH", f"No search term found. The search term must be enclosed in braces: {text[:80]}"
        )
    term = re.sub(r"\\(.)", r"\1", found[1]).strip().strip('"').lower()
    if len(term) < 2:
        raise ApiError("MALFORMED_SEARCH", "search term must be longer than one character")
    types = _TYPES[(found[2] or "ALL").upper()]
    targets = _TARGET.findall(found[3]) if found[3] else [("Account", ""), ("Contact", ""), ("Lead", "")]
    if not targets:
        raise ApiError("MALFORMED_SEARCH", "RETURNING needs an object")
    records: list[dict[str, Any]] = []
    for name, field_list in targets:
        records.extend(_matches(org, request, name, field_list, term, types))
    return Response(200, {"searchRecords": records[:MAX_FOUND]})


def _matches(
    org: Org, request: Request, name: str, field_list: str, term: str, types: tuple[str, ...]
) -> list[dict[str, Any]]:
    defn = org.schema.get(name)
    access = request.context.access
    searched = [
        field.name
        for field in access.fields(defn)
        if field.type in types and (types != ("string",) or field.name in ("Name", "FirstName", "LastName"))
    ]
    wildcard = term.endswith("*")
    key = term.rstrip("*")
    names = [part.strip() for part in field_list.split(",") if part.strip()] or ["Id"]
    fields = []
    for wanted in names:
        field = defn.field(wanted)
        if field is None or not access.readable(defn, field):
            raise ApiError("INVALID_FIELD", f"No such column '{wanted}' on entity '{defn.name}'.")
        fields.append(field.name)
    base = f"/services/data/v{request.context.version}/sobjects/{defn.name}/"
    out = []
    for row in org.store.table(defn.name).live.values():
        values = (row.get(field) for field in searched)
        if not access.visible(defn.name, row) or not any(v and _hit(str(v).lower(), key, wildcard) for v in values):
            continue
        record: dict[str, Any] = {"attributes": {"type": defn.name, "url": base + row["Id"]}}
        record.update({field: row.get(field) for field in fields})
        out.append(record)
    return out


def _hit(value: str, key: str, wildcard: bool) -> bool:
    if key in value and (wildcard or re.search(rf"(?<!\w){re.escape(key)}(?!\w)", value)):
        return True
    return False
