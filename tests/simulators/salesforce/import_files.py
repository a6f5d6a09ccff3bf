"""Reads org exports from disk: plan files, sObject-tree JSON, CSV."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .schema import Schema


@dataclass(eq=False)
class ImportRecord:
    """One record of a file. ``children`` are (relationship name, records)."""

    object_name: str
    reference: str | None
    fields: dict[str, Any]
    parent: ImportRecord | None = None
    relationship: str = ""
    file: ImportFile = field(default=None, repr=False)  # type: ignore[assignment]  # set by the file that adds it


@dataclass
class ImportFile:
    """``planned`` files share their references; others see their own first."""

    path: Path
    planned: bool
    records: list[ImportRecord] = field(default_factory=list)
    references: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass
class Collection:
    """Files in loading order, and what was left out with the reason."""

    files: list[ImportFile] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)

    def skip(self, path: Path, record: str, reason: str) -> None:
        self.skipped.append({"file": path.name, "record": record, "reason": reason})


def collect(paths: list[Path], schema: Schema) -> Collection:
    """Everything under ``paths``: planned files in plan order, then the rest by name."""
    out = Collection()
    found = sorted({file for path in paths for file in ([path] if path.is_file() else path.rglob("*"))})
    documents: dict[Path, Any] = {}
    for path in (path for path in found if path.suffix.lower() == ".json"):
        try:
            documents[path] = json.loads(path.read_text(encoding="utf-8-sig"))
        except (ValueError, OSError) as error:
            out.skip(path, "", f"not readable as JSON: {error}")
    plans = {path: document for path, document in documents.items() if _is_plan(document)}
    done: set[Path] = set(plans)
    for plan, steps in plans.items():
        for step in steps:
            for name in step.get("files") or ():
                path = (plan.parent / name).resolve()
                match = next((known for known in documents if known.resolve() == path), None)
                if match is None:
                    out.skip(plan, name, f"file named by the plan {plan.name} is missing")
                elif match not in done:
                    done.add(match)
                    _add_json(out, match, documents[match], step.get("sobject"), planned=True)
    for path, document in documents.items():
        if path not in done:
            _add_json(out, path, document, None, planned=False)
    _add_csv(out, found, {file.path for file in out.files}, schema)
    return out


def _is_plan(document: Any) -> bool:
    return (
        isinstance(document, list)
        and bool(document)
        and all(isinstance(step, dict) and "sobject" in step and "files" in step for step in document)
    )


def _add_json(out: Collection, path: Path, document: Any, object_name: str | None, planned: bool) -> None:
    records = document.get("records") if isinstance(document, dict) else document
    if not isinstance(records, list):
        out.skip(path, "", "holds no list of records")
        return
    file = ImportFile(path, planned)
    _read_records(out, file, records, object_name, None, "")
    out.files.append(file)


def _read_records(
    out: Collection,
    file: ImportFile,
    records: list[Any],
    object_name: str | None,
    parent: ImportRecord | None,
    relation: str,
) -> None:
    for position, raw in enumerate(records, 1):
        attributes = raw.get("attributes") if isinstance(raw, dict) else None
        name = (attributes or {}).get("type") or object_name
        if not isinstance(raw, dict) or not name:
            out.skip(file.path, f"#{position}", "no object type is given")
            continue
        nested = {key: value["records"] for key, value in raw.items() if _is_children(value)}
        fields = {key: value for key, value in raw.items() if key != "attributes" and key not in nested}
        record = ImportRecord(name, (attributes or {}).get("referenceId"), fields, parent, relation, file)
        file.records.append(record)
        for key, children in nested.items():
            _read_records(out, file, children, None, record, key)


def _is_children(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("records"), list)


def _add_csv(out: Collection, found: list[Path], taken: set[Path], schema: Schema) -> None:
    stems = {(path.parent, path.stem.lower()) for path in taken}
    for path in (path for path in found if path.suffix.lower() == ".csv"):
        if (path.parent, path.stem.lower()) in stems:
            out.skip(path, "", f"twin of {path.stem}.json, which is loaded instead")
            continue
        object_name = object_of_file(path.stem, schema)
        try:
            with path.open(newline="", encoding="utf-8-sig") as handle:
                rows = list(csv.DictReader(handle))
        except (OSError, ValueError, csv.Error) as error:
            out.skip(path, "", f"not readable as CSV: {error}")
            continue
        file = ImportFile(path, planned=False)
        for position, row in enumerate(rows, 1):
            fields = {key: value for key, value in row.items() if key and value not in (None, "")}
            file.records.append(ImportRecord(object_name, f"{object_name}Ref{position}", fields, file=file))
        out.files.append(file)


def object_of_file(stem: str, schema: Schema) -> str:
    """``Opportunities`` -> ``Opportunity``; a name the org does not know is taken as it stands."""
    wanted = stem.replace(" ", "").lower()
    for defn in schema:
        if wanted in (defn.name.lower(), f"{defn.name.lower()}s", defn.plural.replace(" ", "").lower()):
            return defn.name
    return stem.replace(" ", "_")
