from odoo import api, models

from ...domain.canonical import registry
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
    def _sends_facts(self) -> bool:
        """Return whether what happens to records is sent, fact by fact, and not their present state."""
        spec = registry.ENTITIES.get(self._name.rpartition(".")[2])
        return spec is not None and spec.delivery_class is DeliveryClass.fact

    @api.model
    def _composite_fields(self) -> dict[str, tuple[str, ...]]:
        """Return {composite: its fields} of the declaration."""
        spec = registry.ENTITIES.get(self._name.rpartition(".")[2])
        return {composite.name: tuple(composite.fields) for composite in spec.composites_of("main")} if spec else {}

    @api.model
    def _composites_of(self, names: set[str]) -> set[str]:
        """Return the composites of which at least one field is named."""
        return {composite for composite, fields in self._composite_fields().items() if names & set(fields)}
