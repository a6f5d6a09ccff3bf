from collections.abc import Collection, Iterable
from typing import Any

from odoo import api, models
from odoo.tools import SQL

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
    def _change_source(
        self, table: str, id_column: str, columns: tuple[str, ...], names: tuple[str, ...], **more: Any
    ) -> ChangeSource:
        """Return a change source of this entity's records; see `ChangeSource`. An addon imports no room of ours."""
        return ChangeSource(table, id_column, columns, self._res_model, names, **more)

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
    def _borrowed_fields(self, columns: Iterable[str]) -> set[str]:
        """Return the canonical names that are another record's values, of another one since these columns changed."""
        return set()

    @api.model
    def _sends_facts(self) -> bool:
        """Return whether what happens to records is sent, fact by fact, and not their present state."""
        return self._spec().delivery_class is DeliveryClass.fact

    @api.model
    def _composites_of(self, names: set[str]) -> set[str]:
        """Return the composites of which at least one field is named."""
        return {name for name, composite in self._spec().composites.items() if names & set(composite.fields)}

    @api.model
    def _near(self, res_ids: Collection[int]) -> set[int]:
        """Return the ids of all records for which something may be sent when these changed, themselves among them.

        For an entity whose `_spread` or `_subjects` names others: more of them cost time, fewer lose changes.
        """
        return set(res_ids)

    @api.model
    def _concerned(self, streams: models.BaseModel, res_ids: Collection[int]) -> models.BaseModel:
        """Return those of the streams for which changes of these records may leave a message.

        They have a link of a record near, or may create one now. A router with many connections asks once for all of
        them; most know nothing of a record.
        """
        near = sorted(self._near(res_ids))
        self.env["retail.sync.link"].flush_model(["connection_id", "res_model", "res_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT connection_id FROM retail_sync_link WHERE res_model = %s AND res_id = ANY(%s)",
                self._res_model,
                near,
            )
        )
        linked = {connection_id for (connection_id,) in rows}
        found = streams.filtered(lambda stream: stream.connection_id.id in linked)
        alike: dict[tuple[str, int, str], models.BaseModel] = {}
        for stream in streams - found:
            domain = repr(self._export_domain(stream))
            key = (stream.export_policy, stream.connection_id.company_id.id, domain)
            alike[key] = alike.get(key, streams.browse()) | stream
        for equal in alike.values():
            if self._exportable(equal[:1], near, near):
                found |= equal
        return found
