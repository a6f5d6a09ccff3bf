"""Puts rows straight into the store, past the checks of the API: an org's past is what it is."""

from __future__ import annotations

from typing import Any

from . import derived, person_accounts
from .body_reader import check_reference
from .errors import ApiError
from .ids import to18
from .org import Context, Org
from .schema import TEXT_TYPES, Field, ObjectType
from .values import coerce
from .writer import Writer

_COMPUTED = {"Contact", "Individual", "User", "Lead", "Case", "Task", "Opportunity"}


class RawLoader:
    """Loads records of one object. Text is kept as given; only its length and the other types are checked."""

    def __init__(self, org: Org, user_id: str, defn: ObjectType) -> None:
        self.org = org
        self.defn = defn
        self.user_id = user_id
        self.context: Context = org.context(user_id, lenient="import", allow_save=True)
        self.table = org.store.table(defn.name)
        self.defaults: dict[str, Any] = {}
        self.numbered: list[str] = []
        self.references = {name for name, field in defn.fields.items() if field.type == "reference"}
        self.required = [f.name for f in defn.fields.values() if f.required and f.createable and f.default is None]
        self._known: dict[str, tuple[Field, int]] = {}
        self.stamp = org.clock.stamp()
        for field in defn.fields.values():
            if field.type == "boolean":
                self.defaults[field.name] = bool(field.default)
            elif field.default is not None:
                self.defaults[field.name] = field.default
            elif field.name == "OwnerId":
                self.defaults["OwnerId"] = user_id
            elif field.auto_number:
                self.numbered.append(field.name)

    def values(self, record: dict[str, Any]) -> dict[str, Any]:
        """Canonical names and stored values, empty ones left out. Raises for what cannot be stored."""
        known = self._known
        values: dict[str, Any] = {}
        for key, raw in record.items():
            step = known.get(key) or self._learn(key)
            field, limit = step
            if limit and type(raw) is str and len(raw) <= limit:
                if raw:
                    values[field.name] = raw
                continue
            value = coerce(field, raw, "import", trim=False)
            if value is not None:
                values[field.name] = value
        return values

    def _learn(self, key: str) -> tuple[Field, int]:
        """The field behind a key, and the length up to which its text is taken as it stands (0: never)."""
        field = self.defn.fields.get(key.lower())
        if field is None:
            raise ApiError("INVALID_FIELD", f"No such column '{key}' on sobject of type {self.defn.name}", fields=[key])
        step = (field, (field.length or 1 << 30) if field.type in TEXT_TYPES else 0)
        self._known[key] = step
        return step

    def place(self, values: dict[str, Any]) -> str:
        """Insert a row from :meth:`values`; its own dates and id are kept."""
        org = self.org
        if self._is_person(values):
            values = {name: value for name, value in values.items() if self.defn.fields[name.lower()].createable}
            return Writer(org, self.context).insert(self.defn.name, values)
        stamp = values.get("SystemModstamp") or values.get("LastModifiedDate") or self.stamp
        record_id = values.get("Id") or org.store.ids.new(self.defn.prefix)
        row = {
            "Id": record_id, "IsDeleted": False, **self.defaults, "CreatedDate": stamp, "CreatedById": self.user_id,
            "LastModifiedDate": stamp, "LastModifiedById": self.user_id, "SystemModstamp": stamp, **values,
        }  # fmt: skip
        row["IsDeleted"] = False
        for name in self.numbered:
            row.setdefault(name, org.store.next_number(self.defn.name))
        if self.defn.name in _COMPUTED:
            derived.before_save(org, self.defn, row, None, {**values})
        elif "TotalPrice" not in row and row.get("UnitPrice") is not None and row.get("Quantity") is not None:
            row["TotalPrice"] = round(row["UnitPrice"] * row["Quantity"], 2)
        elif self.defn.name == "Order":
            row.setdefault("StatusCode", "Activated" if row.get("Status") == "Activated" else "Draft")
        org.store.put(self.table, record_id, row, op="insert", user=self.user_id, stamp=row["SystemModstamp"])
        return record_id

    def _is_person(self, values: dict[str, Any]) -> bool:
        return (
            self.defn.name == "Account"
            and person_accounts.FEATURE in self.org.schema.features
            and person_accounts.is_person(self.org, values)
        )


def seed(org: Org, spec: dict[str, Any]) -> list[str]:
    """Load the records of one object and return their ids in order.

    ``_ref`` names a record for later ``"@name"`` values, in this call and the following ones; ``_external`` fills
    the object's first external id field. ``validate`` sends the records through the API's checks instead.
    """
    defn = org.schema.get(str(spec.get("object") or ""))
    user_id = org.user_id(spec.get("user") or "human")
    records = spec.get("records") or []
    loader = RawLoader(org, user_id, defn)
    writer = Writer(org, loader.context) if spec.get("validate") else None
    external = next((field.name for field in defn.fields.values() if field.external_id), None)
    used = {key for record in records for key in record}
    references = [key for key in used if (field := defn.field(key)) is not None and field.type == "reference"]
    stored = [field.name for field in map(defn.field, references) if field is not None]
    ids: list[str] = []
    with org.store.transaction():
        for record in records:
            record = dict(record)
            record.pop("attributes", None)
            name = record.pop("_ref", None)
            key = record.pop("_external", None)
            if key is not None and external:
                record[external] = key
            for field_name in references:
                value = record.get(field_name)
                if type(value) is str and value[:1] == "@":
                    record[field_name] = _referred(org, value)
            if writer is not None:
                record_id = writer.insert(defn.name, record)
            else:
                values = loader.values(record)
                _check_parents(org, loader, values, stored)
                record_id = loader.place(values)
            ids.append(record_id)
            if name:
                org.references[str(name)] = record_id
    return ids


def _referred(org: Org, value: str) -> str:
    record_id = org.references.get(value[1:])
    if record_id is None:
        raise ApiError("INVALID_REFERENCE", f"no record was seeded as {value}")
    return record_id


def _check_parents(org: Org, loader: RawLoader, values: dict[str, Any], references: list[str]) -> None:
    for name in references:
        value = values.get(name)
        if value is not None and org.store.row(value) is None:
            check_reference(org, loader.context, loader.defn.fields[name.lower()], to18(value) or "")
