from collections.abc import Iterable

from odoo import api, models

from ...domain.canonical.entity_spec import DeliveryClass
from .change_source import ChangeSource


class RetailSyncEntity(models.AbstractModel):
    """What an entity declares about changes in Odoo."""

    _inherit = "retail.sync.entity"

    @api.model
    def _change_sources(self) -> list[ChangeSource]:
        """Return the change sources of this entity's values: rows other than its own columns."""
        return []

    @api.model
    def _export_words(self) -> tuple[str, ...]:
        """Return the words of change sources that report no value but a reason to create the record over there."""
        return ()

    @api.model
    def _owner_column(self) -> str:
        """Return the column that holds the id of the record to which a record may belong; "" where there is none."""
        return ""

    @api.model
    def _own_source_names(self) -> dict[str, set[str]]:
        """Return {column of the record's own row: names of computed values that it changes}."""
        capture = self.env["retail.sync.capture"]
        named: dict[str, set[str]] = {}
        for source in capture._sources([self]):
            if source.model == self._res_model and capture._is_own(source):
                for column in source.columns:
                    named.setdefault(column, set()).update(source.names)
        return named

    @api.model
    def _fields_of(self, columns: Iterable[str]) -> set[str]:
        """Return the canonical names that columns hold, or change by a change source in the record's own row."""
        named = self._own_source_names()
        return set(super()._fields_of(columns)).union(*(named.get(column, ()) for column in columns))

    @api.model
    def _fields_named(self, texts: Iterable[str | None]) -> dict[str | None, set[str]]:
        """Return {names of a change as captured, joined by commas: canonical names}: each text is read once."""
        return {text: self._fields_of(set(text.split(",")) if text else set()) for text in set(texts)}

    @api.model
    def _sends_facts(self) -> bool:
        """Return whether what happens to records is sent, fact by fact, and not their present state."""
        return self._spec().delivery_class is DeliveryClass.fact

    @api.model
    def _composites_of(self, names: set[str]) -> set[str]:
        """Return the composites of which at least one field is named."""
        return {name for name, composite in self._spec().composites.items() if names & set(composite.fields)}
