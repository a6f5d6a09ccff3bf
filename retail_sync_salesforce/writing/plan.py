"""How records of one kind are written: by which lines, into which of the org's fields."""

from collections.abc import Iterable, Mapping
from typing import Any

from odoo.addons.retail_sync.adapter import country_name
from odoo.addons.retail_sync.domain.canonical.schema import part_specs
from odoo.addons.retail_sync.domain.mapping.decoding import MapRow
from odoo.addons.retail_sync.domain.mapping.encoding import Encoded, compile_encoder

from .schema import WriteSchema

Key = tuple[str, str]  # part, canonical field


class WritePlan:
    """For firms or for persons, for new records or for known ones.

    left_out: what no writable field takes. feeds: {path: what is written there}. parts: those that have a place.
    lengths: {canonical field: characters that its shortest field holds}. amounts: fields that hold bare numbers of
    money, which are in the record's currency.
    """

    def __init__(self, rows: Iterable[MapRow], schema: WriteSchema, creating: bool, entity: str) -> None:
        self.schema = schema
        self.creating = creating
        self.writable = schema.writable(creating)
        paths = [(row, compile_encoder([row], entity).paths) for row in rows]
        # A field that the org does not have, or hides from us, is no news of each record: the connection test tells it.
        self._encoder = compile_encoder([row for row, found in paths if any(map(schema.known, found))], entity)
        self.feeds: dict[str, set[Key]] = {}
        for row, found in paths:
            for path in filter(self.writable, found):
                self.feeds.setdefault(path, set()).add((row.part, row.field))
        taken = {key for keys in self.feeds.values() for key in keys}
        self.parts = {part for part, _field in taken}
        self.left_out = {(row.part, row.field) for row, _found in paths} - taken
        self.lengths: dict[str, int] = {}
        for row, found in paths:
            for length in filter(None, (schema.fields.get(path, {}).get("length") for path in found)):
                self.lengths[row.field] = min(length, self.lengths.get(row.field, length))
        self.amounts = {(row.part, row.field) for row, _found in paths if row.transform == "amount"}
        self._country_names = {
            path for row, found in paths if row.field == "country" for path in found if not path.endswith("Code")
        }
        self._objecting = {
            path: not row.options.get("invert")
            for row, found in paths
            if getattr(part_specs(row.part, entity).get(row.field), "restrictive", False)
            for path in found
        }

    def encode(
        self,
        parts: Mapping[str, Any],
        changed: Mapping[str, set[str]] | None,
        options: Mapping[str, Any],
        remote: Mapping[str, Any] | None,
    ) -> Encoded:
        """The platform's fields of one record; countries by name where the org has no codes for them."""
        encoded = self._encoder.encode(parts, changed, options, self.writable, remote=remote)
        for path in self._country_names & encoded.fields.keys():
            if encoded.fields[path]:
                encoded.fields[path] = country_name(encoded.fields[path])
        for path in [path for path in encoded.fields if f"{path}Code" in encoded.fields]:
            # Salesforce derives the name of a state or country from its code.
            del encoded.fields[path]
        return encoded

    def news(self, values: Mapping[str, Any], remote: Mapping[str, Any]) -> dict[str, Any]:
        """Those of the values that the record does not have in the very form in which they would be sent."""
        return {path: value for path, value in values.items() if not (path in remote and _same(value, remote[path]))}

    def reopened(self, values: Mapping[str, Any], remote: Mapping[str, Any]) -> list[str]:
        """Paths that would take back an objection (to e-mail, to calls) which stands on the other side.

        Where the other side's value is not known, it may stand.
        """
        return [
            path
            for path, objecting in self._objecting.items()
            if path in values
            and values[path] != objecting
            and str(remote.get(path, objecting)).lower() == str(objecting).lower()
        ]


def _same(value: Any, present: Any) -> bool:
    if value in (None, ""):
        return present in (None, "")
    return bool(value == present) and isinstance(value, bool) == isinstance(present, bool)
