"""Lists of keyed lines: order lines, packages, a timeline."""

from collections.abc import Mapping
from typing import Any

from .kind_base import NO_OPTIONS, Kind, KindError, Options, frozen, kind_of, register_kind


class LinesKind(Kind):
    """A list of lines: each a dict of the declared fields and of ``options.line_key``, a text that no other line has.

    The order counts. A field that a line does not have was not reported; ``None`` says that it was emptied. Fields that
    are not declared are an error, as they would be stored and never compared. A list without lines is empty.
    """

    name = "lines"
    sensitivity = "personal"

    def parse(self, value: Any, options: Options = NO_OPTIONS) -> Any:
        return self._convert(value, options, "parse")

    def to_json(self, value: Any, options: Options = NO_OPTIONS) -> Any:
        return self._convert(value, options, "to_json")

    def comparable(self, value: Any, options: Options = NO_OPTIONS) -> Any:
        try:
            lines = self._convert(value, options, "comparable")
        except KindError:
            return super().comparable(value, options)
        return None if lines is None else frozen(lines)

    def _convert(self, value: Any, options: Options, step: str) -> list[dict[str, Any]] | None:
        """Return the lines with each field as method ``step`` of its kind makes it."""
        if value is None or value == "":
            return None
        if not isinstance(value, (list, tuple)):
            raise KindError("BAD_LINES", "A list of lines is expected.")
        fields = {field.name: field for field in options.lines}
        found: dict[str, dict[str, Any]] = {}
        for line in value:
            key = line_key(line, options.line_key)
            if key in found:
                raise KindError("DOUBLE_LINE", "Two lines have the same key.")
            unknown = sorted(set(line) - fields.keys() - {options.line_key})
            if unknown:
                raise KindError("UNKNOWN_FIELD", f"Lines have no field {', '.join(map(str, unknown))}.")
            converted: dict[str, Any] = {options.line_key: key}
            for name in sorted(fields.keys() & set(line)):
                kind = kind_of(fields[name].kind)
                converted[name] = getattr(kind, step)(line[name], fields[name].options)
            found[key] = converted
        return list(found.values()) or None

    def check(self, options: Options) -> None:
        names = [field.name for field in options.lines]
        if not names:
            raise ValueError("A list of lines declares the fields of its lines.")
        if len(set(names)) < len(names) or options.line_key in names:
            raise ValueError("The fields of a line, and its key, have different names.")
        for field in options.lines:
            kind_of(field.kind).check(field.options)


def line_key(line: Any, name: str) -> str:
    """Return the key of a line. Raises KindError when the line is no object or has no key."""
    if not isinstance(line, Mapping):
        raise KindError("BAD_LINES", "A line is an object with named fields.")
    key = line.get(name)
    if isinstance(key, bool) or not isinstance(key, (str, int)) or not str(key).strip():
        raise KindError("NO_LINE_KEY", f"A line has no {name}.")
    return str(key).strip()


register_kind(LinesKind())
