"""The org metadata that Retail Sync ships: its fields, and the rights of its permission sets. Read from the files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from .schema import Field

FOLDER = Path(__file__).resolve().parents[3] / "retail_sync_salesforce" / "sfdx"
MAIN = FOLDER / "force-app" / "main" / "default"
_NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"
_TYPES = {"Text": "string", "Checkbox": "boolean", "Currency": "currency", "Picklist": "picklist", "Date": "date"}


@dataclass(slots=True)
class Rights:
    """What permission sets give together; names are in lower case.

    objects: {object: rights such as ``allowEdit``}; readable, editable: {(object, field)}, an address by its whole.
    """

    objects: dict[str, set[str]] = field(default_factory=dict)
    readable: set[tuple[str, str]] = field(default_factory=set)
    editable: set[tuple[str, str]] = field(default_factory=set)


@cache
def fields(object_name: str) -> tuple[Field, ...]:
    """The custom fields of an object, as the package brings them."""
    return tuple(_field(path) for path in sorted((MAIN / "objects" / object_name / "fields").glob("*.xml")))


def permission_sets() -> list[str]:
    """Names of the permission sets in the main directory of the package."""
    return sorted(path.name.partition(".")[0] for path in (MAIN / "permissionsets").glob("*.xml"))


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


def _field(path: Path) -> Field:
    root = ElementTree.parse(path).getroot()
    kind = _TYPES[_text(root, "type")]
    external = _flag(root, "externalId")
    return Field(
        _text(root, "fullName"),
        kind,
        _text(root, "label"),
        length=int(_text(root, "length") or 0),
        precision=int(_text(root, "precision") or 0),
        scale=int(_text(root, "scale") or 0),
        external_id=external,
        id_lookup=external,
        unique=_flag(root, "unique"),
        case_sensitive=_flag(root, "caseSensitive"),
        default=_flag(root, "defaultValue") if kind == "boolean" else None,
        picklist=tuple(entry.text or "" for entry in root.iterfind(f".//{_NAMESPACE}value/{_NAMESPACE}fullName")),
        restricted=_text(root, f"valueSet/{_NAMESPACE}restricted") == "true",
        packaged=True,
    )


def _text(element: ElementTree.Element, name: str) -> str:
    return element.findtext(f"{_NAMESPACE}{name}") or ""


def _flag(element: ElementTree.Element, name: str) -> bool:
    return _text(element, name) == "true"
