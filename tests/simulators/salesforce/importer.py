"""Loads org exports. Fields and objects the org lacks are added; what is not loaded is named with the reason."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from .clock import parse_date, parse_datetime
from .errors import ApiError
from .field_factory import new_custom_object
from .ids import to18
from .import_files import Collection, ImportRecord, collect
from .org import Org
from .schema import Field
from .seed import RawLoader
from .standard_objects import add_fields

_PLACEHOLDER = re.compile(r"^Put[A-Z]\w*Here$")
_TIME = re.compile(r"^\d{2}:\d{2}:\d{2}(\.\d+)?Z$")


class Importer:
    def __init__(self, org: Org, user: str = "human") -> None:
        self.org = org
        self.user_id = org.user_id(user)
        self.loaders: dict[str, RawLoader] = {}
        self.references: dict[str, tuple[str, str]] = {}
        self.ids: dict[int, str] = {}
        self.loaded: Counter[str] = Counter()
        self.by_file: dict[str, Counter[str]] = {}
        self.fields_added: dict[str, dict[str, str]] = {}
        self.incomplete: list[dict[str, str]] = []
        self.files: Collection = Collection()

    def run(self, paths: list[Path]) -> dict[str, Any]:
        """Load everything under ``paths`` and report on every record."""
        missing = [str(path) for path in paths if not path.exists()]
        if missing:
            raise ApiError("INVALID_PATH", f"no such file or directory: {', '.join(missing)}")
        self.files = collect(paths, self.org.schema)
        records = [record for file in self.files.files for record in file.records]
        self._extend_schema(records)
        pending = [record for record in records if not self._refused_placeholder(record)]
        before = -1
        # Parents may come after their children, in the same file or in another one.
        while pending and len(pending) != before:
            before = len(pending)
            pending = [record for record in pending if not self._load(record, last=False)]
        for record in pending:
            self._load(record, last=True)
        return {
            "loaded": dict(self.loaded), "skipped": self.files.skipped, "incomplete": self.incomplete,
            "fields_added": self.fields_added, "files": {name: dict(counts) for name, counts in self.by_file.items()},
        }  # fmt: skip

    # -- schema
    def _extend_schema(self, records: list[ImportRecord]) -> None:
        schema = self.org.schema
        kinds: dict[str | None, str] = {record.reference: record.object_name for record in records if record.reference}
        samples: dict[tuple[str, str], list[Any]] = {}
        for record in records:
            if schema.find(record.object_name) is None:
                new_custom_object(schema, record.object_name, [])
                self.fields_added[record.object_name] = {}
            defn = schema.get(record.object_name)
            for key, value in record.fields.items():
                if defn.field(key) is None:
                    samples.setdefault((defn.name, key), []).append(value)
        for (object_name, key), values in samples.items():
            defn = schema.get(object_name)
            if defn.field(key) is not None:
                continue
            added = guess_field(key, values, kinds, object_name)
            add_fields(schema, defn, [added], self.org.clock.now())
            self.fields_added.setdefault(object_name, {})[added.name] = added.type

    def _loader(self, object_name: str) -> RawLoader:
        loader = self.loaders.get(object_name.lower())
        if loader is None:
            loader = RawLoader(self.org, self.user_id, self.org.schema.get(object_name))
            self.loaders[object_name.lower()] = loader
        return loader

    # -- records
    def _refused_placeholder(self, record: ImportRecord) -> bool:
        for key, value in record.fields.items():
            if isinstance(value, str) and value[:3] == "Put" and _PLACEHOLDER.match(value):
                self._skip(record, f"{key} holds the placeholder {value}")
                return True
        return False

    def _skip(self, record: ImportRecord, reason: str) -> None:
        position = record.file.records.index(record) + 1
        self.files.skip(record.file.path, record.reference or f"#{position}", reason)

    def _load(self, record: ImportRecord, last: bool) -> bool:
        """Return true when the record is finished: loaded, or skipped for good."""
        loader = self._loader(record.object_name)
        fields = dict(record.fields)
        if record.parent is not None:
            found = self.org.schema.child_relation(record.parent.object_name, record.relationship)
            if found is None:
                self._skip(record, f"{record.parent.object_name} has no child relationship {record.relationship}")
                return True
            parent_id = self.ids.get(id(record.parent))
            if parent_id is None:
                if last:
                    self._skip(record, "its parent was not loaded")
                return last
            fields[found[1].name] = parent_id
        unresolved = self._resolve(loader, record, fields)
        if unresolved and not last:
            return False
        for key in unresolved:
            self.incomplete.append(
                {"file": record.file.path.name, "record": record.reference or "", "field": key,
                 "reason": f"reference {record.fields[key]} names nothing that was loaded"}
            )  # fmt: skip
            del fields[key]
        try:
            values = loader.values(fields)
            self._check_required(loader, values, unresolved, record)
            record_id = loader.place(values)
        except ApiError as error:
            self._skip(record, f"{error.code}: {error.message}")
            return True
        self._remember(record, loader.defn.name, record_id)
        return True

    def _check_required(
        self, loader: RawLoader, values: dict[str, Any], unresolved: list[str], record: ImportRecord
    ) -> None:
        missing = [name for name in loader.required if name not in values]
        if loader.defn.name == "Account" and values.get("LastName"):
            missing = [name for name in missing if name != "Name"]
        if missing:
            causes = [f"{key} = {record.fields[key]}" for key in unresolved]
            because = f" (not found: {', '.join(causes)})" if causes else ""
            raise ApiError("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]{because}")

    def _resolve(self, loader: RawLoader, record: ImportRecord, fields: dict[str, Any]) -> list[str]:
        """Put ids in the place of references; returns the fields that cannot be resolved yet."""
        unresolved = []
        defn, references = loader.defn, loader.references
        for key, value in fields.items():
            if key.lower() not in references or not isinstance(value, str):
                continue
            field = defn.fields[key.lower()]
            if not value.startswith("@"):
                if (full := to18(value)) is None or self.org.store.row(full) is None:
                    unresolved.append(key)
                continue
            name = value[1:]
            found = record.file.references.get(name) or self.references.get(name)
            if found is None or (field.reference_to and found[1] not in field.reference_to):
                unresolved.append(key)
            else:
                fields[key] = found[0]
        return unresolved

    def _remember(self, record: ImportRecord, object_name: str, record_id: str) -> None:
        self.ids[id(record)] = record_id
        self.loaded[object_name] += 1
        self.by_file.setdefault(record.file.path.name, Counter())[object_name] += 1
        if record.reference:
            record.file.references[record.reference] = (record_id, object_name)
            if record.file.planned:
                self.references[record.reference] = (record_id, object_name)
            else:
                self.references.setdefault(record.reference, (record_id, object_name))


def guess_field(name: str, values: list[Any], kinds: dict[str | None, str], object_name: str) -> Field:
    """A field definition that holds all the sample values."""
    present = [value for value in values if value is not None]
    if present and all(isinstance(value, str) and value.startswith("@") for value in present):
        targets = tuple(sorted({kinds[value[1:]] for value in present if value[1:] in kinds}))
        relation = re.sub(r"__c$", "__r", name) if name.endswith("__c") else re.sub(r"Id$", "", name)
        child = re.sub(r"__c$", "", object_name)
        return Field(name, "reference", reference_to=targets, relationship=relation,
                     child_relationship=f"{child}s__r" if name.endswith("__c") else None)  # fmt: skip
    if present and all(isinstance(value, bool) for value in present):
        return Field(name, "boolean")
    if present and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in present):
        return Field(name, "double", precision=18, scale=0 if all(value == int(value) for value in present) else 4)
    texts = [str(value) for value in present]
    if texts and all(parse_date(text) for text in texts):
        return Field(name, "date")
    if texts and all(parse_datetime(text) for text in texts):
        return Field(name, "datetime")
    if texts and all(_TIME.match(text) for text in texts):
        return Field(name, "time")
    if any(len(text) > 255 for text in texts):
        return Field(name, "textarea", length=max(32768, max(map(len, texts))))
    return Field(name, "string", length=255)
