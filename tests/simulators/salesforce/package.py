"""The org metadata that Retail Sync ships: its fields, and the rights of its permission sets. Read from the files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from .field_factory import custom_object
from .schema import Field, ObjectType

FOLDER = Path(__file__).resolve().parents[3] / "retail_sync_salesforce" / "sfdx"
_NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"
_TYPES = {
    "Text": "string", "TextArea": "textarea", "LongTextArea": "textarea", "Checkbox": "boolean", "Currency": "currency",
    "Number": "double", "Percent": "percent", "Picklist": "picklist", "Date": "date", "DateTime": "datetime",
    "Email": "email", "Url": "url", "Phone": "phone", "Lookup": "reference", "MasterDetail": "reference",
}  # fmt: skip
# Directories of the package whose objects and fields an org can have; each is deployed alone.
DIRECTORIES = ("force-app", "sales-orders")


@dataclass(slots=True)
class Rights:
    """What permission sets give together; names are in lower case.

    objects: {object: rights such as ``allowEdit``}; readable, editable: {(object, field)}, an address by its whole.
    """

    objects: dict[str, set[str]] = field(default_factory=dict)
    readable: set[tuple[str, str]] = field(default_factory=set)
    editable: set[tuple[str, str]] = field(default_factory=set)


def feature(directory: str) -> str:
    """The switch of an org under which the objects and fields of a directory exist."""
    return f"deployed:{directory}"


def _main(directory: str) -> Path:
    return FOLDER / directory / "main" / "default"


@cache
def fields(object_name: str) -> tuple[Field, ...]:
    """The custom fields of an object, as the package brings them."""
    return tuple(
        _field(path, feature(directory))
        for directory in DIRECTORIES
        for path in sorted((_main(directory) / "objects" / object_name / "fields").glob("*.xml"))
    )


def objects() -> list[ObjectType]:
    """New custom objects of the package, without prefixes; events and settings are none."""
    return [
        _object(path, feature(directory))
        for directory in DIRECTORIES
        for path in sorted((_main(directory) / "objects").glob("*__c/*.object-meta.xml"))
    ]


def permission_sets(deployed: Iterable[str]) -> list[str]:
    """Names of the permission sets in directories of the package."""
    return sorted(
        path.name.partition(".")[0]
        for directory in deployed
        for path in (_main(directory) / "permissionsets").glob("*.xml")
    )


def rights(names: Iterable[str]) -> Rights:
    """What permission sets of the package, named by their files, give to one user. Raises ``ValueError``."""
    found = Rights()
    for name in names:
        paths = sorted(FOLDER.glob(f"*/main/default/permissionsets/{name}.permissionset-meta.xml"))
        if not paths:
            raise ValueError(f"no permission set {name}")
        _add(found, ElementTree.parse(paths[0]).getroot())
    return found


def _add(found: Rights, root: ElementTree.Element) -> None:
    for entry in root.iter(f"{_NAMESPACE}fieldPermissions"):
        object_name, _, name = _text(entry, "field").lower().partition(".")
        if _flag(entry, "readable"):
            found.readable.add((object_name, name))
        if _flag(entry, "editable"):
            found.editable.add((object_name, name))
    for entry in root.iter(f"{_NAMESPACE}objectPermissions"):
        given = found.objects.setdefault(_text(entry, "object").lower(), set())
        given |= {child.tag.removeprefix(_NAMESPACE) for child in entry if child.text == "true"}


def _object(path: Path, requires: str) -> ObjectType:
    root = ElementTree.parse(path).getroot()
    name = path.name.partition(".")[0]
    defn = custom_object(
        name,
        list(fields(name)),
        owned=_text(root, "sharingModel") != "ControlledByParent",
        name_label=_text(root, f"nameField/{_NAMESPACE}label"),
    )
    defn.label, defn.plural, defn.requires = _text(root, "label"), _text(root, "pluralLabel"), requires
    return defn


def _field(path: Path, requires: str) -> Field:
    root = ElementTree.parse(path).getroot()
    name, kind, detail = _text(root, "fullName"), _TYPES[_text(root, "type")], _text(root, "type") == "MasterDetail"
    external = _flag(root, "externalId")
    child = _text(root, "relationshipName")
    return Field(
        name,
        kind,
        _text(root, "label"),
        length=int(_text(root, "length") or (255 if _text(root, "type") == "TextArea" else 0)),
        precision=int(_text(root, "precision") or 0),
        scale=int(_text(root, "scale") or 0),
        required=detail or _flag(root, "required"),
        updateable=not detail,
        external_id=external,
        id_lookup=external,
        unique=_flag(root, "unique"),
        case_sensitive=_flag(root, "caseSensitive"),
        default=_flag(root, "defaultValue") if kind == "boolean" else None,
        picklist=tuple(entry.text or "" for entry in root.iterfind(f".//{_NAMESPACE}value/{_NAMESPACE}fullName")),
        restricted=_text(root, f"valueSet/{_NAMESPACE}restricted") == "true",
        reference_to=(_text(root, "referenceTo"),) if kind == "reference" else (),
        relationship=f"{name.removesuffix('__c')}__r" if kind == "reference" else None,
        child_relationship=f"{child}__r" if child else None,
        cascade_delete=detail,
        restricted_delete=_text(root, "deleteConstraint") == "Restrict",
        requires=requires,
        packaged=True,
    )


def _text(element: ElementTree.Element, name: str) -> str:
    return element.findtext(f"{_NAMESPACE}{name}") or ""


def _flag(element: ElementTree.Element, name: str) -> bool:
    return _text(element, name) == "true"
