"""What the org's objects look like to this user (API sheet section 3.3). Fields hidden from the user are absent."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import errors, soql
from .errors import ClientError
from .session import SalesforceSession

OK = "ok"
MISSING = "missing"
READ_ONLY = "read_only"


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field. length: characters, 0 where it has none. scale: decimals of a number. reference_to: object names.

    picklist_values: active ones, with their labels in picklist_labels. controller: the field on whose value it depends
    which of them are allowed; valid_for says so for each of them (see `picklists`), by the place of the controller's
    value in its `all_values`.
    """

    name: str
    type: str
    label: str = ""
    length: int = 0
    scale: int = 0
    nillable: bool = True
    createable: bool = False
    updateable: bool = False
    unique: bool = False
    external_id: bool = False
    case_sensitive: bool = False
    calculated: bool = False
    filterable: bool = True
    defaulted_on_create: bool = False
    custom: bool = False
    restricted_picklist: bool = False
    picklist_values: tuple[str, ...] = ()
    picklist_labels: tuple[str, ...] = ()
    reference_to: tuple[str, ...] = ()
    relationship_name: str | None = None
    controller: str | None = None
    valid_for: tuple[str, ...] = ()
    all_values: tuple[str, ...] = ()

    @property
    def writable(self) -> bool:
        return self.createable or self.updateable

    @property
    def required_on_create(self) -> bool:
        return self.createable and not self.nillable and not self.defaulted_on_create


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """An object in the list of all objects. key_prefix: first three characters of its ids, None if it has none."""

    name: str
    label: str
    key_prefix: str | None
    custom: bool
    queryable: bool
    createable: bool
    updateable: bool
    deletable: bool
    replicateable: bool


@dataclass(frozen=True, slots=True)
class ObjectDescribe:
    """An object with its fields, by their own name.

    record_types: {id: developer name} of those that this user may use; two may share a name.
    last_modified: HTTP date to ask with next time, None if not given.
    """

    info: ObjectInfo
    fields: Mapping[str, FieldInfo]
    record_types: Mapping[str, str] = field(default_factory=dict)
    last_modified: str | None = None

    @property
    def name(self) -> str:
        return self.info.name

    def field(self, name: str) -> FieldInfo | None:
        """The field, whatever the case of its name."""
        return self.fields.get(name) or next((f for n, f in self.fields.items() if n.lower() == name.lower()), None)

    def known_names(self) -> dict[str, str]:
        """{field: label}, with the relations that a path may follow, written with a dot behind them."""
        relations = {f"{f.relationship_name}.": f.label for f in self.fields.values() if f.relationship_name}
        return {**{name: f.label for name, f in self.fields.items()}, **relations}

    def parents(self, relationship: str) -> tuple[str, ...]:
        """Objects that a relationship such as `Owner` may lead to; () when there is none of that name."""
        wanted = relationship.lower()
        found = (f for f in self.fields.values() if (f.relationship_name or "").lower() == wanted)
        return next((f.reference_to for f in found), ())


@dataclass(frozen=True, slots=True)
class PathCheck:
    """Whether a mapped path can be used. status: `OK`, `MISSING` or `READ_ONLY`; detail: a sentence, '' when ok."""

    path: str
    status: str
    detail: str = ""
    field: FieldInfo | None = None


Lookup = Callable[[str], "ObjectDescribe | None"]


def describe(session: SalesforceSession, object: str, if_modified_since: str | None = None) -> ObjectDescribe | None:
    """The object as this user sees it; None when it has not changed since that HTTP date.

    Raises ClientError contract/NOT_FOUND for an object that does not exist or is hidden.
    """
    headers = {"If-Modified-Since": if_modified_since} if if_modified_since else None
    response = session.request("GET", f"sobjects/{soql.object_name(object)}/describe", headers=headers)
    if response.status == 304:
        return None
    body = response.json()
    try:
        return ObjectDescribe(
            info=_object(body),
            fields={entry["name"]: _field(entry) for entry in body["fields"]},
            record_types={
                entry["recordTypeId"]: entry["developerName"]
                for entry in body.get("recordTypeInfos") or ()
                if entry.get("available") and entry.get("developerName") and not entry.get("master")
            },
            last_modified=response.headers.get("Last-Modified"),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise _odd() from None


def objects(session: SalesforceSession) -> dict[str, ObjectInfo]:
    """All objects this user can see, by name."""
    body = session.request("GET", "sobjects").json()
    try:
        return {entry["name"]: _object(entry) for entry in body["sobjects"]}
    except (AttributeError, KeyError, TypeError):
        raise _odd() from None


class DescribeCache:
    """Describes of one job, each asked for once; an object that does not exist is remembered as None."""

    def __init__(self, session: SalesforceSession) -> None:
        self._session = session
        self._known: dict[str, ObjectDescribe | None] = {}

    def __call__(self, object: str) -> ObjectDescribe | None:
        key = object.lower()
        if key not in self._known:
            try:
                self._known[key] = describe(self._session, object)
            except ClientError as error:
                if error.code not in ("NOT_FOUND", "INVALID_TYPE"):
                    raise
                self._known[key] = None
        return self._known[key]


def check_paths(described: ObjectDescribe, paths: Iterable[str], lookup: Lookup | None = None) -> dict[str, PathCheck]:
    """Each path with what stands in its way, in the order given.

    A dotted path such as `Owner.Email` is followed through the objects its relationship leads to, which `lookup`
    describes (None if unknown); without lookup only its first step is checked. When found it is READ_ONLY: nothing is
    written through a relationship. A compound address or a formula is READ_ONLY too.
    """
    return {path: _check(described, path, lookup) for path in paths}


def _check(described: ObjectDescribe, path: str, lookup: Lookup | None) -> PathCheck:
    *relationships, name = path.split(".")
    candidates: list[ObjectDescribe] = [described]
    for relationship in relationships:
        targets = {target for each in candidates for target in each.parents(relationship)}
        if not targets:
            owner = "/".join(each.name for each in candidates)
            return PathCheck(path, MISSING, f"{owner} has no relationship {relationship} that this user can see")
        if lookup is None:
            return PathCheck(path, READ_ONLY, "belongs to a related record")
        candidates = [found for found in map(lookup, sorted(targets)) if found is not None]
    # a relationship may lead to several objects (Owner: User or Group): one that has the field is enough
    found = next((info for info in (each.field(name) for each in candidates) if info), None)
    if found is None:
        owner = "/".join(each.name for each in candidates) or "the related object"
        return PathCheck(path, MISSING, f"{owner} has no field {name} that this user can see")
    if relationships:
        return PathCheck(path, READ_ONLY, "belongs to a related record", found)
    if not found.writable:
        return PathCheck(path, READ_ONLY, "computed, or not writable for this user", found)
    return PathCheck(path, OK, "", found)


def _field(entry: Mapping[str, Any]) -> FieldInfo:
    def flag(key: str) -> bool:
        return bool(entry.get(key))

    values = entry.get("picklistValues") or ()
    return FieldInfo(
        name=entry["name"],
        type=str(entry.get("type") or ""),
        label=str(entry.get("label") or entry["name"]),
        length=int(entry.get("length") or 0),
        scale=int(entry.get("scale") or 0),
        nillable=flag("nillable"),
        createable=flag("createable"),
        updateable=flag("updateable"),
        unique=flag("unique"),
        external_id=flag("externalId"),
        case_sensitive=flag("caseSensitive"),
        calculated=flag("calculated"),
        filterable=flag("filterable"),
        defaulted_on_create=flag("defaultedOnCreate"),
        custom=flag("custom"),
        restricted_picklist=flag("restrictedPicklist"),
        picklist_values=tuple(value["value"] for value in values if value.get("active")),
        picklist_labels=tuple(str(value.get("label") or value["value"]) for value in values if value.get("active")),
        reference_to=tuple(entry.get("referenceTo") or ()),
        relationship_name=entry.get("relationshipName"),
        controller=entry.get("controllerName") or None,
        valid_for=tuple(value.get("validFor") or "" for value in values if value.get("active")),
        all_values=tuple(value["value"] for value in values),
    )


def _object(entry: Mapping[str, Any]) -> ObjectInfo:
    return ObjectInfo(
        name=entry["name"],
        label=str(entry.get("label") or entry["name"]),
        key_prefix=entry.get("keyPrefix"),
        custom=bool(entry.get("custom")),
        queryable=bool(entry.get("queryable")),
        createable=bool(entry.get("createable")),
        updateable=bool(entry.get("updateable")),
        deletable=bool(entry.get("deletable")),
        replicateable=bool(entry.get("replicateable")),
    )


def _odd() -> ClientError:
    return ClientError(errors.CONTRACT, "ODD_ANSWER", "a describe was answered with something else than fields")
