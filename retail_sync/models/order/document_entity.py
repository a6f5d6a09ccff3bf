"""What all documents of customers have in common on their way to a platform."""

from collections.abc import Collection, Mapping
from typing import Any

from odoo import api, models

from ...domain.canonical.entity_spec import ReferenceSpec
from ..customer import internal_partners
from ..mapping.entity import EntityContractError
from ..mapping.pace import BUSY_WINDOW_SECONDS

_NAMED = "odoo/"

# Changes that stop work, or let it go on: no load delays them.
_HOLD = frozenset(("hold", "hold_reason"))


class RetailSyncDocumentEntity(models.AbstractModel):
    """A document that Odoo alone writes: its values name what it refers to as "odoo/<id>".

    A document names `_own_columns`: {column of its own row: canonical names that it holds or decides}. Its values come
    from `_document_values`, which reads a page of records with a fixed number of queries.
    """

    _name = "retail.sync.document.entity"
    _inherit = "retail.sync.entity"
    _description = "Documents of customers in Odoo"

    _title_field = "number"
    _makes_load = True
    _busy_window_seconds = BUSY_WINDOW_SECONDS
    _own_columns: Mapping[str, tuple[str, ...]] = {}
    # Own columns that decide whether a document is sent at all.
    _deciding: tuple[str, ...] = ("state",)

    # -- what a change is about

    @api.model
    def _columns(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for column, names in self._own_columns.items():
            for name in names:
                found.setdefault(name, []).append(column)
        return {name: tuple(columns) for name, columns in found.items()}

    @api.model
    def _steering_columns(self) -> set[str]:
        return set(self._deciding)

    @api.model
    def _gathers_under_load(self, names: Collection[str] | None, urgent: Collection[str]) -> bool:
        """Return whether no hold is among the changes: stages follow each other, and the last one counts."""
        return names is None or not _HOLD & set(names)

    # -- which documents

    @api.model
    def _in_use(self, records: models.BaseModel) -> models.BaseModel:
        """Return all of them: a document is not archived."""
        return records

    @api.model
    def _ended(self, records: models.BaseModel) -> models.BaseModel:
        """Return the cancelled ones."""
        return records.filtered(lambda record: record.state in ("cancel", "canceled"))

    @api.model
    def _customers(self, records: models.BaseModel) -> dict[int, models.BaseModel]:
        """Return {record id: partner whose document it is}."""
        return {record.id: record.partner_id for record in records}

    @api.model
    def _exportable(
        self, stream: models.BaseModel, res_ids: Collection[int], ordered: Collection[int] = ()
    ) -> list[int]:
        """Leave out the documents of colleagues and of Odoo's own companies, and those without a customer."""
        found = super()._exportable(stream, res_ids, ordered)
        if not found:
            return found
        customers = self._customers(self._model().sudo().browse(found))
        internal = internal_partners.internal_ids(self.env, {partner.id for partner in customers.values()})
        return [res_id for res_id in found if customers[res_id] and customers[res_id].id not in internal]

    # -- which values

    @api.model
    def _local_values(self, records: models.BaseModel, ctx: dict[str, Any], bases: dict[int, Any]) -> dict[int, Any]:
        wanted = set(self._spec().fields)
        if ctx.get("fields") is not None:
            wanted &= {*ctx["fields"], self._title_field}
        values = self._document_values(records.sudo(), wanted)
        return {
            res_id: {name: value for name, value in found.items() if name in wanted} for res_id, found in values.items()
        }

    @api.model
    def _document_values(self, records: models.BaseModel, wanted: Collection[str]) -> dict[int, dict[str, Any]]:
        """Return {record id: {canonical name: value}}, with references as "odoo/<id>".

        :param wanted: canonical names that are mapped: values that cost queries are read for these alone
        """
        raise EntityContractError(self._name, "_document_values")

    # -- references

    @api.model
    def _referenced_ids(self, record: models.BaseModel, spec: ReferenceSpec, values: dict[str, Any]) -> list[int]:
        """Return the ids that values name as "odoo/<id>", of a field of the document or of its lines."""
        name, dot, inner = spec.field.partition(".")
        texts = [line.get(inner) for line in values.get(name) or ()] if dot else [values.get(name)]
        return [int(text.removeprefix(_NAMED)) for text in texts if text and text.startswith(_NAMED)]

    @api.model
    def _local_references(self, stream: models.BaseModel, records: Mapping[int, Any], local: dict[int, Any]) -> None:
        """Put the platform's words in place of "odoo/<id>" where it knows the record."""
        for name, spec in self._header_references().items():
            targets = {res_id: self._referenced_ids(records[res_id], spec, local[res_id]) for res_id in local}
            refs = self._refs(stream, spec.entity, [target for ids in targets.values() for target in ids])
            for res_id, ids in targets.items():
                if ids and ids[0] in refs:
                    local[res_id][name] = refs[ids[0]]
