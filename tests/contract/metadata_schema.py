"""What the Metadata API knows of each component: read from Salesforce's own types, and compared with XML files."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"
_TYPE = re.compile(r"^export type (\w+) = (.*?);\n(?=\n|export|$)", re.MULTILINE | re.DOTALL)
_PROPERTY = re.compile(r"^    (\w+)(\?)?: (\w+)(\[\])?;$", re.MULTILINE)
_PLAIN = {"string", "number", "boolean"}
# Typed as text, since its structure depends on the target.
_OPAQUE = {"targetConfigs"}
# The source beside the description.
_IN_ANOTHER_FILE = {"content"}


@dataclass
class Shape:
    """Elements of one type. elements: {name: (type, whether it may be repeated)}; required: what must be there."""

    bases: list[str] = field(default_factory=list)
    elements: dict[str, tuple[str, bool]] = field(default_factory=dict)
    required: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)


class Schema:
    """Types of the Metadata API by name."""

    def __init__(self, declarations: str) -> None:
        self.shapes: dict[str, Shape] = {}
        for name, text in _TYPE.findall(declarations):
            shape = self.shapes[name] = Shape()
            head, brace, body = text.partition("{")
            if not brace and "'" in text:
                shape.values = set(re.findall(r"'([^']*)'", text))
                continue
            shape.bases = re.findall(r"\w+", head)
            for element, optional, kind, repeated in _PROPERTY.findall(body):
                shape.elements[element] = (kind, bool(repeated))
                if not optional and not repeated:
                    shape.required.add(element)

    def shape(self, name: str) -> Shape:
        """A type with what it inherits."""
        declared = self.shapes[name]
        whole = Shape(elements=dict(declared.elements), required=set(declared.required), values=declared.values)
        for base in declared.bases:
            inherited = self.shape(base)
            whole.elements.update(inherited.elements)
            whole.required |= inherited.required
        return whole

    def problems(self, path: Path) -> list[str]:
        """Unknown, repeated, missing and ill-typed elements of a component in metadata format, each as a text."""
        root = ElementTree.parse(path).getroot()
        name = root.tag.removeprefix(NAMESPACE)
        if name not in self.shapes:
            return [f"{path.name}: no component type {name}"]
        return [f"{path.name}: {problem}" for problem in self._problems(root, name, name)]

    def _problems(self, element: ElementTree.Element, kind: str, place: str) -> list[str]:
        shape = self.shape(kind)
        counts: dict[str, int] = {}
        found = []
        for child in element:
            name = child.tag.removeprefix(NAMESPACE)
            counts[name] = counts.get(name, 0) + 1
            if name not in shape.elements:
                found.append(f"{place} has no element {name}")
            elif name not in _OPAQUE:
                found += self._problems_of_value(child, shape.elements[name][0], f"{place}.{name}")
        found += [
            f"{place} has {name} {count} times"
            for name, count in counts.items()
            if count > 1 and name in shape.elements and not shape.elements[name][1]
        ]
        missing = shape.required - counts.keys() - _IN_ANOTHER_FILE
        return found + [f"{place} lacks {name}" for name in sorted(missing)]

    def _problems_of_value(self, element: ElementTree.Element, kind: str, place: str) -> list[str]:
        text = (element.text or "").strip()
        if kind in _PLAIN:
            if len(element):
                return [f"{place} is a {kind} and has elements"]
            if kind == "boolean" and text not in ("true", "false"):
                return [f"{place} is no boolean: {text}"]
            return (
                [f"{place} is no number: {text}"]
                if kind == "number" and not re.fullmatch(r"-?\d+(\.\d+)?", text)
                else []
            )
        if self.shapes[kind].values:
            return [] if text in self.shapes[kind].values else [f"{place} may not be {text}"]
        return self._problems(element, kind, place)
